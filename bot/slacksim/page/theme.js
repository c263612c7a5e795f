// Light or dark: what the system prefers, until somebody chooses.
import { replace } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "slacksim.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** startTheme applies the choice and makes the button change it. */
export function startTheme(button) {
  const dark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";
  const paint = () => {
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    const label = dark() ? "Use light colours" : "Use dark colours";
    button.setAttribute("aria-label", label);
    button.title = label;
    replace(button, icon(dark() ? "sun" : "moon"));
  };
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, dark() ? "light" : "dark");
    paint();
  });
  system.addEventListener("change", paint);
  paint();
}
