package blocks

import (
	"strings"

	"github.com/slack-go/slack"
)

// Choice is one entry of a menu. In an overflow menu it may also open an
// address in the browser.
type Choice struct{ Text, Value, URL string }

// Options are the options of a menu. Texts are cut at MaxOption characters.
func Options(choices []Choice) []*slack.OptionBlockObject {
	out := make([]*slack.OptionBlockObject, len(choices))
	for i, c := range choices {
		out[i] = slack.NewOptionBlockObject(c.Value, PlainText(Cut(orDash(Clean(c.Text)), MaxOption)), nil)
		out[i].URL = c.URL
	}

	return out
}

// Option is the option of a menu with this value, for its initial choice;
// nil when there is none.
func Option(choices []Choice, value string) *slack.OptionBlockObject {
	for i, c := range choices {
		if c.Value == value {
			return Options(choices)[i]
		}
	}

	return nil
}

// OverflowAction is the action ID of every overflow menu. What was chosen in
// it is routed by the option, whose value names the action: see [To].
const OverflowAction = "more"

// Overflow is the menu behind "…", at most 5 entries. Each entry's Value is
// the route and the value for it, joined by [To].
func Overflow(entries ...Choice) *slack.OverflowBlockElement {
	return slack.NewOverflowBlockElement(OverflowAction, Options(entries)...)
}

// To is the value of an overflow entry that leads to an action with a value.
func To(action, value string) string { return action + "|" + value }

// From undoes [To].
func From(chosen string) (action, value string) {
	action, value, _ = strings.Cut(chosen, "|")
	return action, value
}
