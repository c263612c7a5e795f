// The app's Home tab.
import { h, replace } from "./dom.js";
import { blocks } from "./blocks.js";
import { Form } from "./form.js";

export class Home {
  constructor(app) {
    this.app = app;
    this.node = h("div", { class: "home", role: "tabpanel", "aria-label": "Home" });
  }

  /** update shows the view the app has published for this person, if any. */
  update(view) {
    const signature = view ? `${view.id} ${view.hash} ${this.app.namesKey}` : "none";
    if (signature === this.signature) return;
    this.signature = signature;
    if (!view) return this.empty();
    // What was typed survives an update of the same view, not a change of person.
    this.form = new Form(this.shown === view.id ? this.form.values() : view.state?.values);
    this.shown = view.id;
    const surface = this.app.surface({ view_id: view.id }, this.form);
    replace(this.node, h("div", { class: "home-view" }, blocks(view.blocks, surface)));
  }

  empty() {
    this.shown = null;
    const { name } = this.app.state.app;
    replace(this.node, h("div", { class: "empty" }, h("h2", {}, `${name} has no Home tab yet`), h("p", {}, "It appears here as soon as the app publishes one for you.")));
  }
}
