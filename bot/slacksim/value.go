package slacksim

import "encoding/json"

// Value is the state of one element. Its JSON is Slack's: which fields there are
// depends on the type, and an empty one is null or an empty list.
type Value struct {
	Type     string
	Text     string          // of text inputs
	Option   *Option         // of single selects and radio buttons
	Options  []Option        // of multiple selects and checkboxes
	ID       string          // of selects of one user, channel or conversation
	IDs      []string        // of selects of several
	Date     string          // YYYY-MM-DD
	Time     string          // HH:mm
	Timezone string          // of a timepicker that names one
	DateTime int64           // Unix seconds
	RichText json.RawMessage // a rich_text block
}

// IsEmpty says whether nothing is filled in or chosen.
func (v Value) IsEmpty() bool {
	return v.Text == "" && v.Option == nil && len(v.Options) == 0 && v.ID == "" && len(v.IDs) == 0 &&
		v.Date == "" && v.Time == "" && v.DateTime == 0 && v.RichText == nil
}

// valueFields names the field that holds the value of each type of element.
var valueFields = map[string]string{
	"plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
	"rich_text_input": "rich_text_value",
	"static_select":   "selected_option", "external_select": "selected_option", "radio_buttons": "selected_option", "overflow": "selected_option",
	"multi_static_select": "selected_options", "multi_external_select": "selected_options", "checkboxes": "selected_options",
	"users_select": "selected_user", "channels_select": "selected_channel", "conversations_select": "selected_conversation",
	"multi_users_select": "selected_users", "multi_channels_select": "selected_channels", "multi_conversations_select": "selected_conversations",
	"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time",
}

// fields returns v as Slack writes it.
func (v Value) fields() map[string]any {
	out := map[string]any{"type": v.Type}
	name, ok := valueFields[v.Type]
	if !ok {
		return out // a button has no state
	}

	switch name {
	case "value":
		out[name] = orNull(v.Text)
	case "rich_text_value":
		out[name] = v.RichText
	case "selected_option":
		out[name] = v.Option
	case "selected_options":
		out[name] = append([]Option{}, v.Options...)
	case "selected_user", "selected_channel", "selected_conversation":
		out[name] = orNull(v.ID)
	case "selected_users", "selected_channels", "selected_conversations":
		out[name] = append([]string{}, v.IDs...)
	case "selected_date":
		out[name] = orNull(v.Date)
	case "selected_time":
		out[name] = orNull(v.Time)
		if v.Timezone != "" {
			out["timezone"] = v.Timezone
		}
	case "selected_date_time":
		out[name] = orNull(v.DateTime)
	}

	return out
}

func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}

	return v
}

// MarshalJSON writes v as Slack does.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.fields()) }
