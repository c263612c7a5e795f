// Faces: initials on a colour of one's own.
import { colour, h, safeURL } from "./dom.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";

/** avatar draws a person or an app. */
export function avatar(user, small = false) {
  const name = user?.real_name || user?.name || "?";
  const initials = name.split(/\s+/).map((w) => [...w][0]).slice(0, 2).join("").toUpperCase();
  const props = { class: `avatar${small ? " small" : ""}${user?.bot ? " app" : ""}`, "aria-hidden": "true", vars: { "--face": colour(user?.color, user?.id) } };
  return h("span", props, own(user?.icons) ?? (user?.bot ? icon("bolt") : initials));
}

/** own is the face that an app gave one message, if it can be shown. */
function own(icons) {
  const url = icons?.image_48 && safeURL(icons.image_48);
  if (url) return h("img", { src: url, alt: "", referrerpolicy: "no-referrer" });
  return icons?.emoji ? emoji(icons.emoji.replaceAll(":", "")) : null;
}
