// The frame around everything: top bar, sidebar, conversation, side pane, and
// the places where the page speaks (live region, toasts).
import { h, replace } from "./dom.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { Home } from "./home.js";
import { drawing, icon } from "./icons.js";
import { Inspector } from "./inspector.js";
import { MessageList } from "./messages.js";
import { ModalStack } from "./modal.js";
import { Pane } from "./pane.js";
import { offerPeople, renderPerson } from "./people.js";
import { count, renderSidebar } from "./sidebar.js";

const TOAST_MS = 8000;
const $ = (id) => document.getElementById(id);

export class Frame {
  constructor(app) {
    this.app = app;
    this.list = new MessageList(app, { label: "Messages" });
    this.home = new Home(app);
    this.composer = new Composer(app);
    this.modals = new ModalStack(app);
    this.pane = new Pane(app, $("pane"));
    const join = h("button", { type: "button", class: "button primary", onclick: () => app.join() }, "Join channel");
    this.join = h("div", { class: "join" }, h("p", {}, "You aren't in this channel yet."), join);
    this.topBar();
    $("scrim").addEventListener("click", () => this.closeDrawer());
    document.addEventListener("keydown", (event) => this.escape(event));
  }

  topBar() {
    replace($("menu"), icon("menu"));
    $("menu").addEventListener("click", () => this.toggleDrawer());
    labelled($("traffic"), icon("pulse"), "Inspector");
    $("traffic").addEventListener("click", () => this.pane.toggle("inspector"));
    $("panel").addEventListener("click", () => this.pane.toggle("panel"));
    $("person").addEventListener("click", () => offerPeople($("person"), this.app));
  }

  /** update draws the state; moved says that the conversation is another one. */
  update(moved = false) {
    const { app } = this;
    const { state, where } = app;
    const channel = state.channels.find((c) => c.id === where);
    renderSidebar($("sidebar"), app);
    renderPerson($("person"), app);
    if ($("panel").hidden && state.panel) labelled($("panel"), drawing(state.panel.icon), state.panel.title);
    $("panel").hidden = !state.panel;
    this.whereBar(channel);
    this.modals.update(state.views);
    this.pane.update();
    const home = where === "home";
    const member = channel?.members.includes(state.me);
    $("composer").hidden = home || channel?.archived;
    replaceOnce($("composer"), member ? this.composer.node : this.join);
    replaceOnce($("content"), home ? this.home.node : this.list.scroller);
    if (home) this.home.update(state.home);
    else this.composer.show(`${state.me} ${where}`, `Message ${app.names.channelLabel(where)}`);
    if (moved && !home) this.fresh = true;
    const unread = state.channels.reduce((sum, c) => sum + app.unread(c), 0);
    document.title = `${unread ? `(${unread}) ` : ""}${home ? state.app.name : app.names.channelLabel(where)} – ${state.team.name}`;
  }

  whereBar(channel) {
    const { app } = this;
    const { state } = app;
    const bot = state.channels.find((c) => c.user === state.app.bot_user_id);
    const withApp = app.where === "home" || (bot && app.where === bot.id);
    const home = app.where === "home" ? state.home?.id : null;
    const signature = JSON.stringify([app.where, channel, state.app.name, bot?.id, app.unread(bot), home, app.namesKey]);
    if (signature === this.whereShown) return;
    this.whereShown = signature;
    if (withApp) return replace($("where"), h("h2", {}, avatar({ ...app.names.users.get(state.app.bot_user_id), bot: true, id: state.app.bot_user_id }, true), state.app.name), this.tabs(bot), home ? this.inspectHome(home) : null);
    const person = channel?.user && app.names.users.get(channel.user);
    replace(
      $("where"),
      h("h2", {}, person ? avatar(person, true) : icon(channel?.kind === "private" ? "lock" : "hash"), person ? app.names.label(channel.user) : (channel?.name ?? "")),
      h("p", { class: "topic" }, person ? person.title : channel?.topic),
      this.inviteApp(channel),
      channel && !person ? h("span", { class: "members", title: channel.members.map((id) => app.names.label(id)).join(", ") }, channel.members.length === 1 ? "1 member" : `${channel.members.length} members`) : null,
    );
  }

  /** inviteApp offers to bring the app into a channel that it isn't in. */
  inviteApp(channel) {
    const { app } = this.app.state;
    const { me } = this.app.state;
    if (!channel || channel.kind === "direct" || channel.archived || !channel.members.includes(me) || channel.members.includes(app.bot_user_id)) return null;
    return h("button", { type: "button", class: "button", onclick: () => this.app.invite() }, `Add ${app.name}`);
  }

