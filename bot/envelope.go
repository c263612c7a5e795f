package bot

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// maxTyped bounds what is read of a text that a person sent: longer than
// anything Slack lets through, so that nothing honest is cut.
const maxTyped = 40_000

// request turns an envelope into a Request. A nil request without an error is
// something that nothing here handles.
func (e envelope) request() (*Request, error) {
	switch e.Type {
	case socketmode.RequestTypeSlashCommands:
		return commandRequest(e.Payload)
	case socketmode.RequestTypeInteractive:
		return interactiveRequest(e.Payload)
	case socketmode.RequestTypeEventsAPI:
		return eventRequest(e.Payload)
	}
	return nil, nil
}

func commandRequest(payload json.RawMessage) (*Request, error) {
	var c slack.SlashCommand
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, fmt.Errorf("decode a command: %w", err)
	}
	return &Request{
		Kind: Command, Name: c.Command, Text: typed(Unescape(c.Text)), User: c.UserID, Channel: c.ChannelID,
		Op: c.TriggerID, triggerID: c.TriggerID, responseURL: c.ResponseURL,
	}, nil
}

func interactiveRequest(payload json.RawMessage) (*Request, error) {
	var in slack.InteractionCallback
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, fmt.Errorf("decode an interaction: %w", err)
	}
	r := &Request{
		User: in.User.ID, Channel: in.Channel.ID, Op: in.TriggerID, View: in.View.ID,
		triggerID: in.TriggerID, responseURL: in.ResponseURL, viewHash: in.View.Hash,
	}
	if in.Message.Timestamp != "" {
		r.Message = &SourceMessage{
			TS: in.Message.Timestamp, Author: in.Message.User, Text: typed(Unescape(in.Message.Text)), Bot: in.Message.BotID != "",
			Link: permalink(in.Team.Domain, in.Channel.ID, in.Message.Timestamp, in.Message.ThreadTimestamp),
		}
	}
	if in.View.ID != "" {
		r.fromView(in.View)
	}
	switch in.Type {
	case slack.InteractionTypeBlockActions:
		return actionRequest(r, in)
	case slack.InteractionTypeViewSubmission:
		r.Kind, r.Name, r.Op = Submit, in.View.CallbackID, in.View.ID
	case slack.InteractionTypeMessageAction, slack.InteractionTypeShortcut:
		r.Kind, r.Name = Shortcut, in.CallbackID
	case slack.InteractionTypeBlockSuggestion:
		r.Kind, r.Name, r.Text, r.Op = Options, in.ActionID, typed(in.Value), ""
	default:
		return nil, nil
	}
	return r, nil
}

// fromView takes over what a view holds. Where the person was when it was
// opened comes back in its metadata.
func (r *Request) fromView(v slack.View) {
	r.Form = formOf(v.State)
	r.pushed = true
	for _, b := range v.Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok {
			r.inputBlock = in.BlockID
			break
		}
	}
	var data modalData
	if json.Unmarshal([]byte(v.PrivateMetadata), &data) != nil {
		return // not a modal of ours
	}
	r.Data = data.Data
	if r.Channel == "" {
		r.Channel = data.Channel
	}
	if r.responseURL == "" {
		r.responseURL = data.ResponseURL
	}
}

func actionRequest(r *Request, in slack.InteractionCallback) (*Request, error) {
	if len(in.ActionCallback.BlockActions) == 0 {
		return nil, nil
	}
	a := in.ActionCallback.BlockActions[0]
	r.Kind, r.Name = Action, a.ActionID
	r.Value = Form{"": *a}.Text("")
	return r, nil
}

func eventRequest(payload json.RawMessage) (*Request, error) {
	var outer struct {
		EventID string `json:"event_id"`
		Event   struct {
			Type    string `json:"type"`
			User    string `json:"user"`
			Channel string `json:"channel"`
			Tab     string `json:"tab"`
		} `json:"event"`
	}
	if err := json.Unmarshal(payload, &outer); err != nil {
		return nil, fmt.Errorf("decode an event: %w", err)
	}
	return &Request{
		Kind: Event, Name: outer.Event.Type, User: outer.Event.User, Channel: outer.Event.Channel,
		Value: outer.Event.Tab, Op: outer.EventID,
	}, nil
}

// permalink is the address of a message, built as chat.getPermalink gives it,
// which would cost a call.
func permalink(domain, channel, ts, thread string) string {
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", domain, channel, strings.ReplaceAll(ts, ".", ""))
	if thread != "" && thread != ts {
		link += "?" + url.Values{"thread_ts": {thread}, "cid": {channel}}.Encode()
	}
	return link
}

// typed bounds a text.
func typed(text string) string {
	if len(text) > maxTyped {
		return text[:maxTyped]
	}
	return text
}
