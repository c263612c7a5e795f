// A side pane of the host program's own: Options.Panel in Go.
import { h, replace } from "./dom.js";

export class Panel {
  constructor() {
    this.node = h("div", { class: "pane-body" });
  }

  /** show asks the host for the content once; what is written in it stays when the pane is reopened. */
  async show() {
    if (this.loaded) return;
    this.loaded = true;
    try {
      const panel = await import("/panel/panel.js");
      replace(this.node, await panel.default());
    } catch (error) {
      this.loaded = false;
      replace(this.node, h("p", { class: "field-error" }, `This can't be shown: ${error.message}`));
    }
  }
}