  tabs(bot) {
    const tab = (where, ...inside) => h("button", { type: "button", class: "tab", "aria-current": this.app.where === where ? "page" : null, onclick: () => this.app.open(where) }, inside);
    return h("div", { class: "tabs", role: "group", "aria-label": this.app.state.app.name }, tab("home", "Home"), bot ? tab(bot.id, "Messages", count(this.app.unread(bot))) : null);
  }

  inspectHome(view) {
    return h("button", { type: "button", class: "tool", "aria-label": "Inspect this view", title: "Inspect this view", onclick: () => this.app.inspect({ view }) }, icon("code"));
  }

  messages(list) {
    this.list.update(list, { intro: this.intro(), fresh: this.fresh });
    this.fresh = false;
  }

  intro() {
    const { app } = this;
    const channel = app.state.channels.find((c) => c.id === app.where);
    if (!channel) return null;
    const key = `${app.where} ${app.namesKey}`;
    if (this.introKey !== key) {
      const name = app.names.channelLabel(channel.id);
      const text = channel.user ? `This is the beginning of your conversation with ${name}.` : `This is the beginning of ${name}.`;
      const { commands } = app.state.app;
      const tip = commands.length && !channel.user ? h("p", { class: "quiet" }, "Type ", h("kbd", {}, "/"), ` in the box below to see what ${app.state.app.name} can do.`) : null;
      this.introNode = h("div", { class: "intro" }, h("h2", {}, name), h("p", {}, text), tip);
      this.introKey = key;
    }
    return this.introNode;
  }

  // The side pane

  openThread() {
    this.pane.open("thread");
  }

  threadMessages(list) {
    this.pane.thread.update(list);
  }

  openInspector(subject) {
    this.pane.inspector.show(subject);
    this.pane.open("inspector", subject);
  }

  refreshInspector() {
    this.over?.refresh();
    if (this.pane.showing === "inspector") this.pane.inspector.refresh();
  }

  closePane() {
    this.pane.close();
  }

  /** inspectOver shows the inspector above an open modal, where the pane can't be reached. */
  inspectOver(subject) {
    const inspector = new Inspector(this.app);
    const close = h("button", { type: "button", class: "tool", "aria-label": "Close", onclick: () => box.close() }, icon("close"));
    const box = h("dialog", { class: "modal inspector-over", "aria-label": "Inspector" }, h("header", { class: "modal-head" }, h("h2", { class: "modal-title" }, "Inspector"), close), inspector.node);
    box.addEventListener("close", () => {
      this.over = null;
      box.remove();
    });
    document.body.append(box);
    box.showModal();
    this.over = inspector;
    inspector.show(subject);
  }

  // The sidebar as a drawer, on narrow windows

  toggleDrawer() {
    const open = document.body.classList.toggle("drawer-open");
    $("menu").setAttribute("aria-expanded", String(open));
    if (open) ($("sidebar").querySelector("[aria-current]") ?? $("sidebar").querySelector("button"))?.focus();
    else $("menu").focus();
  }

  closeDrawer() {
    if (document.body.classList.contains("drawer-open")) this.toggleDrawer();
  }

  escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (document.body.classList.contains("drawer-open")) this.closeDrawer();
    else if ($("pane").contains(event.target)) this.closePane();
  }

  // Speaking

  online(on) {
    $("offline").hidden = on;
  }

  announce(text) {
    $("live").append(h("p", {}, text));
    while ($("live").childElementCount > 5) $("live").firstChild.remove();
  }

  /** notice shows a passing message, inside the modal when one is open. */
  notice(text) {
    if (this.modals.top) return this.modals.say(text);
    const toast = h("div", { class: "toast" }, h("span", {}, text), h("button", { type: "button", class: "tool", "aria-label": "Dismiss", onclick: () => toast.remove() }, icon("close")));
    $("toasts").append(toast);
    setTimeout(() => toast.remove(), TOAST_MS);
  }

  /** point brings a message into view and marks it for a moment. */
  point(ts) {
    const node = ts && document.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.focus();
  }
}

/** replaceOnce leaves a child that is there already untouched, so it keeps its scroll and focus. */
function replaceOnce(parent, child) {
  if (parent.firstElementChild !== child) parent.replaceChildren(child);
}

/** labelled fills a button of the top bar. */
function labelled(button, picture, text) {
  replace(button, picture, h("span", { class: "top-label" }, text));
  button.title = text;
}
