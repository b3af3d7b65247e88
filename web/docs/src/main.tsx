import { render } from "preact";
import "../../shared/src/theme.css";
import "./docs.css";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
