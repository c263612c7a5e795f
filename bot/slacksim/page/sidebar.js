// The sidebar: channels with what is unread, direct messages, the app.
import { h, quietly, replace } from "./dom.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";

/** renderSidebar fills the sidebar from the state. */
export function renderSidebar(node, app) {
  const { state } = app;
  const channels = state.channels.filter((c) => c.kind !== "direct" && !c.archived);
  const direct = state.channels.filter((c) => c.kind === "direct" && c.user !== state.app.bot_user_id);
  const bot = state.channels.find((c) => c.user === state.app.bot_user_id);
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.go : null;
  replace(
    node,
    h("h1", { class: "workspace" }, state.team.name),
    group("App", [appRow(app, bot)]),
    group("Channels", channels.map((c) => row(app, c, icon(c.kind === "private" ? "lock" : "hash"), c.name))),
    group("Direct messages", direct.map((c) => row(app, c, avatar(app.names.users.get(c.user), true), app.names.label(c.user)))),
    h(
      "p",
      { class: `connection${state.connected ? " on" : ""}` },
      h("span", { class: "dot" }),
      state.connected ? `${state.app.name} is connected` : `${state.app.name} isn't connected`,
    ),
  );
  if (focused) node.querySelector(`[data-go="${CSS.escape(focused)}"]`)?.focus();
}

function group(title, rows) {
  if (!rows.length) return null;
  return h("section", { class: "side-group" }, h("h2", {}, title), h("ul", {}, rows.map((r) => h("li", {}, r))));
}

function row(app, channel, mark, name) {
  return entry(app, channel.id, mark, name, app.unread(channel));
}

function appRow(app, bot) {
  const face = avatar({ ...app.names.users.get(app.state.app.bot_user_id), id: app.state.app.bot_user_id, name: app.state.app.name, bot: true }, true);
  const here = app.where === "home" || (bot && app.where === bot.id);
  return entry(app, "home", face, app.state.app.name, app.unread(bot), here);
}

function entry(app, id, mark, name, unread, here = app.where === id) {
  return h(
    "button",
    { type: "button", class: `side-row${unread ? " unread" : ""}`, "data-go": id, "aria-current": here ? "page" : null, onclick: () => app.open(id) },
    mark,
    h("span", { class: "side-name" }, name),
    count(unread),
  );
}

/** count shows how much is unread, if anything is. */
export function count(unread) {
  return unread ? h("span", { class: "count" }, String(unread), quietly(" unread")) : null;
}
