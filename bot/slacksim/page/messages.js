// A list of messages: a channel's or a thread's. Messages that have not changed
// keep their DOM, so that focus, open menus and typed text survive news.
import { h, link } from "./dom.js";
import { attachment } from "./attachments.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { emoji } from "./emoji.js";
import { Form } from "./form.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { mrkdwn, unescapeText } from "./mrkdwn.js";
import { ago, clock, dayKey, dayName, fullTime, when } from "./times.js";

const TOGETHER_S = 300; // messages this close, by one author, share one head

/** MessageList shows messages; app is what the page can do (see app.js). */
export class MessageList {
  constructor(app, { label, inThread = false }) {
    this.app = app;
    this.inThread = inThread;
    this.shown = new Map();
    this.node = h("div", { class: "messages", role: "log", "aria-label": label, "aria-live": "off", tabindex: -1, onkeydown: (e) => this.keys(e) });
    this.scroller = h("div", { class: "scroller", onscroll: () => (this.atEnd = this.nearEnd()) }, this.node);
    // Who reads the latest goes on doing so when pictures arrive or the window changes.
    this.atEnd = true;
    const watch = new ResizeObserver(() => this.atEnd && this.toEnd());
    watch.observe(this.node);
    watch.observe(this.scroller);
  }

  /** update shows these messages; intro stands above the first. fresh scrolls to the end. */
  update(messages, { intro = null, fresh = false } = {}) {
    const atEnd = fresh || this.atEnd;
    const next = new Map();
    const nodes = [intro];
    let last = null;
    for (const message of messages) {
      const newDay = !last || dayKey(last.ts) !== dayKey(message.ts);
      if (newDay) nodes.push(dayLine(message.ts));
      const follows = !newDay && together(last, message);
      const key = `${message.ts}${message.is_ephemeral ? "e" : ""}`;
      const signature = JSON.stringify([message, follows, this.app.namesKey]);
      const old = this.shown.get(key);
      const entry = old?.signature === signature ? old : { signature, ...this.make(message, follows, old) };
      next.set(key, entry);
      nodes.push(entry.node);
      last = message;
    }
    this.shown = next;
    this.swap(nodes);
    if (atEnd) this.toEnd();
  }

