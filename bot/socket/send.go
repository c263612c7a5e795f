package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
)

// sendWithin bounds how long a reply may be on its way to Slack.
const sendWithin = 8 * time.Second

// response is a message in the form of acks and response URLs.
type response struct {
	Text            string        `json:"text"`
	Blocks          []slack.Block `json:"blocks,omitempty"`
	ResponseType    string        `json:"response_type"`
	ReplaceOriginal bool          `json:"replace_original"`
	UnfurlLinks     bool          `json:"unfurl_links"`
	UnfurlMedia     bool          `json:"unfurl_media"`
}

func responseOf(reply *bot.Reply) response {
	kind := slack.ResponseTypeEphemeral
	if reply.InChannel {
		kind = slack.ResponseTypeInChannel
	}

	return response{Text: reply.Message.Text, Blocks: reply.Message.Blocks, ResponseType: kind, ReplaceOriginal: reply.Replace}
}

// send brings a message to the person after the ack: over the response URL,
// which works in every conversation; else where they are; else as a direct
// message.
func (p *responder) send(ctx context.Context, reply *bot.Reply) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()

	if err := p.respond(ctx, reply); err == nil {
		return
	} else if p.r.Origin.ResponseURL != "" {
		p.client.Log.DebugContext(ctx, "a reply goes another way", "name", p.r.Name, "error", err)
	}

	if p.r.Channel != "" && p.post(ctx, reply) == nil {
		return
	}

	if _, _, err := p.client.API.PostMessageContext(ctx, p.r.User, messageOptions(reply.Message)...); err != nil {
		p.client.Log.WarnContext(ctx, "a reply reached nobody", "kind", p.r.Kind, "name", p.r.Name, "error", err)
	}
}

func (p *responder) post(ctx context.Context, reply *bot.Reply) (err error) {
	if reply.InChannel {
		_, _, err = p.client.API.PostMessageContext(ctx, p.r.Channel, messageOptions(reply.Message)...)
	} else {
		_, err = p.client.API.PostEphemeralContext(ctx, p.r.Channel, p.r.User, messageOptions(reply.Message)...)
	}

	return err
}

func messageOptions(m *bot.Message) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

var errNoResponseURL = errors.New("no response URL")

func (p *responder) respond(ctx context.Context, reply *bot.Reply) error {
	if p.r.Origin.ResponseURL == "" {
		return errNoResponseURL
	}

	body, err := json.Marshal(responseOf(reply))
	if err != nil {
		return fmt.Errorf("encode a response: %w", err)
	}

	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.r.Origin.ResponseURL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("response URL: %w", withoutURL(err))
	}

	req.Header.Set("Content-Type", "application/json")
	res, err := p.client.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("response URL: %w", withoutURL(err))
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection is used again
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("response URL: status %d", res.StatusCode)
	}

	return nil
}

// withoutURL is an error of an HTTP call without the address, which in a
// response URL is a secret.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}

	return err
}
