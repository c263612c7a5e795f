package socket

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

// frame is what Slack sends over Socket Mode: a greeting, a farewell or an
// envelope. It is decoded in one go, and only what the bot needs of it: payloads
// hold whole messages and views with blocks of other apps.
type frame struct {
	Type       string  `json:"type"`
	Reason     string  `json:"reason"` // of a disconnect
	EnvelopeID string  `json:"envelope_id"`
	Accepts    bool    `json:"accepts_response_payload"`
	Payload    payload `json:"payload"`

	fieldErr error // a field of an unexpected form; the others are read
}

// payload has the fields of commands, interactions and events.
type payload struct {
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`

	// Of a command.
	Command   string `json:"command"`
	Text      string `json:"text"`
	UserID    string `json:"user_id"`
	ChannelID string `json:"channel_id"`

	// Of an interaction.
	Type       string                  `json:"type"`
	CallbackID string                  `json:"callback_id"`
	ActionID   string                  `json:"action_id"`
	Value      string                  `json:"value"`
	User       identified              `json:"user"`
	Channel    identified              `json:"channel"`
	Team       struct{ Domain string } `json:"team"`
	Message    struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
		User     string `json:"user"`
		BotID    string `json:"bot_id"`
		Text     string `json:"text"`
	} `json:"message"`
	View    viewPayload `json:"view"`
	Actions []bot.Input `json:"actions"`

	// Of an event.
	EventID string `json:"event_id"`
	Event   struct {
		Type    string `json:"type"`
		User    string `json:"user"`
		Channel string `json:"channel"`
		Tab     string `json:"tab"`
	} `json:"event"`
}

type identified struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type viewPayload struct {
	ID              string `json:"id"`
	Type            string `json:"type"`
	Hash            string `json:"hash"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	Blocks          []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	} `json:"blocks"`
	State struct {
		Values map[string]map[string]bot.Input `json:"values"`
	} `json:"state"`
}

// decode reads a frame. A field of an unexpected form is noted in the frame,
// whose other fields are there all the same: with its ID even an envelope of
// tomorrow's kind can be acknowledged.
func decode(body []byte) (frame, error) {
	var f frame
	err := json.Unmarshal(body, &f)
	if field, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		f.fieldErr, err = fmt.Errorf("the field %s is no %s", field.Field, field.Type), nil
	}

	return f, err
}

// Bounds on what is taken from an envelope, in bytes: more than Slack lets
// people and apps write, so that nothing honest is cut or refused.
const (
	maxID      = 1_000
	maxCarried = 12_000 // values of buttons, metadata of views, addresses
	maxInputs  = 100
)

// label names an envelope in the log, without anything that people wrote.
func (f frame) label() string {
	p := f.Payload
	for _, name := range []string{p.Command, p.View.CallbackID, p.CallbackID, p.ActionID, p.Event.Type} {
		if name != "" {
			return f.Type + " " + blocks.Cut(blocks.Clean(name), 100)
		}
	}

	return f.Type
}

// request turns an envelope into a Request. A nil request without an error is
// something that nothing here handles.
func (f frame) request() (*bot.Request, error) {
	var r *bot.Request
	switch f.Type {
	case socketmode.RequestTypeSlashCommands:
		r = f.Payload.command()
	case socketmode.RequestTypeInteractive:
		r = f.Payload.interaction()
	case socketmode.RequestTypeEventsAPI:
		r = f.Payload.event()
	}

	if f.fieldErr != nil {
		return nil, f.fieldErr
	}

	if r == nil {
		return nil, nil
	}

	return r, checkSizes(r)
}

func (p *payload) command() *bot.Request {
	return &bot.Request{
		Kind: bot.Command, Name: p.Command, Text: blocks.Typed(blocks.Unescape(p.Text)), User: p.UserID, Channel: p.ChannelID,
		Op: p.TriggerID, Origin: bot.Origin{TriggerID: p.TriggerID, ResponseURL: p.ResponseURL},
	}
}

