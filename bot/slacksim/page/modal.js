// The modal views a bot opens: one dialog that shows the top of the stack. Views
// below it keep what was typed into them.
import { h, replace, uid } from "./dom.js";
import { blocks } from "./blocks.js";
import { Form, briefly } from "./form.js";
import { icon } from "./icons.js";
import { plain, words } from "./mrkdwn.js";

export class ModalStack {
  constructor(app) {
    this.app = app;
    this.views = new Map();
    this.title = uid("view-title");
    this.box = h("dialog", { class: "modal", "aria-labelledby": this.title });
    this.box.addEventListener("cancel", (event) => {
      // Escape closes the view in the workspace; the dialog follows when it has.
      event.preventDefault();
      this.closeTop();
    });
  }

  /** update shows the given stack of views, the top one last. */
  update(stack) {
    for (const id of [...this.views.keys()]) if (!stack.some((v) => v.id === id)) this.views.delete(id);
    const view = stack.at(-1);
    this.depth = stack.length;
    this.bottom = stack[0]?.id;
    if (!view) return this.hide();
    const before = this.top;
    const shown = this.views.get(view.id);
    const same = shown?.view.hash === view.hash && shown?.depth === stack.length;
    this.top = same ? shown : this.make(view, shown);
    this.views.set(view.id, this.top);
    if (same && before === shown) return;
    this.present(before);
  }

  /** present puts the top view into the dialog and focus where it belongs. */
  present(before) {
    const focus = focusPath(this.box);
    replace(this.box, this.top.node);
    if (!this.box.open) {
      if (!this.box.isConnected) document.body.append(this.box);
      this.box.showModal();
    }
    const errors = this.top.view.errors;
    if (errors && Object.keys(errors).length) return this.complain(errors);
    if (before?.view.id === this.top.view.id && restoreFocus(this.box, focus)) return;
    const first = [".modal-body :is(input, textarea)", ".modal-body :is(button, a)", ".modal-foot .primary", "button"];
    (this.top.form.first ?? first.map((selector) => this.box.querySelector(selector)).find(Boolean))?.focus();
    this.app.announce(words(this.top.view.title));
  }

  hide() {
    this.top = null;
    if (!this.box.open) return;
    this.box.close();
    this.box.remove();
  }

  make(view, old) {
    const form = new Form(old ? old.form.values() : view.state?.values);
    const surface = this.app.surface({ view_id: view.id }, form);
    const banner = h("p", { class: "banner", role: "alert", hidden: true });
    const submit = view.submit ? h("button", { type: "submit", class: "button primary" }, plain(view.submit)) : null;
    const back = this.depth > 1 ? h("button", { type: "button", class: "tool", "aria-label": "Back", onclick: () => this.closeTop() }, icon("back")) : null;
    const node = h(
      "form",
      { class: "modal-form", novalidate: true, onsubmit: (event) => this.submit(event) },
      h(
        "header",
        { class: "modal-head" },
        back,
        h("h2", { id: this.title, class: "modal-title" }, plain(view.title)),
        h("button", { type: "button", class: "tool", "aria-label": "Inspect this view", title: "Inspect this view", onclick: () => this.inspect() }, icon("code")),
        h("button", { type: "button", class: "tool", "aria-label": "Close", title: "Close", onclick: () => this.closeAll() }, icon("close")),
      ),
      h("div", { class: "modal-body" }, banner, blocks(view.blocks, surface)),
      h("footer", { class: "modal-foot" }, h("button", { type: "button", class: "button", onclick: () => this.closeTop() }, words(view.close) || (view.submit ? "Cancel" : "Close")), submit),
    );
    return { view, form, node, banner, submit, depth: this.depth };
  }

  async submit(event) {
    event.preventDefault();
    const { view, form, submit } = this.top;
    if (!submit || submit.getAttribute("aria-busy") === "true") return;
    submit.setAttribute("aria-busy", "true");
    this.say("");
    try {
      const { errors } = await this.app.post("submit", { view_id: view.id, state: briefly(form.values()) });
      if (errors && Object.keys(errors).length) this.complain(errors);
      else await this.app.refresh();
    } catch (error) {
      this.say(error.message);
    } finally {
      submit.removeAttribute("aria-busy");
    }
  }

  complain(errors) {
    const homeless = this.top.form.showErrors(errors);
    this.say(homeless.join(" "));
    const n = Object.keys(errors).length;
    this.app.announce(n === 1 ? `Please check: ${Object.values(errors)[0]}` : `Please check ${n} fields.`);
  }

  say(text) {
    const { banner } = this.top;
    banner.hidden = !text;
    banner.textContent = text;
    if (text) banner.scrollIntoView({ block: "nearest" });
  }

  async closeTop() {
    if (!this.top) return;
    const { id } = this.top.view;
    await this.app.attempt(() => this.app.post("close", { view_id: id }));
    await this.app.refresh();
  }

  /** closeAll leaves from the cross: the whole stack goes, as in Slack. */
  async closeAll() {
    await this.app.attempt(() => this.app.post("close", { view_id: this.bottom }));
    await this.app.refresh();
  }

  inspect() {
    const { view } = this.top;
    this.app.inspectHere({ view: view.id }, this.box);
  }
}

/** focusPath remembers which field had focus, by its place among its like. */
function focusPath(box) {
  const all = [...box.querySelectorAll("input, textarea, button, select, a")];
  const at = all.indexOf(document.activeElement);
  return at < 0 ? null : { at, count: all.length, tag: document.activeElement.tagName };
}

function restoreFocus(box, focus) {
  if (!focus) return false;
  const found = [...box.querySelectorAll("input, textarea, button, select, a")][focus.at];
  if (found?.tagName !== focus.tag) return false;
  found.focus();
  return true;
}
