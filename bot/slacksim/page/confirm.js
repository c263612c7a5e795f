// The confirmation dialog that a bot may put before an action.
import { h, uid } from "./dom.js";
import { mrkdwn, plain, words } from "./mrkdwn.js";

/** confirmed asks, when the element wants it asked, and resolves to the answer. */
export function confirmed(dialog, names) {
  if (!dialog) return Promise.resolve(true);
  const title = uid("confirm");
  const text = uid("confirm-text");
  const finish = (answer) => () => box.close(answer);
  const yes = h(
    "button",
    { type: "button", class: dialog.style === "danger" ? "button danger" : "button primary", onclick: finish("yes") },
    words(dialog.confirm) || "Yes",
  );
  const no = h("button", { type: "button", class: "button", onclick: finish("no") }, words(dialog.deny) || "Cancel");
  const box = h(
    "dialog",
    { class: "modal confirm", "aria-labelledby": title, "aria-describedby": text, role: "alertdialog" },
    h("h2", { id: title, class: "modal-title" }, plain(dialog.title)),
    h("div", { id: text, class: "modal-body" }, dialog.text?.type === "mrkdwn" ? mrkdwn(dialog.text.text, names) : plain(dialog.text)),
    h("div", { class: "modal-foot" }, no, yes),
  );
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "yes");
    });
    document.body.append(box);
    box.showModal();
    // What can't be undone shouldn't happen by a hasty Enter.
    (dialog.style === "danger" ? no : yes).focus();
  });
}
