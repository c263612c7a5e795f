package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Submit fills in a modal and submits it. It returns the messages beside fields, by
// block ID: those of Slack's own client, when the app isn't asked, or the app's. The
// modal then stays open. An error is a [*Timeout], or says what Slack refuses of
// the app's answer, which a person sees as "We had some trouble connecting."
func (p *Person) Submit(ctx context.Context, viewID string, state State) (map[string]string, error) {
	payload, complaints, err := p.submission(viewID, state)
	if err != nil || complaints != nil {
		return complaints, err
	}

	ack, err := p.s.deliver(ctx, p.id, "view_submission", envelope{Type: typeInteractive, Accepts: true, Payload: payload})
	if err != nil {
		return nil, err
	}

	complaints, err = p.submitted(viewID, ack)
	if err != nil {
		return nil, fmt.Errorf("the app answered view_submission with what Slack refuses: %w", err)
	}

	return complaints, nil
}

func (p *Person) submission(viewID string, state State) (payload interaction, complaints map[string]string, err error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(Container{ViewID: viewID})
	if err != nil {
		return interaction{}, nil, err
	}

	if at.view.Submit == nil {
		return interaction{}, nil, fmt.Errorf("%w: the view has no submit button", ErrNotFound)
	}

	if err := at.fill(state); err != nil {
		return interaction{}, nil, err
	}

	urls := []responseRef{}
	for _, c := range at.controls {
		v := at.form.values[c.BlockID][c.ActionID]
		if c.BlockType != "input" {
			continue
		}

		if words := c.complaint(v); words != "" {
			setWord(&complaints, c.BlockID, words)
		}

		if to, ok := p.s.state.channels[v.ID]; ok && c.ResponseURLEnabled {
			urls = append(urls, responseRef{c.BlockID, c.ActionID, to.id, p.s.answerTo(p.id, to.id, "")})
		}
	}

	p.complain(at.view, complaints)
	payload = p.s.state.interaction("view_submission", at.member)
	payload.TriggerID, payload.ResponseURLs = p.s.trigger(at.member), &urls
	view := at.view.snapshot().wire()
	payload.View = &view
	return payload, complaints, nil
}

// complain shows messages beside fields, or takes them away.
func (p *Person) complain(v *openView, complaints map[string]string) {
	if len(v.Errors) == 0 && len(complaints) == 0 {
		return
	}

	v.Errors = complaints
	p.s.hub.tell(Change{Kind: ChangeView, User: p.id, View: v.ID})
}

// submissionAnswer is how an app answers a submission,
// https://docs.slack.dev/surfaces/modals#handling_submissions.
type submissionAnswer struct {
	Action string            `json:"response_action"`
	Errors map[string]string `json:"errors"`
	View   json.RawMessage   `json:"view"`
}

// submitted does what the app answered.
func (p *Person) submitted(viewID string, ack json.RawMessage) (map[string]string, error) {
	var a submissionAnswer
	if !isEmptyJSON(ack) {
		given := arguments{lenient: p.s.opts.Lenient}
		if err := json.Unmarshal(ack, &given.object); err != nil {
			return nil, &Invalid{"invalid_payload", []Problem{{"", "must be an object with response_action"}}}
		}

		if err := given.into(&a); err != nil {
			return nil, err
		}
	}

	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	at, err := p.find(Container{ViewID: viewID})
	if err != nil {
		return nil, nil // closed by the app or the person meanwhile: nothing is left to change
	}

	level := slices.Index(at.member.stack, at.view)
	switch a.Action {
	case "":
		p.s.closeViews(at.member, level)
	case "clear":
		p.s.closeViews(at.member, 0)
	case "update":
		return nil, p.s.replaceView(at.view, a.View)
	case "push":
		v, err := p.s.newView(a.View, "modal")
		if err != nil {
			return nil, err
		}

		return nil, p.s.pushView(at.member, v)
	case "errors":
		if err := checkErrors(at.controls, a.Errors); err != nil {
			return nil, err
		}

		p.complain(at.view, a.Errors)
		return a.Errors, nil
	default:
		return nil, invalidArguments("/response_action", "must be one of: errors, update, push, clear")
	}

	return nil, nil
}

// checkErrors holds because Slack shows messages beside input blocks only.
func checkErrors(elements []control, messages map[string]string) error {
	if len(messages) == 0 {
		return invalidArguments("/errors", "must name at least one input block")
	}

	for block, words := range messages {
		known := slices.ContainsFunc(elements, func(c control) bool { return c.BlockID == block && c.BlockType == "input" })
		if !known {
			return invalidArguments("/errors", "no input block has the block_id %q", block)
		}

		if words == "" {
			return invalidArguments("/errors/"+block, "must be more than 0 characters")
		}
	}

	return nil
}

func setWord(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}

	(*m)[key] = value
}
