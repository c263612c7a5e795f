// Block Kit's selects, all made of the one combobox.
import { Combobox } from "./combobox.js";
import { words } from "./mrkdwn.js";

const EXTERNAL_MIN = 3; // Slack's default for min_query_length

/** select makes a control for any select, of one value or several. */
export function select(el, on) {
  const multi = el.type.startsWith("multi_");
  const kind = el.type.replace(/^multi_/, "").replace(/_select$/, "");
  const source = SOURCES[kind](el, on);
  const before = on.surface.form.before(on.block, el);
  const box = new Combobox({
    label: on.label,
    placeholder: words(el.placeholder),
    multi,
    max: el.max_selected_items,
    // A choice in a message stands; in a form an optional one can be taken back.
    clearable: on.block.optional,
    selected: before ? source.read(before) : source.initial(),
    find: source.find,
    remote: kind === "external",
    min: kind === "external" ? (el.min_query_length ?? EXTERNAL_MIN) : 0,
    change: () => on.tell(input()),
  });
  const input = () => ({ type: el.type, ...source.write(box.selected, multi) });
  return { node: box.node, input, focus: () => box.input.focus(), field: box.input };
}

const fromOption = (option) => ({ key: option.value, text: words(option.text), description: words(option.description), option });
const present = (list) => list.filter((x) => x !== undefined && x !== null);

const optionSource = (el, find) => ({
  find,
  initial: () => present(el.initial_options ?? [el.initial_option]).map(fromOption),
  read: (before) => present(before.selected_options ?? [before.selected_option]).map(fromOption),
  write: (chosen, multi) => (multi ? { selected_options: chosen.map((c) => c.option) } : { selected_option: chosen[0]?.option ?? null }),
});

/** idSource offers people or conversations; name is Slack's word for one. */
const idSource = (el, name, all, text) => ({
  find: async (query) => [{ choices: matching(all, query) }],
  initial: () => present(el[`initial_${name}s`] ?? [el[`initial_${name}`]]).map(text),
  read: (before) => present(before[`selected_${name}s`] ?? [before[`selected_${name}`]]).map(text),
  write: (chosen, multi) => (multi ? { [`selected_${name}s`]: chosen.map((c) => c.key) } : { [`selected_${name}`]: chosen[0]?.key ?? null }),
});

const SOURCES = {
  static: (el) => optionSource(el, async (query) => groups(el).map((g) => ({ ...g, choices: matching(g.choices, query) })).filter((g) => g.choices.length)),
  external: (el, { block, surface }) => optionSource(el, async (query) => (await surface.suggest(block, el, query)).map(group)),
  users: (el, { surface }) => {
    const text = (id) => ({ key: id, text: surface.names.label(id), description: surface.names.users.get(id)?.title });
    const people = [...surface.names.users.values()].filter((u) => !u.deleted);
    return idSource(el, "user", people.map((u) => text(u.id)), text);
  },
  conversations: (el, { surface }) => {
    const text = (id) => ({ key: id, text: surface.names.channelLabel(id) });
    return idSource(el, "conversation", [...surface.names.channels.keys()].map(text), text);
  },
  channels: (el, { surface }) => {
    const text = (id) => ({ key: id, text: surface.names.channelLabel(id) });
    const open = [...surface.names.channels.values()].filter((c) => c.kind === "public");
    return idSource(el, "channel", open.map((c) => text(c.id)), text);
  },
};

const group = (g) => ({ label: words(g.label), choices: (g.options ?? []).map(fromOption) });
const groups = (el) => (el.option_groups ?? [{ options: el.options }]).map(group);

function matching(choices, query) {
  const wanted = query.toLocaleLowerCase();
  const at = choices.filter((c) => c.text.toLocaleLowerCase().includes(wanted));
  // What begins with the query comes first.
  return at.sort((a, b) => Number(b.text.toLocaleLowerCase().startsWith(wanted)) - Number(a.text.toLocaleLowerCase().startsWith(wanted)));
}
