package slacksim

import (
	"fmt"
	"maps"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Which elements a block takes,
// https://docs.slack.dev/reference/block-kit/block-elements.
var (
	singleSelects = []string{"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
	multiSelects  = []string{"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"}
	choices       = []string{"checkboxes", "radio_buttons", "datepicker", "timepicker"}

	inSection = slices.Concat([]string{"button", "overflow", "image"}, singleSelects, multiSelects, choices)
	inActions = slices.Concat([]string{"button", "overflow", "datetimepicker", "rich_text_input"}, singleSelects, multiSelects, choices)
	inInput   = slices.Concat([]string{"datetimepicker", "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}, singleSelects, multiSelects, choices)
)

var elementShapes = map[string]rule{
	"image": object("type alt_text", fields{
		"type": oneOf("image"), "image_url": str(1, maxURL), "slack_file": slackFile, "alt_text": str(1, maxImageText),
	}, imageSource),
	"button": element("text", fields{
		"text": plain(maxButtonText), "value": str(0, maxButtonValue), "url": str(1, maxURL),
		"style": oneOf("primary", "danger"), "accessibility_label": str(1, maxButtonText),
	}),
	"overflow":      element("options", fields{"options": list(1, maxOverflow, option("plain_text", true))}, uniqueOptions),
	"checkboxes":    input("options", fields{"options": list(1, maxBoxes, option("", false)), "initial_options": list(1, maxBoxes, option("", false))}, uniqueOptions, initialAmongOptions),
	"radio_buttons": input("options", fields{"options": list(1, maxBoxes, option("", false)), "initial_option": option("", false)}, uniqueOptions, initialAmongOptions),
	"datepicker":    input("", fields{"placeholder": plain(maxPlaceholder), "initial_date": written(time.DateOnly, "YYYY-MM-DD")}),
	"timepicker":    input("", fields{"placeholder": plain(maxPlaceholder), "initial_time": written("15:04", "HH:mm"), "timezone": str(1, maxID)}),
	"datetimepicker": input("", fields{
		"initial_date_time": integer(1_000_000_000, 9_999_999_999),
	}),

	"static_select":              input("", selectFields(fields{"options": options, "option_groups": groups, "initial_option": option("plain_text", false)}), onlyOneSource, uniqueOptions, initialAmongOptions),
	"external_select":            input("", selectFields(fields{"initial_option": option("plain_text", false), "min_query_length": integer(0, maxInputText)})),
	"users_select":               input("", selectFields(fields{"initial_user": identifier})),
	"conversations_select":       input("", selectFields(fields{"initial_conversation": identifier, "default_to_current_conversation": boolean, "response_url_enabled": boolean, "filter": conversationFilter}), responseURLInModal),
	"channels_select":            input("", selectFields(fields{"initial_channel": identifier, "response_url_enabled": boolean}), responseURLInModal),
	"multi_static_select":        input("", multiFields(fields{"options": options, "option_groups": groups, "initial_options": list(1, maxOptions, option("plain_text", false))}), onlyOneSource, uniqueOptions, initialAmongOptions),
	"multi_external_select":      input("", multiFields(fields{"initial_options": list(1, maxOptions, option("plain_text", false)), "min_query_length": integer(0, maxInputText)})),
	"multi_users_select":         input("", multiFields(fields{"initial_users": list(1, maxOptions, identifier)})),
	"multi_conversations_select": input("", multiFields(fields{"initial_conversations": list(1, maxOptions, identifier), "default_to_current_conversation": boolean, "filter": conversationFilter})),
	"multi_channels_select":      input("", multiFields(fields{"initial_channels": list(1, maxOptions, identifier)})),

	"plain_text_input": input("", typed(fields{"initial_value": str(0, maxInputText), "multiline": boolean, "min_length": integer(0, maxInputText), "max_length": integer(1, maxInputText)}), lengthsInOrder),
	"email_text_input": input("", typed(fields{"initial_value": mailAddress})),
	"url_text_input":   input("", typed(fields{"initial_value": webAddress})),
	"number_input": input("is_decimal_allowed", typed(fields{
		"is_decimal_allowed": boolean, "initial_value": number, "min_value": number, "max_value": number,
	})),
	"rich_text_input": input("", typed(fields{"initial_value": rule(richTextValue), "min_lines": integer(1, maxInputText), "max_lines": integer(1, maxInputText)})),
}

// element is an object with a type, an action_id and a confirmation dialogue.
func element(required string, known fields, also ...func(c *checker, at string, o map[string]any)) rule {
	all := fields{"type": str(1, maxID), "action_id": actionID, "confirm": confirmation}
	maps.Copy(all, known)
	return object(required, all, also...)
}

// input is an element that can have the focus when its view opens.
func input(required string, known fields, also ...func(c *checker, at string, o map[string]any)) rule {
	all := fields{"focus_on_load": boolean}
	maps.Copy(all, known)
	return element(required, all, also...)
}

func selectFields(own fields) fields {
	own["placeholder"] = plain(maxPlaceholder)
	return own
}

func multiFields(own fields) fields {
	own["max_selected_items"] = integer(1, math.MaxInt32)
	return selectFields(own)
}

// typed adds the fields of elements a person types into.
func typed(own fields) fields {
	own["dispatch_action_config"] = object("trigger_actions_on", fields{
		"trigger_actions_on": list(1, 2, oneOf("on_enter_pressed", "on_character_entered")),
	})
	return selectFields(own)
}

var confirmation = object("text", fields{
	"title":   plain(maxConfirmTitle),
	"text":    text("", maxConfirmText),
	"confirm": plain(maxConfirmButton),
	"deny":    plain(maxConfirmButton),
	"style":   oneOf("primary", "danger"),
})

func option(kind string, withURL bool) rule {
	known := fields{"text": text(kind, maxOptionText), "value": str(1, maxOptionText), "description": text(kind, maxOptionText)}
	if withURL {
		known["url"] = str(1, maxURL)
	}

	return object("text value", known)
}

var (
	options = list(1, maxOptions, option("plain_text", false))
	groups  = list(1, maxOptions, object("label options", fields{"label": plain(maxOptionText), "options": options}))

	conversationFilter = object("", fields{
		"include":                          list(1, 4, oneOf("im", "mpim", "private", "public")),
		"exclude_external_shared_channels": boolean,
		"exclude_bot_users":                boolean,
	})

	suggestionShape = object("", fields{"options": suggested, "option_groups": list(0, maxOptions, object("label options", fields{"label": plain(maxOptionText), "options": suggested}))}, onlyOneSource)
	// suggested may be empty: nothing was found.
	suggested = list(0, maxOptions, option("plain_text", false))
)

func onlyOneSource(c *checker, at string, o map[string]any) {
	if (o["options"] == nil) == (o["option_groups"] == nil) {
		c.fail(at, "must have one of options and option_groups")
	}
}

// uniqueOptions holds because a value is all that says what was chosen.
func uniqueOptions(c *checker, at string, o map[string]any) {
	seen := map[string]bool{}
	for _, v := range offered(o) {
		if seen[v] {
			c.fail(at+"/options", "the value %q is offered twice", v)
		}

		seen[v] = true
	}
}

func offered(o map[string]any) []string {
	lists := []any{o["options"]}
	if inGroups, ok := o["option_groups"].([]any); ok {
		for _, g := range inGroups {
			lists = append(lists, g.(map[string]any)["options"])
		}
	}

	var values []string
	for _, l := range lists {
		items, _ := l.([]any)
		for _, item := range items {
			values = append(values, item.(map[string]any)["value"].(string))
		}
	}

	return values
}

func initialAmongOptions(c *checker, at string, o map[string]any) {
	initial, _ := o["initial_options"].([]any)
	if one := o["initial_option"]; one != nil {
		initial = append(initial, one)
	}

	for _, item := range initial {
		if value := item.(map[string]any)["value"].(string); !slices.Contains(offered(o), value) {
			c.fail(at, "the initial option %q must be among the options", value)
		}
	}
}

func responseURLInModal(c *checker, at string, o map[string]any) {
	if o["response_url_enabled"] == true && c.surface != onModal {
		c.fail(at+"/response_url_enabled", "is for modals only")
	}
}

func lengthsInOrder(c *checker, at string, o map[string]any) {
	least, most := fmt.Sprint(o["min_length"]), fmt.Sprint(o["max_length"])
	a, errA := strconv.Atoi(least)
	b, errB := strconv.Atoi(most)
	if errA == nil && errB == nil && a > b {
		c.fail(at+"/min_length", "must not be more than max_length")
	}
}

// written accepts a date or time in a layout.
func written(layout, words string) rule {
	return func(c *checker, at string, v any) {
		s, _ := v.(string)
		if _, err := time.Parse(layout, s); err != nil {
			c.fail(at, "must be written as %s", words)
		}
	}
}

func number(c *checker, at string, v any) {
	s, _ := v.(string)
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		c.fail(at, "must be a number in a string")
	}
}

func mailAddress(c *checker, at string, v any) {
	if s, _ := v.(string); !isMailAddress(s) {
		c.fail(at, "must be an e-mail address")
	}
}

func webAddress(c *checker, at string, v any) {
	if s, _ := v.(string); !isWebAddress(s) {
		c.fail(at, "must be a URL")
	}
}

func isMailAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && u.Host != ""
}
