// Text, number, date and time inputs.
import { h, uid } from "./dom.js";
import { words } from "./mrkdwn.js";

const HTML_TYPES = { email_text_input: "email", url_text_input: "url" };
const MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

/** textInput makes the inputs that hold typed text. */
export function textInput(el, { block, surface, tell, label }) {
  const rich = el.type === "rich_text_input";
  const many = el.multiline || rich;
  const before = surface.form.before(block, el);
  const node = h(many ? "textarea" : "input", {
    class: "input", id: uid("input"), "aria-label": label, rows: many ? 4 : null,
    // A browser's own number field hides mistakes from the bot; Slack's shows them.
    type: many ? null : HTML_TYPES[el.type] ?? "text", inputmode: MODES[el.type],
    placeholder: words(el.placeholder) || null, maxlength: el.max_length,
    value: before ? typed(before) : rich ? richWords(el.initial_value) : el.initial_value ?? "",
  });
  const input = () => (rich ? { type: el.type, rich_text_value: richValue(node.value) } : { type: el.type, value: node.value === "" ? null : node.value });
  const triggers = el.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (triggers.includes("on_character_entered")) node.addEventListener("input", () => tell(input()));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || many || event.isComposing) return;
    event.preventDefault();
    if (triggers.includes("on_enter_pressed")) tell(input());
  });
  return { node, input, focus: () => node.focus() };
}

const typed = (before) => before.value ?? richWords(before.rich_text_value) ?? "";

const richWords = (value) => (value?.elements ?? []).map((s) => (s.elements ?? []).map((e) => e.text ?? "").join("")).join("\n");

function richValue(text) {
  if (!text) return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

const DATE_KINDS = {
  datepicker: { html: "date", field: "selected_date", initial: "initial_date" },
  timepicker: { html: "time", field: "selected_time", initial: "initial_time" },
  datetimepicker: { html: "datetime-local", field: "selected_date_time", initial: "initial_date_time" },
};

/** dateInput makes the pickers for a date, a time or both. */
export function dateInput(el, { block, surface, tell, label }) {
  const kind = DATE_KINDS[el.type];
  const both = el.type === "datetimepicker";
  const before = surface.form.before(block, el);
  const start = before ? before[kind.field] : el[kind.initial];
  const node = h("input", {
    class: "input input-date", id: uid("input"), type: kind.html, "aria-label": label,
    value: both ? localStamp(start) : start ?? "", onchange: () => tell(input()),
  });
  const input = () => {
    const value = node.value || null;
    return { type: el.type, [kind.field]: both && value ? Math.floor(new Date(value).getTime() / 1000) : value };
  };
  return { node, input, focus: () => node.focus() };
}

/** localStamp turns Unix seconds into what a datetime-local field reads. */
function localStamp(seconds) {
  if (!seconds) return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
