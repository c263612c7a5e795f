// Attachments: the older way to hang things under a message.
import { h, link, safeURL } from "./dom.js";
import { blocks } from "./blocks.js";
import { picture } from "./elements.js";
import { mrkdwn } from "./mrkdwn.js";

const NAMED = { good: "#2eb67d", warning: "#d99a1c", danger: "#d33452" };

/** attachment renders one; blocks outweigh its older fields, as in Slack. */
export function attachment(a, surface) {
  const text = (words) => h("div", {}, mrkdwn(words, surface.names));
  const inside = a.blocks
    ? blocks(a.blocks, surface)
    : [
        a.author_name ? h("div", { class: "quiet" }, a.author_link ? link(a.author_link, a.author_name) : a.author_name) : null,
        a.title ? h("strong", {}, a.title_link ? link(a.title_link, a.title) : a.title) : null,
        a.text || !a.title ? text(a.text || a.fallback) : null,
        a.fields?.length ? h("div", { class: "fields" }, a.fields.map((f) => h("div", {}, h("strong", {}, f.title), text(f.value)))) : null,
        a.image_url && safeURL(a.image_url) ? picture({ image_url: a.image_url, alt_text: a.fallback || a.title || "" }) : null,
        a.footer ? h("small", { class: "quiet" }, a.footer) : null,
      ];
  return [a.pretext ? text(a.pretext) : null, h("div", { class: "attachment", vars: { "--bar": colour(a.color) } }, inside)];
}

/** colour lets only the names and the hexadecimal colours through that Slack knows. */
function colour(value) {
  if (NAMED[value]) return NAMED[value];
  return /^#?[0-9a-f]{6}$/i.test(value ?? "") ? `#${value.replace("#", "")}` : "var(--line)";
}
