// Building DOM without innerHTML: every piece of data becomes a text node or
// an attribute, so nothing a person or a bot writes can become markup.

/** h("p", {class: "x", onclick: f}, "text", node) makes an element. */
export function h(tag, props, ...children) {
  const el = document.createElement(tag);
  apply(el, props ?? {});
  el.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

/** Properties set as such, because their attribute is only the initial value. */
const AS_PROPERTY = new Set(["value", "checked", "disabled", "hidden", "open", "readOnly", "tabIndex"]);

function apply(el, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const [k, v] of Object.entries(value)) el.style.setProperty(k, v);
    else if (AS_PROPERTY.has(name)) el[name] = value;
    else if (value !== false) el.setAttribute(name, value === true ? "" : value);
  }
}

/** replace swaps an element's children for others. */
export function replace(el, ...children) {
  el.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

let ids = 0;
/** uid makes an id that is unique in this page, for labels and ARIA references. */
export const uid = (prefix) => `${prefix}-${++ids}`;

/** safeURL lets only whole addresses through that can't run script. */
export function safeURL(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:", "tel:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** link makes an anchor that opens elsewhere, or plain text when the address isn't safe. */
export function link(url, ...children) {
  const href = safeURL(url);
  if (!href) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** quietly keeps text off the screen but in a screen reader's ear. */
export const quietly = (text) => h("span", { class: "sr-only" }, text);

/** What the workspace gives people who have no colour of their own. */
const NO_COLOUR = "4bbe2e";

/** colour makes a person's colour safe to use, or makes one up from their ID. */
export function colour(value, seed) {
  if (/^[0-9a-f]{6}$/i.test(value ?? "") && value !== NO_COLOUR) return `#${value}`;
  let sum = 0;
  for (const c of seed ?? "") sum = (sum * 31 + c.codePointAt(0)) >>> 0;
  return `hsl(${sum % 360} 42% 42%)`;
}

/** debounce runs fn once after calls have paused for ms. */
export function debounce(fn, ms) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...args), ms);
  };
}
