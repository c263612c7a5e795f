package blocks

import "github.com/slack-go/slack"

// Limits of Block Kit (https://docs.slack.dev/reference/block-kit/blocks),
// in characters.
const (
	MaxSection = 3000
	MaxInput   = 3000
	MaxHeader  = 150
	MaxOption  = 75
	MaxButton  = 75
	MaxContext = 2000
	MaxTitle   = 24 // of a modal, and its buttons
	MaxChoices = 100
)

// PlainText is a text object without markup, for titles, labels and buttons.
func PlainText(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// Markdown is a section of our own words, in mrkdwn.
func Markdown(text string, options ...slack.SectionBlockOption) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, Cut(orDash(text), MaxSection), false, true), nil, nil, options...)
}

// Words is a section of somebody's words, shown exactly as they are.
func Words(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(PlainText(Cut(orDash(Clean(text)), MaxSection)), nil, nil)
}

// Quote is somebody's words set apart, shown exactly as they are and easy to
// select, up to MaxSection characters.
func Quote(text string) *slack.RichTextBlock {
	return slack.NewRichTextBlock("", &slack.RichTextQuote{
		Type:     slack.RTEQuote,
		Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(Cut(orDash(Clean(text)), MaxSection), nil)},
	})
}

// Context is a line of small print, in mrkdwn.
func Context(text string) *slack.ContextBlock {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, Cut(orDash(text), MaxContext), false, true))
}

// Header is a heading.
func Header(text string) *slack.HeaderBlock {
	return slack.NewHeaderBlock(PlainText(Cut(orDash(Clean(text)), MaxHeader)))
}

// Button is a button whose action is a route. value comes back as
// Request.Value; it holds at most 2000 characters.
func Button(action, value, text string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, PlainText(Cut(orDash(Clean(text)), MaxButton)))
}

// Primary makes a button stand out.
func Primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	return b.WithStyle(slack.StylePrimary)
}

// Actions is a row of buttons and menus.
func Actions(elements ...slack.BlockElement) *slack.ActionBlock {
	return slack.NewActionBlock("", elements...)
}

// Title is the title of a modal or the words of one of its buttons, cut at
// MaxTitle characters.
func Title(text string) *slack.TextBlockObject {
	return PlainText(Cut(orDash(Clean(text)), MaxTitle))
}