func (p *payload) interaction() *bot.Request {
	r := &bot.Request{
		User: p.User.ID, Channel: p.Channel.ID, Op: p.TriggerID, Origin: bot.Origin{TriggerID: p.TriggerID, ResponseURL: p.ResponseURL},
	}

	if m := p.Message; m.TS != "" {
		r.Message = &bot.SourceMessage{
			TS: m.TS, Author: m.User, Text: blocks.Typed(blocks.Plain(m.Text)), Bot: m.BotID != "",
			Link: blocks.Permalink("https://"+p.Team.Domain+".slack.com", p.Channel.ID, m.TS, m.ThreadTS), Private: private(p.Channel),
		}
	}

	if p.View.ID != "" {
		fromView(r, p.View)
	}

	switch slack.InteractionType(p.Type) {
	case slack.InteractionTypeBlockActions:
		if len(p.Actions) == 0 {
			return nil
		}

		r.Kind, r.Name, r.Value = bot.Action, p.Actions[0].ActionID, p.Actions[0].Text()
	case slack.InteractionTypeViewSubmission:
		// A person sends a modal once. One that was refused or got no answer is
		// sent again with the same ID.
		r.Kind, r.Name, r.Op = bot.Submit, p.View.CallbackID, p.View.ID+" "+p.View.CallbackID
	case slack.InteractionTypeMessageAction, slack.InteractionTypeShortcut:
		r.Kind, r.Name = bot.Shortcut, p.CallbackID
	case slack.InteractionTypeBlockSuggestion:
		r.Kind, r.Name, r.Text, r.Op = bot.Options, p.ActionID, blocks.Typed(p.Value), ""
	default:
		return nil
	}

	return r
}

// fromView takes over what a view holds. Where the person was when it was
// opened comes back in its metadata.
func fromView(r *bot.Request, v viewPayload) {
	r.View, r.Origin.ViewHash, r.Origin.InModal = v.ID, v.Hash, v.Type == string(slack.VTModal)
	r.Form = formOf(v.State.Values)
	for _, b := range v.Blocks {
		if b.Type == string(slack.MBTInput) && len(r.Origin.Inputs) < maxInputs {
			r.Origin.Inputs = append(r.Origin.Inputs, b.BlockID)
		}
	}

	var data modalData
	if len(v.PrivateMetadata) > maxCarried || json.Unmarshal([]byte(v.PrivateMetadata), &data) != nil {
		return // not a modal of ours
	}

	r.Data = data.Data
	if r.Channel == "" {
		r.Channel = data.Channel
	}

	if r.Origin.ResponseURL == "" {
		r.Origin.ResponseURL = data.ResponseURL
	}
}

func (p *payload) event() *bot.Request {
	e := p.Event
	return &bot.Request{Kind: bot.Event, Name: e.Type, User: e.User, Channel: e.Channel, Value: e.Tab, Op: p.EventID}
}

// checkSizes refuses what Slack would never send. What people type is cut
// instead, where it is read.
func checkSizes(r *bot.Request) error {
	for _, f := range []struct {
		name, value string
		most        int
	}{
		{"name", r.Name, maxID}, {"user", r.User, maxID}, {"channel", r.Channel, maxID}, {"view", r.View, maxID},
		{"hash", r.Origin.ViewHash, maxID}, {"op", r.Op, 3 * maxID}, {"trigger", r.Origin.TriggerID, maxID},
		{"value", r.Value, maxCarried}, {"response URL", r.Origin.ResponseURL, maxCarried},
	} {
		if len(f.value) > f.most {
			return fmt.Errorf("the %s is longer than %d bytes", f.name, f.most)
		}
	}

	if len(r.Form) > maxInputs || slices.ContainsFunc(r.Origin.Inputs, tooLong) || slices.ContainsFunc(slices.Collect(maps.Keys(r.Form)), tooLong) {
		return errors.New("the view has too many inputs, or too long a name for one")
	}

	if m := r.Message; m != nil && len(m.TS)+len(m.Author)+len(m.Link) > 3*maxID {
		return errors.New("the message's identity is too long")
	}

	return nil
}

func tooLong(id string) bool { return len(id) > maxID }

// private tells a conversation that not everybody can open: Slack doesn't name
// those in interactions (https://docs.slack.dev/reference/interaction-payloads).
func private(channel identified) bool {
	return channel.Name == "privategroup" || channel.Name == "directmessage" || strings.HasPrefix(channel.Name, "mpdm-")
}

// formOf is what a view's inputs hold, by block ID.
func formOf(values map[string]map[string]bot.Input) bot.Form {
	form := bot.Form{}
	for block, actions := range values {
		for _, input := range actions {
			form[block] = input
		}
	}

	return form
}
