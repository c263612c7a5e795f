package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

const (
	// replyInAckBy is how long a reply may take to ride in the ack. Slack
	// waits 3 s.
	replyInAckBy = 1500 * time.Millisecond
	// submissionInAckBy is the same for the submission of a modal, whose field
	// errors can only ride in the ack.
	submissionInAckBy = 2500 * time.Millisecond
)

// responder gets a reply to the person who made a request: in the ack while
// there is time, otherwise after it.
type responder struct {
	client *Client
	t      *task
	r      *bot.Request
	once   sync.Once
	timer  clockwork.Timer // acknowledges when the reply is late
	opened string          // ID of the view that the reply opened
}

func (c *Client) responderFor(t *task, r *bot.Request) *responder {
	p := &responder{client: c, t: t, r: r}
	wait := replyInAckBy
	if r.Kind == bot.Submit {
		wait = submissionInAckBy
	}

	if r.Kind != bot.Event { // an event is only acknowledged once it has been handled
		p.timer = c.Clock.AfterFunc(wait, func() { p.ack("before", nil) })
	}

	return p
}

func (p *responder) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

// ack acknowledges the envelope, once. It reports whether payload went out.
func (p *responder) ack(how string, payload any) (sent bool) {
	p.once.Do(func() {
		err := p.t.ack(payload)
		if errors.Is(err, errAckTooLarge) {
			how, err = "before", p.t.ack(nil)
		} else {
			sent = err == nil
		}

		if err != nil {
			how = "failed"
			p.client.Log.Warn("an ack was not delivered", "kind", p.r.Kind, "name", p.r.Name, "error", err)
		}

		p.client.metrics.acks.WithLabelValues(how).Inc()
		p.client.inFlight.acked(p.t)
	})
	return sent
}

// deliver delivers the reply to a request. After an error nothing has been
// delivered, and nothing acknowledged by it.
func (p *responder) deliver(ctx context.Context, reply *bot.Reply) error {
	if reply == nil {
		reply = &bot.Reply{}
	}

	switch p.r.Kind {
	case bot.Submit:
		return p.deliverSubmission(ctx, reply)
	case bot.Options:
		offered, err := fitting(blocks.Options(reply.Choices[:min(len(reply.Choices), blocks.MaxChoices)]))
		if err != nil {
			return err
		}

		p.ack("with", choices{offered})
		return nil
	}

	if err := p.show(ctx, reply); err != nil {
		return err
	}

	if reply.Message == nil {
		p.ack("with", nil)
		return nil
	}

	if p.r.Kind == bot.Command && p.t.Accepts && p.ack("with", responseOf(reply)) {
		return nil
	}

	p.ack("before", nil)
	p.send(ctx, reply)
	return nil
}

// choices answers a menu; an empty list must be there, not left out.
type choices struct {
	Options []*slack.OptionBlockObject `json:"options"`
}

// fitting are as many options as an ack has room for; they can't come later.
func fitting(all []*slack.OptionBlockObject) ([]*slack.OptionBlockObject, error) {
	size := 200 // of what is around them
	for i, o := range all {
		body, err := json.Marshal(o)
		if err != nil {
			return nil, fmt.Errorf("encode an option: %w", err)
		}

		if size += len(body) + 1; size >= maxAck {
			return all[:i], nil
		}
	}

	return all, nil
}

// deliverSubmission answers the submission of a modal. Errors and views ride in
// the ack or not at all; when it is gone, the person gets a message instead.
func (p *responder) deliverSubmission(ctx context.Context, reply *bot.Reply) error {
	payload, err := submissionAnswer(p.r, reply)
	if err != nil {
		return err
	}

	sent := p.ack("with", payload)
	switch {
	case sent && len(reply.Errors) > 0:
		return nil // the message would say the same
	case !sent && payload != nil && reply.Message == nil:
		reply = &bot.Reply{Message: &bot.Message{Text: tooLate(reply)}}
	}

	if reply.Message != nil {
		p.send(ctx, reply)
	}

	return nil
}

// submissionAnswer is what rides in the ack of a submission; nil closes the
// modal.
func submissionAnswer(r *bot.Request, reply *bot.Reply) (any, error) {
	modal, respond := reply.Update, slack.NewUpdateViewSubmissionResponse
	switch {
	case len(reply.Errors) > 0:
		return slack.NewErrorsViewSubmissionResponse(reply.Errors), nil
	case modal == nil && reply.Modal == nil:
		return nil, nil
	case modal == nil:
		modal, respond = reply.Modal, slack.NewPushViewSubmissionResponse
	}

	view, err := viewOf(modal, r)
	if err != nil {
		return nil, err
	}

	return respond(&view), nil
}

// tooLate says what a modal would have shown, had it not been closed.
func tooLate(reply *bot.Reply) string {
	if len(reply.Errors) == 0 {
		return "That took me so long that Slack closed the form. Please open it once more."
	}

	var texts []string
	for _, block := range slices.Sorted(maps.Keys(reply.Errors)) {
		texts = append(texts, "• "+blocks.Escape(reply.Errors[block]))
	}

	return "That took me so long that Slack closed the form, and it couldn't be taken as it was:\n" + strings.Join(texts, "\n")
}

// follow delivers what came of Reply.Then.
func (p *responder) follow(ctx context.Context, reply *bot.Reply) {
	if reply == nil {
		return
	}

	if err := p.show(ctx, reply); err != nil {
		p.client.Log.DebugContext(ctx, "a late reply was not shown", "name", p.r.Name, "error", err)
	}

	if reply.Message != nil {
		p.send(ctx, reply)
	}
}
