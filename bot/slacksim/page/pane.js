// The side pane: a thread, the inspector or the lead drawer.
import { h, quietly, replace } from "./dom.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { Inspector } from "./inspector.js";
import { Leads } from "./leads.js";
import { MessageList } from "./messages.js";

const TITLES = { thread: "Thread", inspector: "Inspector", leads: "Send a lead" };

export class Pane {
  constructor(app, node) {
    this.app = app;
    this.node = node;
    this.showing = null;
    this.thread = new MessageList(app, { label: "Thread", inThread: true });
    this.composer = new Composer(app, { thread: true });
    this.inspector = new Inspector(app);
    this.leads = new Leads(app);
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
    this.node.setAttribute("aria-label", TITLES[what]);
    this.draw();
  }

  draw() {
    const { app } = this;
    const close = h("button", { type: "button", class: "tool", "aria-label": `Close ${TITLES[this.showing].toLowerCase()}`, title: "Close", onclick: () => this.close() }, icon("close"));
    const sub = this.showing === "thread" ? h("span", { class: "quiet" }, app.names.channelLabel(app.thread.channel)) : null;
    const body = { thread: () => [this.thread.scroller, this.composer.node], inspector: () => this.inspector.node, leads: () => this.leads.node }[this.showing]();
    replace(this.node, h("header", { class: "pane-head" }, h("h2", {}, TITLES[this.showing]), sub, close), body);
    if (this.showing === "leads") this.leads.show(app.state.leads ?? []);
    if (this.showing !== "thread") return close.focus();
    this.thread.update([], { fresh: true, intro: quietly("Loading the thread") });
    this.composer.show(`${app.state.me} ${app.thread.channel} ${app.thread.ts}`, "Reply…");
    this.composer.field.focus();
  }

  /** update notices when the state took away what is shown. */
  update() {
    if (this.showing === "leads" && !this.app.state.leads) this.close();
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
