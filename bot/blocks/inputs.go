package blocks

import "github.com/slack-go/slack"

// Inputs of modals. The block ID is the field's name in Request.Form; it is
// the action ID, too.

// TextInput is a line to write into, with at most max characters.
func TextInput(block, label, initial string, max int, optional bool) *slack.InputBlock {
	return textInput(block, label, initial, max, optional, false)
}

// TextArea is TextInput with room for several lines.
func TextArea(block, label, initial string, max int, optional bool) *slack.InputBlock {
	return textInput(block, label, initial, max, optional, true)
}

func textInput(block, label, initial string, max int, optional, multiline bool) *slack.InputBlock {
	in := slack.NewPlainTextInputBlockElement(nil, block)
	in.Multiline, in.MaxLength, in.InitialValue = multiline, max, Cut(Clean(initial), max)
	b := slack.NewInputBlock(block, PlainText(label), nil, in)
	b.Optional = optional
	return b
}

// Select is a menu of fixed choices; initial is the value chosen at first, ""
// for none.
func Select(block, label, placeholder string, choices []Choice, initial string, optional bool) *slack.InputBlock {
	in := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, PlainText(placeholder), block, Options(choices)...)
	in.InitialOption = Option(choices, initial)
	b := slack.NewInputBlock(block, PlainText(label), nil, in)
	b.Optional = optional
	return b
}

// Search is a menu that asks for its choices as the person types: route them
// with Router.Options(action). initial is what is chosen at first, its zero
// value for nothing.
func Search(block, action, label, placeholder string, initial Choice, optional bool) *slack.InputBlock {
	in := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, PlainText(placeholder), action)
	in.MinQueryLength = new(0)
	if initial.Value != "" {
		in.InitialOption = Options([]Choice{initial})[0]
	}

	b := slack.NewInputBlock(block, PlainText(label), nil, in)
	b.Optional = optional
	return b
}

// Person is a menu of the workspace's people; the form has the chosen one's
// user ID.
func Person(block, label, placeholder string) *slack.InputBlock {
	in := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, PlainText(placeholder), block)
	return slack.NewInputBlock(block, PlainText(label), nil, in)
}

// DateInput is a day to choose; the form has it as 2026-11-21.
func DateInput(block, label string, optional bool) *slack.InputBlock {
	b := slack.NewInputBlock(block, PlainText(label), nil, slack.NewDatePickerBlockElement(block))
	b.Optional = optional
	return b
}
