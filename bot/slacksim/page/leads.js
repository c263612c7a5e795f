// The drawer that sends a lead to the bot's front door, as a form or a CRM would.
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { json } from "./json.js";

export class Leads {
  constructor(app) {
    this.app = app;
    this.node = h("div", { class: "pane-body leads" });
  }

  /** show builds the drawer once; what is being written stays when it is reopened. */
  show(examples) {
    if (this.body) return;
    this.body = h("textarea", { class: "input code-input", rows: 16, spellcheck: "false", "aria-label": "The lead as JSON" });
    this.answer = h("div", { class: "answer", role: "status" });
    const send = h("button", { type: "button", class: "button primary", onclick: () => this.send(send) }, "Send lead");
    const fill = (example) => {
      this.body.value = example.body;
      this.answer.replaceChildren();
    };
    const picks = examples.map((e) => h("button", { type: "button", class: "button", onclick: () => fill(e) }, e.title));
    if (examples.length) fill(examples[0]);
    replace(
      this.node,
      h("p", {}, "Leads arrive from outside Slack. Choose an example, change what you like, and send it."),
      h("div", { class: "actions", role: "group", "aria-label": "Examples" }, picks),
      this.body,
      h("div", { class: "actions" }, send),
      this.answer,
    );
  }

  async send(button) {
    try {
      JSON.parse(this.body.value);
    } catch (error) {
      return replace(this.answer, h("p", { class: "field-error" }, icon("warn"), `This isn't valid JSON: ${error.message}`));
    }
    button.setAttribute("aria-busy", "true");
    try {
      const { status, answer } = await this.app.post("lead", { body: this.body.value });
      replace(this.answer, h("p", {}, h("span", { class: status < 300 ? "status good" : "status bad" }, String(status)), status < 300 ? " Accepted" : " Refused"), json(answer));
    } catch (error) {
      replace(this.answer, h("p", { class: "field-error" }, icon("warn"), error.message));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
}
