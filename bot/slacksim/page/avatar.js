// Faces: initials on a colour of one's own.
import { colour, h } from "./dom.js";
import { icon } from "./icons.js";

/** avatar draws a person or an app. */
export function avatar(user, small = false) {
  const name = user?.real_name || user?.name || "?";
  const initials = name.split(/\s+/).map((w) => [...w][0]).slice(0, 2).join("").toUpperCase();
  const props = { class: `avatar${small ? " small" : ""}${user?.bot ? " app" : ""}`, "aria-hidden": "true", vars: { "--face": colour(user?.color, user?.id) } };
  return h("span", props, user?.bot ? icon("bolt") : initials);
}
