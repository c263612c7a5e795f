// One select control for all of Block Kit's selects: type to filter, arrow keys
// to choose, one value or several, options at hand or asked for from the bot.
import { debounce, h, replace, uid } from "./dom.js";
import { icon } from "./icons.js";
import { float } from "./menu.js";

const SEARCH_PAUSE_MS = 250;

/**
 * Combobox. options: {
 *   label, placeholder, multi, max, selected: [choice],
 *   find(query) → Promise<[{label, choices: [choice]}]>, min (characters before find is asked),
 *   remote (find asks the bot, so wait for a pause), change(choices)
 * }; a choice is {key, text, description, option}.
 */
export class Combobox {
  constructor(options) {
    this.o = options;
    this.selected = options.selected ?? [];
    this.active = -1;
    this.asked = 0;
    const list = uid("list");
    this.input = h("input", {
      class: "combo-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list, "aria-label": options.label,
      id: uid("combo"),
      oninput: () => this.search(), onkeydown: (e) => this.key(e), onclick: () => this.show(), onblur: () => this.blur(),
    });
    this.chips = h("span", { class: "combo-chips" });
    this.clear = h("button", { type: "button", class: "combo-clear", "aria-label": "Clear", onclick: () => this.choose(null) }, icon("close"));
    this.node = h("div", { class: "combo", onmousedown: (e) => this.press(e) }, this.chips, this.input, this.clear, icon("down"));
    this.list = h("div", { class: "menu listbox", id: list, role: "listbox", "aria-multiselectable": options.multi ? "true" : null, "aria-label": options.label });
    // Keep focus in the field while the list is clicked.
    this.list.addEventListener("mousedown", (e) => e.preventDefault());
    this.later = debounce(() => this.ask(), SEARCH_PAUSE_MS);
    this.paint();
  }

  get isOpen() {
    return Boolean(this.unfloat);
  }

  press(event) {
    if (event.target.closest("button, input")) return;
    event.preventDefault();
    this.input.focus();
    this.show();
  }

  paint() {
    const { multi, placeholder } = this.o;
    const one = !multi && this.selected[0];
    this.input.value = one ? one.text : "";
    this.input.placeholder = multi && this.selected.length ? "" : placeholder || "Choose an option";
    this.clear.hidden = multi || !one || !this.o.clearable;
    this.node.classList.toggle("filled", this.selected.length > 0);
    replace(this.chips, multi ? this.selected.map((choice) => this.chip(choice)) : []);
  }

  chip(choice) {
    const remove = () => {
      this.toggle(choice);
      this.input.focus();
    };
    return h("span", { class: "chip" }, choice.text, h("button", { type: "button", "aria-label": `Remove ${choice.text}`, onclick: remove }, icon("close")));
  }

  show(typing = false) {
    if (this.isOpen) return;
    if (!typing) this.input.select();
    this.unfloat = float(this.list, this.node, { wide: true });
    this.input.setAttribute("aria-expanded", "true");
    // What is chosen already is no search: all is offered until something is typed.
    if (!typing) this.ask("");
  }

  hide() {
    this.unfloat?.();
    this.unfloat = null;
    this.asked++;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** blur ends a visit; several values are reported once, then, not one by one. */
  blur() {
    this.hide();
    this.paint();
    if (this.dirty) this.o.change?.(this.selected);
    this.dirty = false;
  }

  search() {
    this.show(true);
    if (this.o.remote) this.later();
    else this.ask();
  }

  /** ask fetches what matches; only the latest question's answer counts. */
  async ask(query = this.input.value.trim()) {
    const mine = ++this.asked;
    const min = this.o.min ?? 0;
    if (query.length < min) return this.note(min === 1 ? "Type to search" : `Type at least ${min} characters to search`);
    if (this.o.remote) this.note("Searching…");
    try {
      const groups = await this.o.find(query);
      if (mine === this.asked && this.isOpen) this.offer(groups);
    } catch (error) {
      if (mine === this.asked) this.note(error.message);
    }
  }

  note(text) {
    this.choices = [];
    this.active = -1;
    replace(this.list, h("p", { class: "menu-note", role: "status" }, text));
  }

  offer(groups) {
    this.choices = groups.flatMap((g) => g.choices);
    if (!this.choices.length) return this.note("Nothing found");
    let i = 0;
    const rows = groups.flatMap((g) => [g.label ? h("div", { class: "menu-heading", role: "presentation" }, g.label) : null, ...g.choices.map((choice) => this.row(choice, i++))]);
    replace(this.list, rows);
    this.activate(Math.max(0, this.choices.findIndex((c) => this.has(c))));
  }

  row(choice, i) {
    return h(
      "div",
      { class: "menu-item", role: "option", id: `${this.list.id}-${i}`, "aria-selected": String(this.has(choice)), onclick: () => this.choose(choice), onmousemove: () => this.activate(i, false) },
      h("span", { class: "menu-text" }, h("span", { class: "menu-label" }, choice.text), choice.description ? h("span", { class: "menu-description" }, choice.description) : null),
      this.has(choice) ? icon("check") : null,
    );
  }

  activate(i, scroll = true) {
    this.list.querySelector(".active")?.classList.remove("active");
    this.active = i;
    const row = document.getElementById(`${this.list.id}-${i}`);
    row?.classList.add("active");
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    if (scroll) row?.scrollIntoView({ block: "nearest" });
  }

  has(choice) {
    return this.selected.some((s) => s.key === choice.key);
  }

  key(event) {
    const n = this.choices?.length ?? 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.isOpen) this.show();
      else if (n) this.activate((this.active + (event.key === "ArrowDown" ? 1 : n - 1)) % n);
    } else if (event.key === "Enter" && this.isOpen) {
      if (this.active >= 0) this.choose(this.choices[this.active]);
    } else if (event.key === "Escape" && this.isOpen) {
      this.hide();
      this.paint();
    } else if (event.key === "Backspace" && this.o.multi && !this.input.value && this.selected.length) {
      this.toggle(this.selected.at(-1));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(choice) {
    if (this.o.multi) {
      this.toggle(choice);
      this.input.value = "";
      if (this.isOpen) this.ask("");
      return;
    }
    this.selected = choice ? [choice] : [];
    this.hide();
    this.paint();
    this.o.change?.(this.selected);
  }

  toggle(choice) {
    if (this.has(choice)) this.selected = this.selected.filter((s) => s.key !== choice.key);
    else if (!this.o.max || this.selected.length < this.o.max) this.selected = [...this.selected, choice];
    this.dirty = true;
    this.paint();
  }
}
