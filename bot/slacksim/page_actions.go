package slacksim

import (
	"context"
)

type postIn struct {
	Channel  string `json:"channel"`
	Text     string `json:"text"`
	ThreadTS string `json:"thread_ts"`
}

func pagePost(ctx context.Context, p *Person, in postIn) (any, error) {
	message, err := p.Post(ctx, in.Channel, in.Text, in.ThreadTS)
	return message, err
}

type commandIn struct {
	Channel string `json:"channel"`
	Line    string `json:"line"`
}

func pageCommand(ctx context.Context, p *Person, in commandIn) (any, error) {
	return nil, p.Command(ctx, in.Channel, in.Line)
}

type clickIn struct {
	Container
	BlockID  string `json:"block_id"`
	ActionID string `json:"action_id"`
	Input    Input  `json:"input"`
	// State is what else the person has typed into the view by now; the app gets
	// it along with the click.
	State State `json:"state"`
}

func pageClick(ctx context.Context, p *Person, in clickIn) (any, error) {
	if err := fill(p, in.ViewID, in.State); err != nil {
		return nil, err
	}

	return nil, p.Click(ctx, Interaction{Container: in.Container, BlockID: in.BlockID, ActionID: in.ActionID, Input: in.Input})
}

func fill(p *Person, view string, state State) error {
	if view == "" || len(state) == 0 {
		return nil
	}

	return p.Fill(view, state)
}

type shortcutIn struct {
	CallbackID string `json:"callback_id"`
	Channel    string `json:"channel"` // with TS, of a message shortcut
	TS         string `json:"ts"`
}

func pageShortcut(ctx context.Context, p *Person, in shortcutIn) (any, error) {
	if in.TS == "" {
		return nil, p.GlobalShortcut(ctx, in.CallbackID)
	}

	return nil, p.MessageShortcut(ctx, in.CallbackID, in.Channel, in.TS)
}

type submitIn struct {
	ViewID string `json:"view_id"`
	State  State  `json:"state"`
}

func pageSubmit(ctx context.Context, p *Person, in submitIn) (any, error) {
	problems, err := p.Submit(ctx, in.ViewID, in.State)
	return struct {
		Errors map[string]string `json:"errors,omitempty"`
	}{problems}, err
}

type suggestIn struct {
	Container
	BlockID  string `json:"block_id"`
	ActionID string `json:"action_id"`
	Query    string `json:"query"`
	State    State  `json:"state"`
}

func pageSuggest(ctx context.Context, p *Person, in suggestIn) (any, error) {
	if err := fill(p, in.ViewID, in.State); err != nil {
		return nil, err
	}

	groups, err := p.Suggest(ctx, in.Container, in.BlockID, in.ActionID, in.Query)
	return struct {
		Groups []OptionGroup `json:"groups"`
	}{orEmpty(groups)}, err
}
