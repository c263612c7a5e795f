// Who and what an ID stands for, and how a mention of it looks.
import { h } from "./dom.js";

/** Names answers for one workspace state; open(channelID) goes to a channel. */
export class Names {
  constructor(workspace, open) {
    this.users = new Map(workspace.users.map((u) => [u.id, u]));
    this.channels = new Map(workspace.channels.map((c) => [c.id, c]));
    this.groups = new Map((workspace.usergroups ?? []).map((g) => [g.id, g]));
    this.me = workspace.me;
    this.open = open;
  }

  /** label is a person's name as others see it. */
  label(id) {
    const user = this.users.get(id);
    return user ? user.real_name || user.name : id;
  }

  channelLabel(id) {
    const channel = this.channels.get(id);
    if (!channel) return id;
    return channel.user ? this.label(channel.user) : `#${channel.name}`;
  }

  user(id, label) {
    const known = this.users.has(id) ? this.label(id) : label || id;
    return h("span", { class: id === this.me ? "mention mention-me" : "mention" }, `@${known}`);
  }

  channel(id, label) {
    const known = this.channels.get(id);
    if (!known) return h("span", { class: "mention" }, `#${label || "private-channel"}`);
    return h("button", { class: "mention mention-link", type: "button", onclick: () => this.open(id) }, `#${known.name}`);
  }

  group(id, label) {
    const known = this.groups.get(id);
    return h("span", { class: "mention" }, known ? `@${known.handle}` : label || `@${id}`);
  }
}
