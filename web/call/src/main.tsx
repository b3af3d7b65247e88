import { render } from "preact";
import "../../shared/src/theme.css";
import "./call.css";
import { App } from "./app.tsx";
import { linkId } from "./guest.ts";

const root = document.getElementById("app");
if (root !== null) render(<App link={linkId()} />, root);
