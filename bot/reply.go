package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot/blocks"
)

// Handler answers one kind of request. It returns what to tell the person and
// never posts by itself; an error is turned into words in one place. A nil
// reply says nothing.
type Handler func(ctx context.Context, r *Request) (*Reply, error)

// Reply is what a handler wants people to see. Most replies set one field.
type Reply struct {
	// Message answers the person, to them alone unless InChannel is set.
	Message   *Message
	InChannel bool
	// Replace puts Message in the place of the message whose button was used.
	Replace bool

	// Modal opens a modal; from inside a modal it is put on top.
	Modal *Modal
	// Update changes the modal that the request came from, or that the reply
	// before it opened. In answer to a submission it needs a Name of its own:
	// a modal is submitted once under a name.
	Update *Modal
	// Errors keeps a submitted modal open and shows a text at each block.
	Errors map[string]string

	// Choices answers a menu that asks what to offer, at most 100.
	Choices []blocks.Choice
	// Home is the person's Home tab.
	Home []slack.Block

	// Then is work that may take longer than Slack waits, such as asking a
	// language model; it runs once the reply is out.
	Then func(ctx context.Context) (*Reply, error)
}

// Say is a reply of one sentence or a few.
func Say(format string, args ...any) *Reply {
	return &Reply{Message: &Message{Text: fmt.Sprintf(format, args...)}}
}

// Message is a message to Slack. Text says the same as the blocks, for
// notifications and screen readers; it is mrkdwn, so what people wrote must go
// through [blocks.Escape].
type Message struct {
	Text   string
	Blocks []slack.Block
	// UpdateOnly, of a card, has it changed where it was posted before, and
	// not posted where it was not.
	UpdateOnly bool
}

// MarshalJSON gives the message the form in which Slack takes it.
func (m Message) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Text   string        `json:"text"`
		Blocks []slack.Block `json:"blocks,omitempty"`
	}{m.Text, m.Blocks})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Message) UnmarshalJSON(body []byte) error {
	var w struct {
		Text   string       `json:"text"`
		Blocks slack.Blocks `json:"blocks"`
	}

	if err := json.Unmarshal(body, &w); err != nil {
		return fmt.Errorf("message: %w", err)
	}

	m.Text, m.Blocks = w.Text, w.Blocks.BlockSet
	return nil
}

// Encode is the message for the store's outbox.
func (m Message) Encode() (json.RawMessage, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}

	return body, nil
}

// Modal is a dialogue. Name is the route of its submission.
type Modal struct {
	Name   string
	Title  string // cut at 24 characters, as the buttons' words are
	Submit string // the button's words, "" for a modal that only shows
	Close  string // "Cancel" unless set
	Blocks []slack.Block
	Data   string // comes back as Request.Data
}
