// The form that sends a lead to the bot's webhook, as a website or a CRM would.
// It is a panel of the simulator's page: see slacksim.Panel.
import { ask, send } from "/page/api.js";
import { h, replace } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { json } from "/page/json.js";

export default async function panel() {
  const examples = await ask("/panel/lead-examples.json");

  const body = h("textarea", { class: "input code-input", rows: 16, spellcheck: "false", "aria-label": "The lead as JSON" });
  const answer = h("div", { class: "answer", role: "status" });
  const fill = (example) => {
    body.value = JSON.stringify(example.lead, null, 2);
    answer.replaceChildren();
  };

  const picks = examples.map((e) => h("button", { type: "button", class: "button", onclick: () => fill(e) }, e.title));
  const submit = h("button", { type: "button", class: "button primary", onclick: () => sendLead(body.value, answer, submit) }, "Send lead");
  if (examples.length) fill(examples[0]);

  return [
    h("p", {}, "Leads arrive from outside Slack. Choose an example, change what you like, and send it."),
    h("div", { class: "actions", role: "group", "aria-label": "Examples" }, picks),
    body,
    h("div", { class: "actions" }, submit),
    answer,
  ];
}

/** sendLead sends a text of JSON and shows what the webhook answers. */
async function sendLead(text, answer, button) {
  const problem = (message) => replace(answer, h("p", { class: "field-error" }, icon("warn"), message));
  try {
    JSON.parse(text);
  } catch (error) {
    return problem(`This isn't valid JSON: ${error.message}`);
  }

  button.setAttribute("aria-busy", "true");
  try {
    const said = await send("/panel/send", text);
    const good = said.status < 300;
    replace(answer, h("p", {}, h("span", { class: good ? "status good" : "status bad" }, String(said.status)), good ? " Accepted" : " Refused"), json(said.answer));
  } catch (error) {
    problem(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}
