package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Container says where an element is: in a message (Channel and TS; ephemeral ones
// too) or in a view (ViewID; a modal or the Home tab).
type Container struct {
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`
	ViewID  string `json:"view_id,omitempty"`
}

// Interaction is a click on an element, or a choice made with it. A button needs no
// Input.
type Interaction struct {
	Container
	BlockID  string `json:"block_id"`
	ActionID string `json:"action_id"`
	Input
}

// place is a container as found: a message or a view and what is filled in there.
type place struct {
	member   *member
	channel  *conversation // of a message
	post     *post
	view     *openView
	form     *form
	controls []control
}

// find finds a container that the person sees. The caller holds s.mu.
func (p *Person) find(at Container) (place, error) {
	m, ok := p.s.state.members[p.id]
	if !ok {
		return place{}, fmt.Errorf("%w: %s", ErrUnknownUser, p.id)
	}

	if at.ViewID != "" {
		v, ok := p.s.state.views[at.ViewID]
		if !ok || v.owner != p.id {
			return place{}, fmt.Errorf("%w: the person sees no view %s", ErrNotFound, at.ViewID)
		}

		return place{member: m, view: v, form: &v.form, controls: controls(v.Blocks)}, nil
	}

	_, c, err := p.in(at.Channel)
	if err != nil {
		return place{}, err
	}

	found, ok := m.ephemeral(at.Channel, at.TS)
	if !ok {
		found, ok = c.find(at.TS)
	}

	if !ok {
		return place{}, fmt.Errorf("%w: no message has the ts %s", ErrNotFound, at.TS)
	}

	return place{member: m, channel: c, post: found, form: &found.form, controls: found.controls()}, nil
}

// describe puts the container into a payload.
func (at place) describe(payload *interaction) {
	if at.view != nil {
		view := at.view.snapshot().wire()
		payload.View, payload.Container = &view, &containerRef{Type: "view", ViewID: view.ID}
		return
	}

	ref := at.channel.ref()
	payload.Channel = &ref
	payload.Container = &containerRef{
		Type: "message", MessageTS: at.post.TS, ThreadTS: at.post.ThreadTS, ChannelID: ref.ID, IsEphemeral: at.post.Ephemeral,
	}
	if !at.post.Ephemeral {
		message := at.post.wire(false)
		payload.Message = &message
	}
}

// Click presses a button or makes a choice, and returns once the app has
// acknowledged it. An input that doesn't dispatch actions is only filled in.
func (p *Person) Click(ctx context.Context, i Interaction) error {
	quiet := false
	payload, err := p.click(i, &quiet)
	if err != nil || quiet {
		return err
	}

	_, err = p.s.deliver(ctx, p.id, "block_actions", envelope{Type: typeInteractive, Payload: payload})
	return err
}

func (p *Person) click(i Interaction, quiet *bool) (interaction, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(i.Container)
	if err != nil {
		return interaction{}, err
	}

	c, err := findControl(at.controls, i.BlockID, i.ActionID)
	if err != nil {
		return interaction{}, err
	}

	v, err := at.form.read(c, i.Input)
	if err != nil {
		return interaction{}, err
	}

	if c.hasState() {
		put(&at.form.values, c.BlockID, c.ActionID, v)
	}

	if *quiet = c.BlockType == "input" && !c.DispatchAction; *quiet {
		return interaction{}, nil
	}

	payload := p.s.state.interaction("block_actions", at.member)
	payload.TriggerID = p.s.trigger(at.member)
	payload.Actions = []map[string]any{c.action(v, p.s.state.nextTS())}
	at.describe(&payload)
	if at.post != nil {
		state := at.form.state()
		payload.State = &state
		payload.ResponseURL = p.s.answerTo(p.id, at.channel.id, at.post.TS)
	}

	return payload, nil
}

// Fill puts what the person has typed or chosen so far into a view, without telling
// the app.
func (p *Person) Fill(viewID string, state State) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(Container{ViewID: viewID})
	if err != nil {
		return err
	}

	return at.fill(state)
}

func (at place) fill(state State) error {
	for block, actions := range state {
		for action, in := range actions {
			c, err := findControl(at.controls, block, action)
			if err != nil {
				return err
			}

			v, err := at.form.read(c, in)
			if err != nil {
				return err
			}

			put(&at.form.values, block, action, v)
		}
	}

	return nil
}

// Suggest types into a menu whose options come from the app, and returns what it
// offers. Below the menu's min_query_length the app isn't asked.
func (p *Person) Suggest(ctx context.Context, in Container, blockID, actionID, query string) ([]OptionGroup, error) {
	payload, ask, err := p.suggestion(in, blockID, actionID, query)
	if err != nil || !ask {
		return nil, err
	}

	ack, err := p.s.deliver(ctx, p.id, "block_suggestion", envelope{Type: typeInteractive, Accepts: true, Payload: payload})
	if err != nil {
		return nil, err
	}

	if isEmptyJSON(ack) {
		ack = json.RawMessage(`{"options":[]}`)
	}

	if err := checkOptions(ack); err != nil {
		return nil, fmt.Errorf("the app's options are what Slack refuses: %w", err)
	}

	var offer struct {
		Options []Option      `json:"options"`
		Groups  []OptionGroup `json:"option_groups"`
	}
	if err := json.Unmarshal(ack, &offer); err != nil {
		return nil, fmt.Errorf("reading the app's options: %w", err)
	}

	if offer.Groups == nil {
		offer.Groups = []OptionGroup{{Options: offer.Options}}
	}

	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(in)
	if err != nil {
		return nil, err
	}

	// What was chosen from an earlier answer stays chosen.
	offered := slices.Concat(at.form.suggested[blockID][actionID], control{OptionGroups: offer.Groups}.allOptions())
	put(&at.form.suggested, blockID, actionID, offered)
	return offer.Groups, nil
}

func (p *Person) suggestion(in Container, blockID, actionID, query string) (payload interaction, ask bool, err error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(in)
	if err != nil {
		return interaction{}, false, err
	}

	c, err := findControl(at.controls, blockID, actionID)
	if err != nil {
		return interaction{}, false, err
	}

	if c.Type != "external_select" && c.Type != "multi_external_select" {
		return interaction{}, false, fmt.Errorf("%w: %s in block %q takes no options from the app", ErrNotFound, c.Type, blockID)
	}

	least := 3 // Slack's default
	if c.MinQueryLength != nil {
		least = *c.MinQueryLength
	}

	if length(query) < least {
		return interaction{}, false, nil
	}

	payload = p.s.state.interaction("block_suggestion", at.member)
	payload.ActionID, payload.BlockID, payload.Value = actionID, blockID, &query
	at.describe(&payload)
	return payload, true, nil
}

// CloseView closes a modal and those above it, or the whole stack when it asks to
// be cleared on close, and tells the app of those that want to know.
func (p *Person) CloseView(ctx context.Context, viewID string) error {
	payloads, err := p.closeView(viewID)
	for _, payload := range payloads {
		if _, sendErr := p.s.deliver(ctx, p.id, "view_closed", envelope{Type: typeInteractive, Payload: payload}); sendErr != nil {
			return sendErr
		}
	}

	return err
}

func (p *Person) closeView(viewID string) (payloads []interaction, err error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(Container{ViewID: viewID})
	if err != nil {
		return nil, err
	}

	from := slices.Index(at.member.stack, at.view)
	if from < 0 {
		return nil, fmt.Errorf("%w: the Home tab can't be closed", ErrNotFound)
	}

	cleared := at.view.ClearOnClose
	if cleared {
		from = 0
	}

	for _, v := range slices.Backward(at.member.stack[from:]) {
		if !v.NotifyOnClose {
			continue
		}

		payload := p.s.state.interaction("view_closed", at.member)
		view := v.snapshot().wire()
		payload.View, payload.IsCleared = &view, &cleared
		payloads = append(payloads, payload)
	}

	p.s.closeViews(at.member, from)
	return payloads, nil
}
