// The application: what is shown, what people can do, and keeping both in step
// with the workspace. Components get this object and call its methods.
import { Problem, follow, get, post } from "./api.js";
import { debounce } from "./dom.js";
import { brief, briefly } from "./form.js";
import { Frame } from "./frame.js";
import { Names } from "./names.js";

const BURST_MS = 40; // changes that come together are fetched together

export class App {
  constructor() {
    this.state = null;
    this.seen = new Set();
    this.refreshState = coalesced(() => this.loadState());
    this.refreshMessages = coalesced(() => this.loadMessages());
    this.refreshThread = coalesced(() => this.loadThread());
    this.soon = {
      state: debounce(this.refreshState, BURST_MS),
      messages: debounce(this.refreshMessages, BURST_MS),
      thread: debounce(this.refreshThread, BURST_MS),
      traffic: debounce(() => this.frame.refreshInspector(), 200),
    };
  }

  async start() {
    this.frame = new Frame(this);
    addEventListener("popstate", () => this.enter());
    // What came while the page was hidden counts as read once it is seen.
    document.addEventListener("visibilitychange", () => this.markRead());
    document.addEventListener("click", (event) => this.followPermalink(event));
    const as = new URLSearchParams(location.search).get("as");
    // Ephemeral messages don't outlive a page load.
    if (as) await this.attempt(() => post(`reload?as=${encodeURIComponent(as)}`, {}));
    await this.enter();
  }

  /** enter reads the address: who is here, and where. */
  async enter() {
    const query = new URLSearchParams(location.search);
    const state = await this.attempt(() => get("state", { as: query.get("as") }));
    if (!state) return query.has("as") ? this.startOver() : undefined;
    const wanted = query.get("channel");
    const known = wanted === "home" || state.channels.some((c) => c.id === wanted);
    this.where = known ? wanted : (state.channels.find((c) => c.kind === "public" && c.members.includes(state.me)) ?? state.channels[0])?.id ?? "home";
    history.replaceState(null, "", this.address(state.me, this.where));
    this.apply(state);
    this.listen();
    await this.show();
  }

  /** startOver leaves a person who isn't in this workspace, such as from an old address. */
  startOver() {
    history.replaceState(null, "", "/");
    return this.enter();
  }

  listen() {
    if (this.following === this.state.me) return;
    this.stop?.();
    this.following = this.state.me;
    this.stop = follow(this.state.me, {
      changed: (change) => this.changed(change),
      online: (on) => {
        this.frame.online(on);
        if (on) this.refresh();
      },
    });
  }

  changed({ kind, channel }) {
    if (kind === "call") return this.soon.traffic();
    if (kind === "missed") return this.refresh();
    this.soon.state();
    if (!channel) return;
    if (channel === this.where) this.soon.messages();
    if (channel === this.thread?.channel) this.soon.thread();
  }

  /** refresh fetches everything in sight. */
  async refresh() {
    await Promise.all([this.refreshState(), this.refreshMessages(), this.refreshThread()]);
  }

  async loadState() {
    const { me } = this.state;
    const state = await this.attempt(() => get("state", { as: me }));
    if (state && me === this.state.me) this.apply(state);
  }

  apply(state) {
    // A direct message is with whoever else is in it.
    for (const c of state.channels) c.user = c.kind === "direct" ? (c.members.find((id) => id !== state.me) ?? state.me) : "";
    this.state = state;
    this.names = new Names(state, (id) => this.open(id));
    // Messages show names; when these change, messages are drawn anew.
    this.namesKey = JSON.stringify([state.me, state.users, state.usergroups, state.channels.map((c) => [c.id, c.name])]);
    this.frame.update();
    this.markRead();
  }

  async loadMessages() {
    const { where } = this;
    const { me } = this.state;
    if (where === "home") return;
    const found = await this.attempt(() => get("messages", { as: me, channel: where }));
    if (!found || where !== this.where || me !== this.state.me) return;
    this.frame.messages(found.messages);
    this.announceNew(found.messages);
    this.markRead();
  }

  async loadThread() {
    const { thread } = this;
    if (!thread) return;
    const found = await this.attempt(() => get("messages", { as: this.state.me, channel: thread.channel, thread: thread.ts }));
    if (found && thread === this.thread) this.frame.threadMessages(found.messages);
  }

  /** announceNew tells screen readers what has come since the conversation was opened. */
  announceNew(messages) {
    const known = this.seen.size > 0 && this.seenIn === this.where;
    for (const m of messages) {
      if (known && !this.seen.has(m.ts) && m.user !== this.state.me) this.announce(`${this.author(m).real_name || this.author(m).name}: ${m.text.slice(0, 300)}`);
    }
    this.seen = new Set(["", ...messages.map((m) => m.ts)]);
    this.seenIn = this.where;
  }

  /** markRead tells the workspace that what is in sight has been read. */
  markRead() {
    const here = this.state?.channels.find((c) => c.id === this.where);
    if (here?.unread && this.sees(here)) this.attempt(() => this.post("read", { channel: here.id }));
  }

