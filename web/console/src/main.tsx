import { render } from "preact";
import "../../shared/src/theme.css";
import "./console.css";
import "./views/views.css";
import "./call/calls.css";
import "./settings/settings.css";
import "./player/player.css";
import "./views/recordings.css";
import "./narrow.css";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