  /** swap replaces children with as few moves as possible: a moved node loses focus. */
  swap(nodes) {
    const wanted = nodes.filter(Boolean);
    const keep = new Set(wanted);
    const focused = document.activeElement?.closest?.("[data-ts]")?.dataset.ts;
    const had = focused && this.node.contains(document.activeElement);
    for (const child of [...this.node.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((node, i) => {
      if (this.node.children[i] !== node) this.node.insertBefore(node, this.node.children[i] ?? null);
    });
    const all = this.articles();
    if (!all.some((a) => a.tabIndex === 0) && all.length) all.at(-1).tabIndex = 0;
    if (had && !this.node.contains(document.activeElement)) this.node.querySelector(`[data-ts="${CSS.escape(focused)}"]`)?.focus();
  }

  nearEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80;
  }

  toEnd() {
    this.atEnd = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  articles() {
    return [...this.node.querySelectorAll("article")];
  }

  /** keys moves between messages with the arrow keys. */
  keys(event) {
    const here = event.target.closest?.("article");
    if (event.target !== here) return;
    const all = this.articles();
    const to = { ArrowUp: all.indexOf(here) - 1, ArrowDown: all.indexOf(here) + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all[to]) return;
    event.preventDefault();
    here.tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  }

  make(message, follows, old) {
    const { app } = this;
    const author = app.author(message);
    const form = new Form(old?.form.values());
    const surface = app.surface({ channel: message.channel, ts: message.ts }, form);
    const head = follows
      ? h("time", { class: "gutter-time", datetime: when(message.ts).toISOString(), title: fullTime(message.ts) }, clock(message.ts))
      : avatar(author);
    const node = h(
      "article",
      { class: `message${follows ? " follows" : ""}${isCard(message) ? " card-message" : ""}${message.is_ephemeral ? " ephemeral" : ""}`, "data-ts": message.ts, tabindex: -1, "aria-label": `${author.real_name || author.name}, ${clock(message.ts)}` },
      h("div", { class: "gutter" }, head),
      h(
        "div",
        { class: "message-main" },
        message.is_ephemeral ? h("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
        this.broadcastMark(message),
        follows ? null : byline(author, message),
        this.body(message, surface),
        extras(message, surface),
        this.replies(message),
      ),
      this.toolbar(message),
    );
    return { node, form };
  }

  body(message, surface) {
    const has = Array.isArray(message.blocks) && message.blocks.length > 0;
    const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
    if (has) return h("div", { class: "body" }, blocks(message.blocks, surface), edited);
    const text = message.mrkdwn === false ? h("span", { class: "as-typed" }, unescapeText(message.text)) : mrkdwn(message.text, surface.names);
    return h("div", { class: "body" }, text, edited);
  }

  broadcastMark(message) {
    if (!message.thread_ts || message.thread_ts === message.ts || this.inThread) return null;
    return h("button", { type: "button", class: "link-button replied-to", onclick: () => this.app.openThread(message.channel, message.thread_ts) }, icon("reply"), "Replied to a thread");
  }

  replies(message) {
    if (this.inThread || !message.reply_count) return null;
    const n = message.reply_count;
    return h(
      "button",
      { type: "button", class: "replies", onclick: () => this.app.openThread(message.channel, message.ts) },
      (message.reply_users ?? []).slice(0, 4).map((id) => avatar(this.app.names.users.get(id) ?? { id, name: id }, true)),
      h("strong", {}, n === 1 ? "1 reply" : `${n} replies`),
      message.latest_reply ? h("span", { class: "quiet" }, `Last reply ${ago(when(message.latest_reply))}`) : null,
    );
  }

  toolbar(message) {
    const { app } = this;
    const inspect = tool("code", "Inspect this message", () => app.inspect({ channel: message.channel, ts: message.ts }));
    const reply = () => app.openThread(message.channel, message.thread_ts || message.ts);
    if (message.is_ephemeral) return h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message" }, inspect);
    const more = tool("more", "More message actions", () => openMenu(more, this.shortcuts(message), { label: "More message actions", end: true }));
    more.setAttribute("aria-haspopup", "menu");
    more.setAttribute("aria-expanded", "false");
    return h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message" }, this.inThread ? null : tool("reply", "Reply in thread", reply), inspect, more);
  }

  shortcuts(message) {
    const own = this.app.state.app.shortcuts.filter((s) => s.type === "message");
    const rows = own.map((s) => ({ label: s.name, description: s.description || this.app.state.app.name, icon: "bolt", run: () => this.app.messageShortcut(s.callback_id, message) }));
    return [
      { label: "Copy link to message", icon: "external", run: () => this.app.copy(message.permalink || `${location.origin}/?channel=${message.channel}#${message.ts}`) },
      ...(rows.length ? [{ heading: "Message shortcuts" }, ...rows] : []),
    ];
  }
}

function tool(name, label, run) {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: run }, icon(name));
}

/** extras are what may hang under a message: attachments, files, reactions. */
function extras(message, surface) {
  const attachments = (message.attachments ?? []).map((a) => attachment(a, surface));
  const files = (message.files ?? []).map((f) => h("div", { class: "placeholder card" }, icon("file"), h("span", {}, link(`${location.origin}/files/${f.id}`, f.title || f.name), h("small", {}, `${f.name}, ${size(f.size)}`))));
  const reactions = (message.reactions ?? []).map((r) => h("span", { class: "reaction", title: r.users.map((id) => surface.names.label(id)).join(", ") }, emoji(r.name) ?? `:${r.name}:`, ` ${r.count}`));
  return [...attachments, ...files, reactions.length ? h("div", { class: "reactions" }, reactions) : null];
}

const size = (bytes) => (bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`);

function byline(author, message) {
  return h(
    "p",
    { class: "byline" },
    h("strong", { class: "author" }, author.real_name || author.name),
    author.bot ? h("span", { class: "badge" }, "APP") : null,
    h("time", { datetime: when(message.ts).toISOString(), title: fullTime(message.ts) }, clock(message.ts)),
  );
}

function dayLine(ts) {
  return h("div", { class: "day", role: "separator" }, h("span", {}, dayName(when(ts))));
}

/** isCard says whether a message is made of several blocks and stands apart from those around it. */
const isCard = (message) => message.blocks?.length > 1;

function together(a, b) {
  const face = (m) => JSON.stringify([m.user || m.bot_id, m.username, m.icons]);
  const same = face(a) === face(b);
  return same && !a.is_ephemeral && !b.is_ephemeral && !a.reply_count && when(b.ts) - when(a.ts) < TOGETHER_S * 1000;
}
