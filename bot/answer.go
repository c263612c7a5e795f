package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
)

// answer gets a reply to the person who made a request: in the ack while
// there is time, otherwise after it.
type answer struct {
	bot    *Bot
	t      *task
	r      *Request
	once   sync.Once
	timer  clockwork.Timer // acknowledges when the reply is late
	opened string          // ID of the view that the reply opened
}

func (b *Bot) answerTo(t *task, r *Request) *answer {
	a := &answer{bot: b, t: t, r: r}
	wait := rideBy
	if r.Kind == Submit {
		wait = submitBy
	}
	if r.Kind != Event { // an event is only acknowledged once it has been handled
		a.timer = b.Clock.AfterFunc(wait, func() { a.ack("before", nil) })
	}
	return a
}

func (a *answer) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// ack acknowledges the envelope, once. It reports whether payload went out.
func (a *answer) ack(how string, payload any) (sent bool) {
	a.once.Do(func() {
		err := a.t.ack(payload)
		if errors.Is(err, errAckTooLarge) {
			how, err = "before", a.t.ack(nil)
		} else {
			sent = err == nil
		}
		if err != nil {
			how = "failed"
			a.bot.Log.Warn("an ack was not delivered", "kind", a.r.Kind, "name", a.r.Name, "error", err)
		}
		a.bot.metrics.acks.WithLabelValues(how).Inc()
		a.bot.begun.acked(a.t)
	})
	return sent
}

// give delivers the reply to a request. After an error nothing has been
// delivered, and nothing acknowledged by it.
func (a *answer) give(ctx context.Context, reply *Reply) error {
	if reply == nil {
		reply = &Reply{}
	}
	switch a.r.Kind {
	case Submit:
		return a.giveSubmit(ctx, reply)
	case Options:
		offered, err := fitting(options(reply.Choices[:min(len(reply.Choices), MaxChoices)]))
		if err != nil {
			return err
		}
		a.ack("with", choices{offered})
		return nil
	}
	if err := a.show(ctx, reply); err != nil {
		return err
	}
	if reply.Message == nil {
		a.ack("with", nil)
		return nil
	}
	if a.r.Kind == Command && a.t.Accepts && a.ack("with", responseOf(reply)) {
		return nil
	}
	a.ack("before", nil)
	a.send(ctx, reply)
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

// giveSubmit answers the submission of a modal. Errors and views ride in the
// ack or not at all; when it is gone, the person gets a message instead.
func (a *answer) giveSubmit(ctx context.Context, reply *Reply) error {
	payload, err := submissionAnswer(a.r, reply)
	if err != nil {
		return err
	}
	sent := a.ack("with", payload)
	switch {
	case sent && len(reply.Errors) > 0:
		return nil // the message would say the same
	case !sent && payload != nil && reply.Message == nil:
		reply = &Reply{Message: &Message{Text: tooLate(reply)}}
	}
	if reply.Message != nil {
		a.send(ctx, reply)
	}
	return nil
}

// submissionAnswer is what rides in the ack of a submission; nil closes the
// modal.
func submissionAnswer(r *Request, reply *Reply) (any, error) {
	modal, respond := reply.Update, slack.NewUpdateViewSubmissionResponse
	switch {
	case len(reply.Errors) > 0:
		return slack.NewErrorsViewSubmissionResponse(reply.Errors), nil
	case modal == nil && reply.Modal == nil:
		return nil, nil
	case modal == nil:
		modal, respond = reply.Modal, slack.NewPushViewSubmissionResponse
	}
	view, err := modal.view(r)
	if err != nil {
		return nil, err
	}
	return respond(&view), nil
}

// tooLate says what a modal would have shown, had it not been closed.
func tooLate(reply *Reply) string {
	if len(reply.Errors) == 0 {
		return "That took me so long that Slack closed the form. Please open it once more."
	}
	var texts []string
	for _, block := range slices.Sorted(maps.Keys(reply.Errors)) {
		texts = append(texts, "• "+Escape(reply.Errors[block]))
	}
	return "That took me so long that Slack closed the form, and it couldn't be taken as it was:\n" + strings.Join(texts, "\n")
}

// follow delivers what came of Reply.Then.
func (a *answer) follow(ctx context.Context, reply *Reply) {
	if reply == nil {
		return
	}
	if err := a.show(ctx, reply); err != nil {
		a.bot.Log.DebugContext(ctx, "a late reply was not shown", "name", a.r.Name, "error", err)
	}
	if reply.Message != nil {
		a.send(ctx, reply)
	}
}

// show opens, updates and publishes the views of a reply.
func (a *answer) show(ctx context.Context, reply *Reply) error {
	if reply.Home == nil && reply.Modal == nil && reply.Update == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if reply.Home != nil {
		view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: reply.Home}}
		if _, err := a.bot.API.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: a.r.User, View: view}); err != nil {
			return fmt.Errorf("publish a Home tab: %w", err)
		}
	}
	if reply.Modal != nil {
		return a.open(ctx, reply.Modal)
	}
	if reply.Update != nil {
		return a.update(ctx, reply.Update)
	}
	return nil
}

func (a *answer) open(ctx context.Context, m *Modal) error {
	view, err := m.view(a.r)
	if err != nil {
		return err
	}
	open := a.bot.API.OpenViewContext
	if a.r.inModal {
		open = a.bot.API.PushViewContext
	}
	got, err := open(ctx, a.r.triggerID, view)
	switch slackCode(err) {
	case "exchanged_trigger_id": // the same request was answered before
		return nil
	case "expired_trigger_id":
		return Problemf("That took too long, and Slack closed the door. Please try once more.")
	case "push_limit_reached":
		return Problemf("Slack allows three forms on top of each other. Please close one and try again.")
	}
	if err != nil {
		return fmt.Errorf("open the modal %s: %w", m.Name, err)
	}
	a.opened = got.View.ID
	return nil
}

func (a *answer) update(ctx context.Context, m *Modal) error {
	view, err := m.view(a.r)
	if err != nil {
		return err
	}
	id, hash := a.opened, ""
	if id == "" && a.r.inModal {
		id, hash = a.r.View, a.r.viewHash
	}
	if id == "" {
		return nil
	}
	_, err = a.bot.API.UpdateViewContext(ctx, view, "", hash, id)
	switch slackCode(err) {
	case "not_found": // the person has closed it
		return nil
	case "hash_conflict":
		return Problemf("The form changed while you clicked. Please do that once more.")
	}
	if err != nil {
		return fmt.Errorf("update the modal %s: %w", m.Name, err)
	}
	return nil
}

// slackCode is the error code that Slack answered with, "" for none.
func slackCode(err error) string {
	answer, _ := errors.AsType[slack.SlackErrorResponse](err)
	return answer.Err
}
