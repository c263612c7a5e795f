// Block Kit's layout blocks as DOM. A surface is where blocks live:
// {names, form, act(block, element, input), suggest(block, element, query), kind}.
import { h, link, uid } from "./dom.js";
import { element, picture, text } from "./elements.js";
import { icon } from "./icons.js";
import { plain, words } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** blocks renders a list of blocks. */
export function blocks(list, surface) {
  return h("div", { class: "blocks" }, (list ?? []).map((block, i) => one(withID(block, i), surface)));
}

/** withID gives a block without block_id a stable one, so that inputs keep their text. */
const withID = (block, i) => (block.block_id ? block : { ...block, block_id: `block-${i}` });

function one(block, surface) {
  return (MAKERS[block.type] ?? unknown)(block, surface);
}

const MAKERS = { section, header, divider, context, actions, image, input, video, file, markdown, rich_text: (block, surface) => richText(block, surface.names) };

function unknown(block) {
  return h("div", { class: "placeholder" }, `[${block.type}: this kind of block isn't shown here]`);
}

function section(block, surface) {
  const fields = (block.fields ?? []).map((f) => h("div", { class: "field" }, text(f, surface)));
  const body = h("div", { class: "section-text" }, block.text ? h("div", {}, text(block.text, surface)) : null, fields.length ? h("div", { class: "fields" }, fields) : null);
  if (!block.accessory) return h("div", { class: "section" }, body);
  const side = element(block.accessory, block, surface, { label: words(block.accessory.placeholder) || words(block.text) });
  const wide = !["button", "overflow", "image"].includes(block.accessory.type);
  return h("div", { class: wide ? "section section-wide" : "section" }, body, h("div", { class: "accessory" }, side.node));
}

// Headings inside messages sit below the page's own.
function header(block) {
  return h("h3", { class: "block-header" }, plain(block.text));
}

function divider() {
  return h("hr");
}

function context(block, surface) {
  return h("div", { class: "context" }, (block.elements ?? []).map((e) => (e.type === "image" ? picture(e) : h("span", {}, text(e, surface)))));
}

function actions(block, surface) {
  return h("div", { class: "actions" }, (block.elements ?? []).map((e) => element(e, block, surface).node));
}

function image(block) {
  return h("figure", {}, block.title ? h("figcaption", {}, plain(block.title)) : null, picture(block));
}

function video(block) {
  const title = words(block.title) || "Video";
  return h("div", { class: "placeholder card" }, icon("file"), h("span", {}, block.title_url ? link(block.title_url, title) : title, h("small", {}, "Video, not played here")));
}

function file(block) {
  return h("div", { class: "placeholder card" }, icon("file"), h("span", {}, "File", h("small", {}, block.external_id ?? "")));
}

function markdown(block, surface) {
  return h("div", { class: "section" }, text({ type: "mrkdwn", text: (block.text ?? "").replaceAll("**", "*") }, surface));
}

/** input makes a labelled field with its hint and room for an error. */
function input(block, surface) {
  const label = words(block.label);
  const control = element(block.element, block, surface, { label, dispatch: Boolean(block.dispatch_action) });
  const field = control.field ?? control.node;
  const hint = uid("hint");
  const error = uid("error");
  const problem = h("p", { class: "field-error", id: error, hidden: true });
  const grouped = field.matches?.("[role=radiogroup], [role=group]");
  // A field's visible label names it; groups keep aria-label, as label can't point at them.
  if (!grouped) field.removeAttribute?.("aria-label");
  if (block.hint) field.setAttribute?.("aria-describedby", hint);
  if (!block.optional) field.setAttribute?.("aria-required", "true");
  const showError = (message) => {
    problem.hidden = !message;
    problem.replaceChildren(...(message ? [icon("warn"), message] : []));
    node.classList.toggle("invalid", Boolean(message));
    field.setAttribute("aria-invalid", String(Boolean(message)));
    field.setAttribute("aria-describedby", [message ? error : "", block.hint ? hint : ""].join(" ").trim());
  };
  const node = h(
    "div",
    { class: "input-block" },
    h(grouped ? "span" : "label", { class: "label", for: grouped ? null : field.id }, plain(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    control.node,
    problem,
    block.hint ? h("p", { class: "hint", id: hint }, plain(block.hint)) : null,
  );
  surface.form.addBlock(block.block_id, { showError, focus: () => control.focus() });
  return node;
}
