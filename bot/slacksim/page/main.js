// The page begins here: the address says who one is and where.
import { App } from "./app.js";
import { startTheme } from "./theme.js";

startTheme(document.getElementById("theme"));
new App().start();
