package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
)

// answer gets a reply to the person who made a request: in the ack while
// there is time, otherwise after it.
type answer struct {
	bot    *Bot
	e      envelope
	r      *Request
	once   sync.Once
	acked  bool // by the timer, before the reply was there
	timer  clockwork.Timer
	opened string // ID of the view that the reply opened
}

func (b *Bot) answerTo(e envelope, r *Request) *answer {
	a := &answer{bot: b, e: e, r: r}
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
		err := a.e.ack(payload)
		if errors.Is(err, errAckTooLarge) {
			how, err = "before", a.e.ack(nil)
		} else {
			sent = err == nil
		}
		if err != nil {
			how = "failed"
			a.bot.Log.Warn("an ack was not delivered", "kind", a.r.Kind, "name", a.r.Name, "error", err)
		}
		a.bot.metrics.acks.WithLabelValues(how).Inc()
	})
	return sent
}

// give delivers the reply to a request.
func (a *answer) give(ctx context.Context, reply *Reply) {
	a.stop()
	if reply == nil {
		reply = &Reply{}
	}
	if a.r.Kind == Submit {
		a.giveSubmit(ctx, reply)
		return
	}
	if a.r.Kind == Options {
		a.ack("with", choices{options(reply.Choices)})
		return
	}
	if err := a.show(ctx, reply); err != nil {
		reply = a.bot.apology(ctx, a.r, err)
	}
	if reply.Message == nil {
		a.ack("with", nil)
		return
	}
	if a.r.Kind == Command && a.e.AcceptsResponsePayload && a.ack("with", a.response(reply)) {
		return
	}
	a.ack("before", nil)
	a.send(ctx, reply)
}

// giveSubmit answers the submission of a modal. Errors and views ride in the
// ack or not at all; when it is gone, the person gets a message instead.
func (a *answer) giveSubmit(ctx context.Context, reply *Reply) {
	var payload any
	switch {
	case len(reply.Errors) > 0:
		payload = slack.NewErrorsViewSubmissionResponse(reply.Errors)
	case reply.Update != nil, reply.Modal != nil:
		modal, respond := reply.Update, slack.NewUpdateViewSubmissionResponse
		if modal == nil {
			modal, respond = reply.Modal, slack.NewPushViewSubmissionResponse
		}
		view, err := modal.view(a.r)
		if err != nil {
			a.give(ctx, a.bot.apology(ctx, a.r, err))
			return
		}
		payload = respond(&view)
	}
	sent := a.ack("with", payload)
	if payload != nil && sent {
		return
	}
	if reply.Message != nil {
		a.send(ctx, reply)
	}
}

// follow delivers what came of Reply.Then.
func (a *answer) follow(ctx context.Context, reply *Reply) {
	if reply == nil {
		return
	}
	if err := a.show(ctx, reply); err != nil {
		// The person may have closed the modal meanwhile; that is no error.
		a.bot.Log.DebugContext(ctx, "a late reply was not shown", "name", a.r.Name, "error", err)
	}
	if reply.Message != nil {
		a.send(ctx, reply)
	}
}

// show opens, updates and publishes the views of a reply.
func (a *answer) show(ctx context.Context, reply *Reply) error {
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
	if a.r.pushed {
		open = a.bot.API.PushViewContext
	}
	got, err := open(ctx, a.r.triggerID, view)
	if e := (slack.SlackErrorResponse{}); errors.As(err, &e) {
		switch e.Err {
		case "exchanged_trigger_id": // the same request was answered before
			return nil
		case "expired_trigger_id":
			return Problemf("That took too long, and Slack closed the door. Please try once more.")
		}
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
	if id == "" {
		id, hash = a.r.View, a.r.viewHash
	}
	if id == "" {
		return nil
	}
	if _, err := a.bot.API.UpdateViewContext(ctx, view, "", hash, id); err != nil {
		return fmt.Errorf("update the modal %s: %w", m.Name, err)
	}
	return nil
}

// response is a message in the form of acks and response URLs.
type response struct {
	Text            string        `json:"text"`
	Blocks          *slack.Blocks `json:"blocks,omitempty"`
	ResponseType    string        `json:"response_type"`
	ReplaceOriginal bool          `json:"replace_original"`
	UnfurlLinks     bool          `json:"unfurl_links"`
	UnfurlMedia     bool          `json:"unfurl_media"`
}

func (a *answer) response(reply *Reply) response {
	out := response{Text: reply.Message.Text, ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: reply.Replace}
	if reply.InChannel {
		out.ResponseType = slack.ResponseTypeInChannel
	}
	if len(reply.Message.Blocks) > 0 {
		out.Blocks = &slack.Blocks{BlockSet: reply.Message.Blocks}
	}
	return out
}

// choices answers a menu; an empty list must be there, not left out.
type choices struct {
	Options []*slack.OptionBlockObject `json:"options"`
}

// sendWithin bounds one call to Slack that brings a message to a person.
const sendWithin = 8 * time.Second

// send brings a message to the person after the ack: over the response URL,
// which works in every conversation; else as an ephemeral message where they
// are; else as a direct message.
func (a *answer) send(ctx context.Context, reply *Reply) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	err := a.respond(ctx, reply)
	if err == nil {
		return
	}
	options := []slack.MsgOption{slack.MsgOptionText(reply.Message.Text, false), slack.MsgOptionBlocks(reply.Message.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl()}
	if a.r.Channel != "" {
		if _, err = a.bot.API.PostEphemeralContext(ctx, a.r.Channel, a.r.User, options...); err == nil {
			return
		}
	}
	if _, _, err = a.bot.API.PostMessageContext(ctx, a.r.User, options...); err != nil {
		a.bot.Log.WarnContext(ctx, "a reply reached nobody", "kind", a.r.Kind, "name", a.r.Name, "error", err)
	}
}

var errNoResponseURL = errors.New("no response URL")

func (a *answer) respond(ctx context.Context, reply *Reply) error {
	if a.r.responseURL == "" {
		return errNoResponseURL
	}
	body, err := json.Marshal(a.response(reply))
	if err != nil {
		return fmt.Errorf("encode a response: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.r.responseURL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("response URL: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.bot.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("response URL: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("response URL: status %d", res.StatusCode)
	}
	return nil
}
