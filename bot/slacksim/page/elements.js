// Block Kit's interactive elements. Each maker returns a control:
// {node, focus(), input()}, where input() is the element's part of state.values
// (absent for elements that hold nothing, such as buttons).
import { h, link, safeURL, uid } from "./dom.js";
import { confirmed } from "./confirm.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { mrkdwn, plain, words } from "./mrkdwn.js";
import { dateInput, textInput } from "./inputs.js";
import { select } from "./selects.js";

/**
 * element makes the control for one element of a block. surface says where it
 * lives (see blocks.js); label names it; dispatch says whether changes are
 * told to the bot at once.
 */
export function element(el, block, surface, { label, dispatch = true } = {}) {
  const make = MAKERS[el.type] ?? unknown;
  const tell = dispatch ? (input) => act(el, block, surface, input, control) : () => {};
  const control = make(el, { block, surface, tell, dispatch, label: label || words(el.placeholder) || el.type.replaceAll("_", " ") });
  surface.form.add(block, el, control);
  return control;
}

/**
 * act asks for confirmation, then tells the bot; the control shows that it waits.
 * A second press of a button meanwhile is ignored; of what is typed or chosen
 * meanwhile the last is told afterwards.
 */
async function act(el, block, surface, input, control) {
  if (control.node.getAttribute("aria-busy") === "true") {
    if (control.input) control.next = input;
    return;
  }
  if (!(await confirmed(el.confirm, surface.names))) return;
  control.node.setAttribute("aria-busy", "true");
  try {
    await surface.act(block, el, input);
  } finally {
    control.node.removeAttribute("aria-busy");
  }
  const { next } = control;
  control.next = null;
  if (next) await act(el, block, surface, next, control);
}

const MAKERS = {
  button,
  workflow_button: button,
  overflow,
  radio_buttons: (el, on) => toggles(el, on, "radio"),
  checkboxes: (el, on) => toggles(el, on, "checkbox"),
  plain_text_input: textInput,
  rich_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  datepicker: dateInput,
  timepicker: dateInput,
  datetimepicker: dateInput,
  static_select: select,
  external_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: select,
  multi_external_select: select,
  multi_users_select: select,
  multi_conversations_select: select,
  multi_channels_select: select,
  image: (el) => ({ node: picture(el) }),
};

function unknown(el) {
  return { node: h("span", { class: "placeholder" }, `[${el.type}: not shown here]`), focus() {} };
}

/** picture shows an image that is safe to load, else its alternative text. */
export function picture(el) {
  const url = el.image_url && safeURL(el.image_url);
  if (!url) return h("span", { class: "placeholder" }, el.alt_text || "image");
  return h("img", { src: url, alt: el.alt_text ?? "", loading: "lazy", referrerpolicy: "no-referrer" });
}

function button(el, { tell }) {
  const style = { primary: " primary", danger: " danger" }[el.style] ?? "";
  const run = () => tell({ type: "button", value: el.value ?? "" });
  const props = { class: `button${style}`, "aria-label": el.accessibility_label, onclick: run };
  if (el.url && safeURL(el.url)) {
    const node = link(el.url, plain(el.text), icon("external"));
    node.className = props.class;
    // Slack opens the page and tells the bot about the click as well.
    node.addEventListener("click", run);
    return { node, focus: () => node.focus() };
  }
  const node = h("button", { ...props, type: "button" }, plain(el.text));
  return { node, focus: () => node.focus() };
}

function overflow(el, { tell }) {
  const items = (el.options ?? []).map((option) => ({
    label: words(option.text),
    description: words(option.description),
    href: option.url ? safeURL(option.url) : null,
    run: () => tell({ type: "overflow", selected_option: option }),
  }));
  const node = h(
    "button",
    { type: "button", class: "button icon-button", "aria-label": "More options", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => openMenu(node, items, { label: "More options", end: true }) },
    icon("more"),
  );
  return { node, focus: () => node.focus() };
}

/** toggles makes radio buttons or checkboxes. */
function toggles(el, { block, surface, tell, label }, type) {
  const name = uid("choice");
  const kept = surface.form.before(block, el);
  const initial = kept ? (kept.selected_options ?? [kept.selected_option]) : (el.initial_options ?? [el.initial_option]);
  const chosen = new Set(initial.filter(Boolean).map((o) => o.value));
  const rows = (el.options ?? []).map((option) => {
    const box = h("input", { type, name, checked: chosen.has(option.value), onchange: () => tell(input()) });
    return { option, box, node: h("label", { class: "choice" }, box, h("span", {}, text(option.text, surface), option.description ? h("small", {}, text(option.description, surface)) : null)) };
  });
  const input = () => {
    const on = rows.filter((r) => r.box.checked).map((r) => r.option);
    return type === "radio" ? { type: el.type, selected_option: on[0] ?? null } : { type: el.type, selected_options: on };
  };
  const node = h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-label": label }, rows.map((r) => r.node));
  return { node, input, focus: () => (rows.find((r) => r.box.checked) ?? rows[0])?.box.focus() };
}

/** text renders a text object of either kind. */
export function text(object, surface) {
  return object?.type === "mrkdwn" ? mrkdwn(object.text, surface.names, { verbatim: object.verbatim }) : plain(object);
}
