// Entry point of the console: draws the app into the page and follows the address bar.
import { render } from "preact";
import { App } from "./app.tsx";
import { startRouting } from "./state/route.ts";

startRouting();
const root = document.getElementById("app");
if (root) render(<App />, root);
