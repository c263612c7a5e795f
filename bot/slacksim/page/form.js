// The inputs of one view or message and what is in them, in the shape that
// Slack's view.state.values has.

export class Form {
  /** kept: the values of an earlier rendering, so that an update loses nothing typed. */
  constructor(kept = {}) {
    this.kept = kept;
    this.controls = new Map();
    this.blocks = new Map();
  }

  /** before is what a control of this block, action and type held last time. */
  before(block, element) {
    const value = this.kept[block.block_id]?.[element.action_id];
    return value?.type === element.type ? value : null;
  }

  add(block, element, control) {
    if (element.focus_on_load) this.first ??= control;
    if (control.input) this.controls.set(JSON.stringify([block.block_id, element.action_id]), control);
  }

  /** addBlock remembers an input block's place for errors: {showError, focus}. */
  addBlock(blockID, place) {
    this.blocks.set(blockID, place);
  }

  values() {
    const values = {};
    for (const [key, control] of this.controls) {
      const [block, action] = JSON.parse(key);
      (values[block] ??= {})[action] = control.input();
    }
    return values;
  }

  /**
   * showErrors puts each error beside its block and focuses the first; it
   * returns the errors that have no place here.
   */
  showErrors(errors) {
    for (const place of this.blocks.values()) place.showError("");
    const homeless = [];
    let first = null;
    for (const [id, place] of this.blocks) {
      if (!errors[id]) continue;
      place.showError(errors[id]);
      first ??= place;
    }
    for (const [id, text] of Object.entries(errors)) if (!this.blocks.has(id)) homeless.push(text);
    first?.focus();
    return homeless;
  }
}

/** brief shortens a value of state.values to what /ui takes: {value} or {values}. */
export function brief(value) {
  const first = (...names) => names.map((n) => value[n]).find((v) => v !== undefined && v !== null);
  const many = first("selected_options", "selected_users", "selected_conversations", "selected_channels");
  if (many) return { values: many.map((v) => v.value ?? v) };
  const rich = value.rich_text_value?.elements?.[0]?.elements?.[0]?.text;
  const one = rich ?? first("value", "selected_option", "selected_user", "selected_conversation", "selected_channel", "selected_date", "selected_time", "selected_date_time");
  return { value: String(one?.value ?? one ?? "") };
}

/** briefly does so for a whole form. */
export function briefly(values) {
  const out = {};
  for (const [block, actions] of Object.entries(values)) {
    out[block] = Object.fromEntries(Object.entries(actions).map(([action, value]) => [action, brief(value)]));
  }
  return out;
}
