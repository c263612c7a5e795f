package bot

import (
	"cmp"
	"strings"
	"time"

	"smarketer/bot/blocks"
)

// Kind is the kind of thing a person did in Slack.
type Kind string

// The kinds of request, named as Slack names them.
const (
	Command  Kind = "command"  // a slash command
	Action   Kind = "action"   // a button, a menu or another element was used
	Shortcut Kind = "shortcut" // a message action, or a shortcut from the composer
	Submit   Kind = "submit"   // a modal was submitted
	Options  Kind = "options"  // a menu asks what to offer
	Event    Kind = "event"    // something happened, such as a Home tab opened
)

// Request is one thing a person did, however it reached us.
type Request struct {
	Kind Kind
	Name string // the route: "/content review", "lead.claim", "feedback.form"
	Text string // what follows a command; what was typed into a menu that asks for options
	User string // who did it, a Slack user ID

	Channel string // where; "" when it was nowhere in particular, as in the Home tab
	Value   string // the value of the button or option
	Form    Form   // what a modal holds
	Data    string // what the room gave the modal along, see Modal.Data
	View    string // ID of the view it came from, "" for none
	Message *SourceMessage

	// Op identifies the request: two deliveries of it have the same Op. Give
	// it to the store, which carries a request out once.
	Op string
	At time.Time // when it reached us

	// Origin is for the transport only.
	Origin Origin
}

// Origin is what the transport that brought a request needs to answer it.
// Rooms have no use for it.
type Origin struct {
	TriggerID   string   // allows opening a modal, for three seconds
	ResponseURL string   // takes messages for half an hour, "" for none
	ViewHash    string   // of the view that the request came from
	InModal     bool     // whether that view is a modal
	Inputs      []string // IDs of the modal's input blocks, where errors can be shown
}

// SourceMessage is the message that a message action or a button belongs to.
type SourceMessage struct {
	TS     string
	Author string // user ID; "" for an app's message
	Text   string // as people read it, see [blocks.Plain]
	Bot    bool   // whether an app wrote it
	Link   string // permalink, which opens for those who may see the message
	// Private says that it is in a private channel or in direct messages.
	Private bool
}

// Form is what the inputs of a view hold, by block ID. A block of ours has
// one input, whose action ID doesn't matter here.
type Form map[string]Input

// Input is what one element holds: of these fields the one that its type
// fills in.
type Input struct {
	ActionID             string   `json:"action_id"`
	Value                string   `json:"value"`
	SelectedOption       Selected `json:"selected_option"`
	SelectedDate         string   `json:"selected_date"`
	SelectedUser         string   `json:"selected_user"`
	SelectedChannel      string   `json:"selected_channel"`
	SelectedConversation string   `json:"selected_conversation"`
}

// Selected is an option that was chosen in a menu.
type Selected struct {
	Value string `json:"value"`
}

// Text is what was typed or chosen, as it was sent: text, the value of an
// option, a date (2026-11-21), or an ID.
func (i Input) Text() string {
	return cmp.Or(i.Value, i.SelectedOption.Value, i.SelectedDate, i.SelectedUser, i.SelectedChannel, i.SelectedConversation)
}

// Text is the trimmed text of an input, a date, or the chosen option's value.
func (f Form) Text(block string) string { return strings.TrimSpace(blocks.Typed(f[block].Text())) }

// Args splits the text of a command into words.
func (r *Request) Args() []string { return strings.Fields(r.Text) }
