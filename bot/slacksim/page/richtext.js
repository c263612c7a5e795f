// rich_text blocks as DOM nodes: sections, lists, quotes and preformatted text.
import { h, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { formatDate } from "./times.js";

/** richText renders a rich_text block. */
export function richText(block, names) {
  return h("div", { class: "rich-text" }, (block.elements ?? []).map((e) => part(e, names)));
}

function part(element, names) {
  const inside = () => (element.elements ?? []).map((e) => leaf(e, names));
  switch (element.type) {
    case "rich_text_section":
      return h("p", {}, inside());
    case "rich_text_quote":
      return h("blockquote", {}, inside());
    case "rich_text_preformatted":
      return h("pre", {}, inside());
    case "rich_text_list":
      return h(
        element.style === "ordered" ? "ol" : "ul",
        { class: `indent-${Math.min(element.indent ?? 0, 5)}${element.border ? " bordered" : ""}`, start: element.style === "ordered" ? (element.offset ?? 0) + 1 : null },
        (element.elements ?? []).map((item) => h("li", {}, (item.elements ?? []).map((e) => leaf(e, names)))),
      );
    default:
      return h("p", { class: "placeholder" }, `[${element.type}]`);
  }
}

const TAGS = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
];

function leaf(element, names) {
  let node = bare(element, names);
  for (const [style, tag] of TAGS) if (element.style?.[style]) node = h(tag, {}, node);
  return node;
}

function bare(element, names) {
  switch (element.type) {
    case "text":
      return withBreaks(element.text ?? "");
    case "link":
      return link(element.url, element.text || element.url);
    case "user":
      return names.user(element.user_id, "");
    case "channel":
      return names.channel(element.channel_id, "");
    case "usergroup":
      return names.group(element.usergroup_id, "");
    case "broadcast":
      return h("span", { class: "mention" }, `@${element.range}`);
    case "emoji":
      return emoji(element.name) ?? `:${element.name}:`;
    case "date":
      return h("time", {}, formatDate(element.timestamp, element.format) ?? element.fallback ?? "");
    case "color":
      return h("code", {}, element.value);
    default:
      return h("span", { class: "placeholder" }, `[${element.type}]`);
  }
}

/** withBreaks keeps line breaks without white-space tricks that would double them in lists. */
function withBreaks(text) {
  return text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
}
