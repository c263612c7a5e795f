// Who am I: the switch between the workspace's people.
import { h, replace } from "./dom.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";

/** renderPerson fills the button that opens the switch. */
export function renderPerson(button, app) {
  const me = app.names.users.get(app.state.me);
  replace(button, avatar(me, true), h("span", { class: "person-name" }, app.names.label(app.state.me)), icon("down"));
  button.setAttribute("aria-label", `You are ${app.names.label(app.state.me)}. Switch person`);
}

/** offerPeople opens the menu of people; each can also be opened in a second window. */
export function offerPeople(button, app) {
  const people = app.state.users.filter((u) => !u.bot && !u.deleted);
  const items = people.map((u) => ({
    label: app.names.label(u.id),
    description: u.title,
    icon: avatar(u, true),
    checked: u.id === app.state.me,
    run: () => app.become(u.id),
  }));
  const other = people.find((u) => u.id !== app.state.me);
  if (other) {
    items.push({ heading: "Two people at once" });
    items.push({ label: `Open a window as ${app.names.label(other.id)}`, icon: "external", href: app.address(other.id, app.where) });
  }
  openMenu(button, [{ heading: "Who are you?" }, ...items], { label: "Switch person", end: true });
}
