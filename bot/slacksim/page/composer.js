// Where people write: messages, replies and slash commands, with a menu of the
// app's commands while one is being typed.
import { debounce, h, replace, uid } from "./dom.js";
import { icon } from "./icons.js";
import { float, openMenu } from "./menu.js";

/** Composer sends through app; thread marks the one in a thread. */
export class Composer {
  constructor(app, { thread = false } = {}) {
    this.app = app;
    this.thread = thread;
    this.drafts = new Map();
    const list = uid("commands");
    this.field = h("textarea", {
      class: "composer-field", rows: 1, "aria-autocomplete": "list", "aria-controls": list, autocomplete: "off",
      oninput: () => this.typed(), onkeydown: (e) => this.key(e), onblur: () => this.closeList(),
    });
    this.list = h("div", { class: "menu listbox commands", id: list, role: "listbox", "aria-label": "Slash commands" });
    this.list.addEventListener("mousedown", (e) => e.preventDefault());
    this.hint = h("p", { class: "composer-hint", hidden: true });
    this.send = h("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", onclick: () => this.submit() }, icon("send"));
    this.plus = h("button", { type: "button", class: "tool", "aria-label": "Shortcuts and commands", title: "Shortcuts and commands", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.offerShortcuts() }, icon("plus"));
    this.box = h("div", { class: "composer" }, this.field, h("div", { class: "composer-bar" }, thread ? null : this.plus, this.hint, this.send));
    this.node = h("div", { class: "composer-wrap" }, this.box);
    this.tell = debounce((text) => app.announce(text), 300);
  }

  /** show points the composer at a conversation; each keeps its own draft. */
  show(where, placeholder) {
    if (this.where === where) return;
    this.drafts.set(this.where, this.field.value);
    this.where = where;
    this.field.value = this.drafts.get(where) ?? "";
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", placeholder);
    this.typed();
    this.closeList();
  }

  typed() {
    this.field.style.height = "auto";
    // Out of sight it has no height to measure.
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight, 240)}px`;
    this.send.disabled = !this.field.value.trim();
    const text = this.field.value;
    const command = this.app.state?.app.commands.find((c) => text === c.name || text.startsWith(`${c.name} `));
    this.hint.hidden = !command;
    if (command) replace(this.hint, h("code", {}, command.name), command.hint ? h("span", {}, ` ${command.hint}`) : null, h("span", { class: "quiet" }, ` ${command.description}`));
    if (!this.thread && /^\/\S*$/.test(text)) this.offer(text);
    else this.closeList();
  }

  offer(prefix) {
    this.matches = this.app.state.app.commands.filter((c) => c.name.startsWith(prefix.toLowerCase()));
    if (!this.matches.length) return this.closeList();
    const rows = this.matches.map((c, i) =>
      h(
        "div",
        { class: "menu-item", role: "option", id: `${this.list.id}-${i}`, "aria-selected": "false", onclick: () => this.complete(c), onmousemove: () => this.activate(i) },
        h("span", { class: "menu-text" }, h("span", { class: "menu-label" }, h("strong", {}, c.name), c.hint ? h("span", { class: "quiet" }, ` ${c.hint}`) : null), h("span", { class: "menu-description" }, c.description)),
        h("span", { class: "badge" }, this.app.state.app.name),
      ),
    );
    replace(this.list, h("div", { class: "menu-heading", role: "presentation" }, "Commands"), rows);
    if (!this.unfloat) this.unfloat = float(this.list, this.box, { above: true, wide: true });
    this.activate(0);
    this.tell(`${rows.length} commands. Use the arrow keys to choose.`);
  }

  activate(i) {
    for (const row of this.list.querySelectorAll("[role=option]")) row.setAttribute("aria-selected", "false");
    this.active = i;
    const row = document.getElementById(`${this.list.id}-${i}`);
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.field.setAttribute("aria-activedescendant", row.id);
  }

  closeList() {
    this.unfloat?.();
    this.unfloat = null;
    this.field.removeAttribute("aria-activedescendant");
  }

  complete(command) {
    this.field.value = `${command.name} `;
    this.typed();
    this.field.focus();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.unfloat && this.listKey(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  /** listKey handles a key while the command menu is open; true when it was one of its. */
  listKey({ key, shiftKey }) {
    const n = this.matches.length;
    if (key === "ArrowDown") this.activate((this.active + 1) % n);
    else if (key === "ArrowUp") this.activate((this.active + n - 1) % n);
    else if (key === "Escape") this.closeList();
    else if (key === "Tab" && !shiftKey) this.complete(this.matches[this.active]);
    // A command typed in full is sent; anything less is completed first.
    else if (key === "Enter" && this.matches[this.active].name !== this.field.value) this.complete(this.matches[this.active]);
    else return false;
    return true;
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text) return;
    if (text.startsWith("/") && this.thread) return this.app.notice("Slash commands don't work in threads, in Slack neither. Use one in the channel itself.");
    this.closeList();
    this.field.value = "";
    this.typed();
    this.send.setAttribute("aria-busy", "true");
    const sent = text.startsWith("/") ? await this.app.command(text) : await this.app.say(this.wire(text), this.thread);
    this.send.removeAttribute("aria-busy");
    // What could not be sent is not lost.
    if (sent || this.field.value) return;
    this.field.value = text;
    this.typed();
  }

  /** wire turns @name and #channel into references, as Slack's composer does; the workspace escapes. */
  wire(text) {
    const people = new Map([...this.app.names.users.values()].map((u) => [u.name, u.id]));
    const channels = new Map([...this.app.names.channels.values()].filter((c) => !c.user).map((c) => [c.name, c.id]));
    return text
      .replace(/(^|\s)@([\w.-]*\w)/g, (all, gap, name) => (people.has(name) ? `${gap}<@${people.get(name)}>` : all))
      .replace(/(^|\s)#([\w-]+)/g, (all, gap, name) => (channels.has(name) ? `${gap}<#${channels.get(name)}>` : all));
  }

  offerShortcuts() {
    const { app } = this.app.state;
    const shortcuts = app.shortcuts.filter((s) => s.type === "global");
    const items = [
      ...(shortcuts.length ? [{ heading: "Shortcuts" }] : []),
      ...shortcuts.map((s) => ({ label: s.name, description: s.description, icon: "bolt", run: () => this.app.globalShortcut(s.callback_id) })),
      ...(app.commands.length ? [{ heading: "Commands" }] : []),
      ...app.commands.map((c) => ({ label: c.name, description: c.description, run: () => this.complete(c) })),
    ];
    openMenu(this.plus, items.length ? items : [{ heading: `${app.name} has no shortcuts` }], { label: "Shortcuts and commands", above: true });
  }
}
