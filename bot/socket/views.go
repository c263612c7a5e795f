package socket

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

// maxMetadata is how much a view carries along, in characters.
const maxMetadata = 3000

// modalData is what a modal's private_metadata holds: the room's data, and
// where the person was, so that a receipt can go there.
type modalData struct {
	Data        string `json:"data,omitempty"`
	Channel     string `json:"channel,omitempty"`
	ResponseURL string `json:"response_url,omitempty"`
}

// viewOf is a modal as Slack takes it, in answer to a request. It is an error
// when the modal carries too much along.
func viewOf(m *bot.Modal, r *bot.Request) (slack.ModalViewRequest, error) {
	data, err := json.Marshal(modalData{Data: m.Data, Channel: r.Channel, ResponseURL: r.Origin.ResponseURL})
	if err != nil {
		return slack.ModalViewRequest{}, fmt.Errorf("modal %s: %w", m.Name, err)
	}

	if n := blocks.Length(string(data)); n > maxMetadata {
		return slack.ModalViewRequest{}, fmt.Errorf("modal %s: what it carries along has %d characters, and Slack takes %d", m.Name, n, maxMetadata)
	}

	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: m.Name, Title: blocks.Title(m.Title), Close: blocks.Title(cmp.Or(m.Close, "Cancel")),
		Blocks: slack.Blocks{BlockSet: m.Blocks}, PrivateMetadata: string(data),
	}

	if m.Submit != "" {
		v.Submit = blocks.Title(m.Submit)
	}

	return v, nil
}

// show opens, updates and publishes the views of a reply.
func (p *responder) show(ctx context.Context, reply *bot.Reply) error {
	if reply.Home == nil && reply.Modal == nil && reply.Update == nil {
		return nil
	}

	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()

	if reply.Home != nil {
		view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: reply.Home}}
		if _, err := p.client.API.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: p.r.User, View: view}); err != nil {
			return fmt.Errorf("publish a Home tab: %w", err)
		}
	}

	if reply.Modal != nil {
		return p.open(ctx, reply.Modal)
	}

	if reply.Update != nil {
		return p.update(ctx, reply.Update)
	}

	return nil
}

func (p *responder) open(ctx context.Context, m *bot.Modal) error {
	view, err := viewOf(m, p.r)
	if err != nil {
		return err
	}

	open := p.client.API.OpenViewContext
	if p.r.Origin.InModal {
		open = p.client.API.PushViewContext
	}

	got, err := open(ctx, p.r.Origin.TriggerID, view)
	switch slackCode(err) {
	case "exchanged_trigger_id": // the same request was answered before
		return nil
	case "expired_trigger_id":
		return bot.Problemf("That took too long, and Slack closed the door. Please try once more.")
	case "push_limit_reached":
		return bot.Problemf("Slack allows three forms on top of each other. Please close one and try again.")
	}

	if err != nil {
		return fmt.Errorf("open the modal %s: %w", m.Name, err)
	}

	p.opened = got.View.ID
	return nil
}

func (p *responder) update(ctx context.Context, m *bot.Modal) error {
	view, err := viewOf(m, p.r)
	if err != nil {
		return err
	}

	id, hash := p.opened, ""
	if id == "" && p.r.Origin.InModal {
		id, hash = p.r.View, p.r.Origin.ViewHash
	}

	if id == "" {
		return nil
	}

	_, err = p.client.API.UpdateViewContext(ctx, view, "", hash, id)
	switch slackCode(err) {
	case "not_found": // the person has closed it
		return nil
	case "hash_conflict":
		return bot.Problemf("The form changed while you clicked. Please do that once more.")
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
