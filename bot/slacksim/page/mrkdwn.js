// Slack's mrkdwn as DOM nodes: bold, italic, strike, code, quotes, links,
// mentions, dates and emoji. The grammar is Slack's, not Markdown's: a style
// mark counts only at the edge of a word, and only <, > and & are escaped.
import { h, link, safeURL } from "./dom.js";
import { emoji } from "./emoji.js";
import { formatDate } from "./times.js";

/** mrkdwn renders text; names looks up people, channels and groups (see names.js). */
export function mrkdwn(text, names, { verbatim = false } = {}) {
  const out = document.createDocumentFragment();
  const parts = (text ?? "").split("```");
  for (const [i, part] of parts.entries()) {
    // Odd parts lie between fences, except the last when its fence is never closed.
    if (i % 2 === 1 && i < parts.length - 1) out.append(h("pre", {}, unescapeText(part.replace(/^\n/, "").replace(/\n$/, ""))));
    else if (i % 2 === 1) out.append(...lines("```" + part, names, verbatim));
    // The break after a block of code ends that block's line; it makes no empty one.
    else out.append(...lines(i > 0 ? part.replace(/^\n/, "") : part, names, verbatim));
  }
  return out;
}

/** lines splits off quoted lines and breaks the rest. */
function lines(text, names, verbatim) {
  const out = [];
  let quote = null;
  const rows = text.split("\n");
  rows.forEach((row, i) => {
    const quoted = /^(?:&gt;|>) ?/.exec(row);
    if (quoted) {
      if (!quote) out.push((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(...inline(row.slice(quoted[0].length), names, verbatim));
      return;
    }
    // A quote is a block already: no further line break after it.
    if (i > 0 && !quote) out.push(h("br"));
    quote = null;
    out.push(...inline(row, names, verbatim));
  });
  return out;
}

const STYLES = [
  ["*", "strong"],
  ["_", "em"],
  ["~", "s"],
];
const BARE_URL = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"\]]/;

/** inline renders one line's styles, links, code and emoji. */
function inline(text, names, verbatim) {
  const out = [];
  let plain = "";
  const flush = () => {
    if (plain) out.push(unescapeText(plain));
    plain = "";
  };
  const put = (node) => {
    flush();
    out.push(node);
  };
  for (let i = 0; i < text.length; ) {
    const found = at(text, i, names, verbatim);
    if (found) {
      put(found.node);
      i = found.end;
    } else plain += text[i++];
  }
  flush();
  return out;
}

/** at recognises what begins at position i, if anything does. */
function at(text, i, names, verbatim) {
  const c = text[i];
  if (c === "<") {
    const end = text.indexOf(">", i);
    if (end > 0) return { node: reference(text.slice(i + 1, end), names), end: end + 1 };
  }
  if (c === "`") {
    const end = text.indexOf("`", i + 1);
    if (end > i + 1) return { node: h("code", {}, unescapeText(text.slice(i + 1, end))), end: end + 1 };
  }
  if (c === ":") {
    const match = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/.exec(text.slice(i));
    const node = match && emoji(match[1]);
    if (node) return { node, end: i + match[0].length };
  }
  if (c === "h" && !verbatim && !/\w/.test(text[i - 1] ?? "")) {
    const match = BARE_URL.exec(text.slice(i));
    if (match) return { node: link(unescapeText(match[0]), unescapeText(match[0])), end: i + match[0].length };
  }
  for (const [mark, tag] of STYLES) {
    const end = c === mark ? closing(text, i, mark) : -1;
    if (end > 0) return { node: h(tag, {}, ...inline(text.slice(i + 1, end), names, verbatim)), end: end + 1 };
  }
  return null;
}

/** closing finds the mark that ends a style opened at i: both must hug their words. */
function closing(text, i, mark) {
  const before = text[i - 1];
  if ((before && /[\p{L}\p{N}]/u.test(before)) || !text[i + 1] || /\s/.test(text[i + 1]) || text[i + 1] === mark) return -1;
  for (let j = text.indexOf(mark, i + 2); j > 0; j = text.indexOf(mark, j + 1)) {
    const after = text[j + 1];
    if (!/\s/.test(text[j - 1]) && !(after && /[\p{L}\p{N}]/u.test(after))) return j;
  }
  return -1;
}

/** reference renders what stands between < and >. */
function reference(inner, names) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescapeText(inner.slice(bar + 1));
  if (target.startsWith("@")) return names.user(target.slice(1), label);
  if (target.startsWith("#")) return names.channel(target.slice(1), label);
  if (target.startsWith("!subteam^")) return names.group(target.slice(9), label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return h("span", { class: "mention" }, label || `@${target.slice(1)}`);
  if (!safeURL(unescapeText(target))) return `<${unescapeText(inner)}>`;
  return link(unescapeText(target), label || unescapeText(target.replace(/^mailto:/, "")));
}

/** date renders <!date^unix^format^link|fallback> in the reader's own time zone. */
function date(target, fallback) {
  const [, unix, format, url] = target.split("^");
  const text = formatDate(Number(unix), format) ?? fallback;
  const time = h("time", { datetime: isoOr(unix), title: fallback }, text);
  return url ? link(unescapeText(url), time) : time;
}

function isoOr(unix) {
  const when = new Date(Number(unix) * 1000);
  return Number.isNaN(when.getTime()) ? null : when.toISOString();
}

/** unescapeText undoes Slack's escaping of &, < and >. */
export const unescapeText = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** plain renders a plain_text object: no marks, only line breaks and emoji. */
export function plain(object) {
  const out = document.createDocumentFragment();
  for (const [i, line] of unescapeText(object?.text ?? "").split("\n").entries()) {
    if (i > 0) out.append(h("br"));
    out.append(...(object?.emoji === false ? [line] : withEmoji(line)));
  }
  return out;
}

function withEmoji(text) {
  const out = [];
  let last = 0;
  for (const match of text.matchAll(/:([a-z0-9_+'-]+):/g)) {
    const node = emoji(match[1]);
    if (!node) continue;
    out.push(text.slice(last, match.index), node);
    last = match.index + match[0].length;
  }
  return [...out, text.slice(last)];
}

/** words flattens a text object to one line, for labels and option texts. */
export const words = (object) => (object ? plain({ ...object, text: (object.text ?? "").replaceAll("\n", " ") }).textContent : "");
