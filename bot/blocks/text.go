package blocks

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack/slackutilsx"
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

// MaxTyped is how much of what a person sent is read, in bytes: more than
// Slack lets people write.
const MaxTyped = 40_000

// Typed is a text that a person sent, clean and of at most MaxTyped bytes.
func Typed(text string) string {
	if len(text) > MaxTyped {
		text = text[:MaxTyped]
	}

	return Clean(text)
}

// Count is a number with what is counted: Count(3, "one piece", "pieces") is
// "3 pieces". For 1 it is the words of one alone, such as "1 piece" or "once".
func Count(n int, one, many string) string {
	if n == 1 {
		return one
	}

	return fmt.Sprintf("%d %s", n, many)
}

// UpperFirst begins a text with a capital letter.
func UpperFirst(text string) string {
	if text == "" {
		return text
	}

	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
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
