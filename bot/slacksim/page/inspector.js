// The inspector: what a message or view is made of, and what went over the wire
// for it: calls, envelopes and their acknowledgements, with times.
import { h, replace } from "./dom.js";
import { get } from "./api.js";
import { json } from "./json.js";
import { exactTime } from "./times.js";

const KINDS = {
  api: { name: "Web API", way: "in" },
  envelope: { name: "Envelope", way: "out" },
  ack: { name: "Ack", way: "in" },
  response_url: { name: "Response URL", way: "in" },
  upload: { name: "Upload", way: "in" },
};

export class Inspector {
  constructor(app) {
    this.app = app;
    this.node = h("div", { class: "pane-body inspector" });
    this.rows = new Map();
  }

  /** show looks at {channel, ts}, at {view}, or at all traffic when given neither. */
  async show(subject) {
    this.subject = subject;
    this.rows.clear();
    replace(this.node, h("p", { class: "quiet" }, "Looking…"));
    await this.refresh();
  }

  async refresh() {
    const { subject } = this;
    if (!subject) return;
    try {
      const found = await get("inspect", { as: this.app.state.me, ...subject });
      if (subject === this.subject) this.render(found);
    } catch (error) {
      replace(this.node, h("p", { class: "field-error" }, error.message));
    }
  }

  render({ subject, calls }) {
    const open = Object.keys(this.subject).length > 0;
    const name = this.subject.view ? "This view" : "This message";
    const shown = this.node.querySelector("details.subject")?.open ?? true;
    replace(
      this.node,
      open
        ? [
            h("button", { type: "button", class: "link-button", onclick: () => this.show({}) }, "Show all traffic"),
            subject ? h("details", { class: "subject", open: shown }, h("summary", {}, name, h("span", { class: "quiet" }, " as JSON")), json(subject)) : h("p", { class: "quiet" }, `${name} is no longer there.`),
            h("h3", {}, "Calls and envelopes for it"),
          ]
        : h("p", { class: "quiet" }, "Everything between the workspace and the app, newest first. Inspect a message to see only what concerns it."),
      calls.length ? h("ol", { class: "calls" }, calls.map((c) => this.row(c))) : h("p", { class: "quiet" }, "Nothing yet."),
    );
  }

  /** row keeps its node between refreshes, so that an opened call stays open. */
  row(call) {
    if (!this.rows.has(call.n)) this.rows.set(call.n, makeRow(call, this.app));
    return this.rows.get(call.n);
  }
}

function makeRow(call, app) {
  const kind = KINDS[call.kind] ?? { name: call.kind, way: "in" };
  const failed = call.error || call.status >= 400;
  const who = call.user ? ` by ${app.names.label(call.user)}` : "";
  const details = h(
    "details",
    { class: `call ${kind.way}` },
    h(
      "summary",
      {},
      h("span", { class: "way", "aria-hidden": "true" }, kind.way === "out" ? "→" : "←"),
      h("span", { class: "call-name" }, h("strong", {}, call.method || kind.name), h("small", {}, `${kind.name}${who}`)),
      h("span", { class: "call-numbers" }, h("span", {}, exactTime(call.at)), call.kind === "envelope" ? null : h("span", {}, took(call.took))),
      failed ? h("span", { class: "status bad" }, call.error || String(call.status)) : null,
    ),
  );
  // Bodies are rendered when first opened: most never are.
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(bodies(call, kind)), { once: true });
  return h("li", {}, details);
}

function bodies(call, kind) {
  const part = (title, value) => (value === undefined || value === null ? null : [h("h4", {}, title), json(value)]);
  const facts = [call.envelope_id ? `envelope ${call.envelope_id}` : "", call.connection ? `connection ${call.connection}` : "", call.attempt ? `attempt ${call.attempt + 1}` : "", call.token ? `${call.token} token` : ""];
  return h(
    "div",
    { class: "bodies" },
    h("p", { class: "quiet" }, facts.filter(Boolean).join(" · ")),
    part(kind.way === "out" ? "Sent to the app" : "From the app", call.request),
    part("Answer", call.response),
  );
}

/** took shows nanoseconds as milliseconds. */
const took = (ns) => (ns < 1e6 ? "<1 ms" : `${Math.round(ns / 1e6)} ms`);
