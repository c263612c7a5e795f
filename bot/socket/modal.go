package socket

import (
	"cmp"
	"encoding/json"
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
