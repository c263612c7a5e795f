package slacksim

import "encoding/json"

// View is a modal or a Home tab. Its JSON is Slack's, plus Errors, which never
// reach an app.
type View struct {
	ID                 string          `json:"id"`
	TeamID             string          `json:"team_id"`
	Type               string          `json:"type"` // "modal" or "home"
	Title              *Text           `json:"title"`
	Submit             *Text           `json:"submit"`
	Close              *Text           `json:"close"`
	Blocks             json.RawMessage `json:"blocks"`
	PrivateMetadata    string          `json:"private_metadata"`
	CallbackID         string          `json:"callback_id"`
	ExternalID         string          `json:"external_id"`
	State              ViewState       `json:"state"`
	Hash               string          `json:"hash"`
	ClearOnClose       bool            `json:"clear_on_close"`
	NotifyOnClose      bool            `json:"notify_on_close"`
	PreviousViewID     *string         `json:"previous_view_id"`
	RootViewID         string          `json:"root_view_id"`
	AppID              string          `json:"app_id"`
	AppInstalledTeamID string          `json:"app_installed_team_id"`
	BotID              string          `json:"bot_id"`
	// Errors are the messages shown beside fields, by block ID.
	Errors map[string]string `json:"errors,omitempty"`
}

// wire returns v as an app sees it.
func (v View) wire() View {
	v.Errors = nil
	return v
}

// Text is a Block Kit text object.
type Text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim *bool  `json:"verbatim,omitempty"`
}

// Option is a choice in a menu.
type Option struct {
	Text        Text   `json:"text"`
	Value       string `json:"value"`
	Description *Text  `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
}

// OptionGroup is a headed list of options; a flat list is one group without a label.
type OptionGroup struct {
	Label   *Text    `json:"label,omitempty"`
	Options []Option `json:"options"`
}

// ViewState is what a person has filled in, in Slack's shape.
type ViewState struct {
	Values map[string]map[string]Value `json:"values"`
}

// Input is what a person puts into one element: text, a number, an e-mail
// address, a URL, a date ("2026-01-31"), a time ("09:30"), Unix seconds, the value
// of an option, or the ID of a user or channel. Elements that take several use Values.
type Input struct {
	Value  string   `json:"value,omitempty"`
	Values []string `json:"values,omitempty"`
}

// State holds inputs by block ID and action ID.
type State map[string]map[string]Input
