package bot

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

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

// Escape makes what people wrote safe inside mrkdwn: nobody is notified by
// it, and no link is made. It doesn't stop *bold*; where that matters use
// [Words] or [Quote].
func Escape(text string) string { return slackutilsx.EscapeMessage(Clean(text)) }

// Unescape undoes what Slack does to &, < and > in messages it sends us.
func Unescape(text string) string {
	return unescaper.Replace(text)
}

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// Clean removes what has no place in text that people read: control
// characters other than line breaks and tabs, invalid UTF-8, and the
// invisible marks that turn the direction of the text around them.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7f || r == utf8.RuneError || (r >= 0x80 && r < 0xa0):
			return -1
		case r == 0x200b || r == 0x2060 || r == 0xfeff:
			return -1
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // explicit bidirectional formatting
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// Length is the length of a text as Slack's limits count it at worst: in
// UTF-16 units, so that most emoji count as two.
func Length(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// Cut shortens a text to a limit, at a space where there is one near, and
// marks that with an ellipsis.
func Cut(text string, limit int) string {
	if Length(text) <= limit {
		return text
	}
	n, end := 0, 0
	for i, r := range text {
		end = i
		if r > 0xffff {
			n++
		}
		if n++; n >= limit {
			break
		}
	}
	if space := strings.LastIndexAny(text[:end], " \n"); space > end*3/4 {
		end = space
	}
	return strings.TrimRight(text[:end], " \n") + "…"
}

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

// overflowAction is the action ID of every overflow menu. What was chosen in
// it is routed by the option, whose value names the action.
const overflowAction = "more"

// Overflow is the menu behind "…", at most 5 entries. Each entry's Value is
// the route and the value for it, joined by [To].
func Overflow(entries ...Choice) *slack.OverflowBlockElement {
	return slack.NewOverflowBlockElement(overflowAction, options(entries)...)
}

// To is the value of an overflow entry that leads to an action with a value.
func To(action, value string) string { return action + "|" + value }

// Actions is a row of buttons and menus.
func Actions(elements ...slack.BlockElement) *slack.ActionBlock {
	return slack.NewActionBlock("", elements...)
}

func options(choices []Choice) []*slack.OptionBlockObject {
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
			return options(choices)[i]
		}
	}
	return nil
}

// Time is a moment that Slack shows in the reader's own time zone.
func Time(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.UTC().Format("2 Jan 2006 15:04 MST"))
}

// Day is a date; it is the same in every time zone.
func Day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

func orDash(text string) string {
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	return text
}
