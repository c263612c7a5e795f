// The side pane: a thread, the inspector or the panel of the host program.
import { h, quietly, replace } from "./dom.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { Inspector } from "./inspector.js";
import { MessageList } from "./messages.js";
import { Panel } from "./panel.js";

export class Pane {
  constructor(app, node) {
    this.app = app;
    this.node = node;
    this.showing = null;
    this.thread = new MessageList(app, { label: "Thread", inThread: true });
    this.composer = new Composer(app, { thread: true });
    this.inspector = new Inspector(app);
    this.panel = new Panel();
  }

  toggle(what) {
    if (this.showing === what) return this.close();
    if (what === "inspector") this.inspector.show({});
    this.open(what);
  }

  open(what) {
    // Focus goes back to where the pane was opened from.
    if (!this.showing) this.opener = document.activeElement;
    this.showing = what;
    if (what !== "thread") this.app.thread = null;
    this.node.hidden = false;
    this.node.className = `pane pane-${what}`;
    this.node.setAttribute("aria-label", this.title());
    this.draw();
  }

  title() {
    return { thread: "Thread", inspector: "Inspector", panel: this.app.state.panel?.title }[this.showing];
  }

  draw() {
    const { app } = this;
    const close = h("button", { type: "button", class: "tool", "aria-label": `Close ${this.title().toLowerCase()}`, title: "Close", onclick: () => this.close() }, icon("close"));
    const sub = this.showing === "thread" ? h("span", { class: "quiet" }, app.names.channelLabel(app.thread.channel)) : null;
    const body = { thread: () => [this.thread.scroller, this.composer.node], inspector: () => this.inspector.node, panel: () => this.panel.node }[this.showing]();
    replace(this.node, h("header", { class: "pane-head" }, h("h2", {}, this.title()), sub, close), body);
    if (this.showing === "panel") this.panel.show();
    if (this.showing !== "thread") return close.focus();
    this.thread.update([], { fresh: true, intro: quietly("Loading the thread") });
    this.composer.show(`${app.state.me} ${app.thread.channel} ${app.thread.ts}`, "Reply…");
    this.composer.field.focus();
  }

  /** update notices when the state took away what is shown. */
  update() {
    if (this.showing === "panel" && !this.app.state.panel) this.close();
  }

  close() {
    if (!this.showing) return;
    const { thread } = this.app;
    this.showing = null;
    this.app.thread = null;
    this.node.hidden = true;
    this.node.replaceChildren();
    // The button that opened a thread is drawn anew when replies come: then its message gets the focus.
    const message = thread && document.querySelector(`article[data-ts="${CSS.escape(thread.ts)}"]`);
    (this.opener.isConnected ? this.opener : (message ?? document.getElementById("main"))).focus();
  }
}
