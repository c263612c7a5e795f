// JSON for reading: indented and lightly coloured, built of text nodes.
import { h } from "./dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** json shows any value. */
export function json(value) {
  const text = typeof value === "string" ? value : JSON.stringify(unfold(value), null, 2);
  const out = h("pre", { class: "json", tabindex: 0, "aria-label": "JSON" });
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match[2] !== undefined ? "key" : match[1] ? "string" : "number";
    const token = match[1] ?? match[0];
    out.append(text.slice(last, match.index), h("span", { class: kind }, token));
    last = match.index + token.length;
  }
  out.append(text.slice(last));
  return out;
}

/** unfold reads JSON inside strings: the fields of a form hold blocks and views that way. */
function unfold(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unfolded(inner)]));
}

function unfolded(inner) {
  if (typeof inner !== "string" || !/^[[{]/.test(inner)) return inner;
  try {
    return JSON.parse(inner);
  } catch {
    return inner;
  }
}