  sees(channel) {
    return channel.id === this.where && document.visibilityState === "visible";
  }

  /** unread is how much a channel has that is new; nothing in the one in sight. */
  unread(channel) {
    return channel && !this.sees(channel) ? channel.unread : 0;
  }

  // Where and who

  address(as, where) {
    return `/?${new URLSearchParams({ as, channel: where })}`;
  }

  /** open goes to a conversation, or to "home", the app's Home tab. */
  async open(where) {
    this.frame.closeDrawer();
    if (where !== this.where) {
      if (this.thread) this.frame.closePane();
      this.where = where;
      history.pushState(null, "", this.address(this.state.me, where));
    }
    await this.show();
  }

  async show() {
    this.frame.update(true);
    if (this.where !== "home") return this.refreshMessages();
    await this.attempt(() => this.post("home", {}));
    await this.refreshState();
  }

  async become(user) {
    this.frame.closePane();
    history.pushState(null, "", this.address(user, this.where));
    await this.enter();
    this.announce(`You are now ${this.names.label(user)}.`);
  }

  openThread(channel, ts) {
    this.thread = { channel, ts };
    this.frame.openThread();
    return this.refreshThread();
  }

  // What people do. Each answers whether it worked.

  post(what, body) {
    return post(`${what}?as=${encodeURIComponent(this.state?.me ?? "")}`, body);
  }

  /** attempt shows what went wrong instead of throwing it. */
  async attempt(action) {
    try {
      return (await action()) ?? true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status) this.notice(error.message);
      return null;
    }
  }

  say(text, inThread) {
    const thread_ts = inThread ? this.thread.ts : "";
    return this.attempt(() => this.post("message", { channel: inThread ? this.thread.channel : this.where, text, thread_ts }));
  }

  async join() {
    await this.attempt(() => this.post("join", { channel: this.where }));
    await this.refresh();
  }

  /** invite brings the app into the channel in sight. */
  async invite() {
    await this.attempt(() => this.post("invite", { channel: this.where }));
    await this.refreshState();
  }

  async command(line) {
    try {
      await this.post("command", { channel: this.where, line });
      return true;
    } catch (error) {
      // A command that timed out was sent; the workspace itself tells the person.
      if (error.status === 504) return true;
      this.notice(error.message);
      return false;
    }
  }

  globalShortcut(callback_id) {
    return this.attempt(() => this.post("shortcut", { callback_id }));
  }

  messageShortcut(callback_id, message) {
    return this.attempt(() => this.post("shortcut", { callback_id, channel: message.channel, ts: message.ts }));
  }

  /** surface is what blocks need to live in a message or a view. */
  surface(container, form) {
    const state = () => (container.view_id ? briefly(form.values()) : {});
    const at = (block, element) => ({ ...container, block_id: block.block_id, action_id: element.action_id, state: state() });
    return {
      names: this.names,
      form,
      act: (block, element, input) => this.attempt(() => this.post("click", { ...at(block, element), input: brief(input) })),
      suggest: async (block, element, query) => (await this.post("suggest", { ...at(block, element), query })).groups,
    };
  }

  /** author is the person or app that wrote a message. */
  author(message) {
    const known = this.names.users.get(message.user);
    // Slackbot speaks for the workspace itself and is no member of it.
    const stranger = { id: message.user, name: message.user === "USLACKBOT" ? "Slackbot" : message.user || "Somebody" };
    if (!message.bot_id) return known ?? stranger;
    return { ...known, id: message.user || message.bot_id, bot: true, real_name: message.username || known?.real_name || this.state.app.name, icons: message.icons };
  }

  async copy(text) {
    await navigator.clipboard.writeText(text).then(
      () => this.notice("Link copied."),
      () => this.notice(`Your browser doesn't let the page copy. The link is ${text}`),
    );
  }

  /** followPermalink keeps links to this workspace's messages inside the page. */
  followPermalink(event) {
    const match = /^https:\/\/([^/]+)\.slack\.com\/archives\/(\w+)(?:\/p(\d+))?/.exec(event.target.closest?.("a")?.href ?? "");
    if (!match || match[1] !== this.state?.team.domain) return;
    event.preventDefault();
    this.goTo(match[2], match[3] && `${match[3].slice(0, -6)}.${match[3].slice(-6)}`, new URL(event.target.closest("a").href).searchParams.get("thread_ts"));
  }

  async goTo(channel, ts, thread) {
    await this.open(channel);
    if (thread && thread !== ts) await this.openThread(channel, thread);
    this.frame.point(ts);
  }

  inspect(subject) {
    this.frame.openInspector(subject);
  }

  inspectHere(subject) {
    this.frame.inspectOver(subject);
  }

  announce(text) {
    this.frame.announce(text);
  }

  notice(text) {
    this.frame.notice(text);
  }
}

/** coalesced runs fn once at a time; a call during a run causes one more run. */
function coalesced(fn) {
  let running = null;
  let again = false;
  return () => {
    again = true;
    running ??= (async () => {
      try {
        while (again) {
          again = false;
          await fn();
        }
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
