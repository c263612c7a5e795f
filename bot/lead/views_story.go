package lead

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/lead"
)

const (
	told     = 3   // how many touches a card tells of
	maxTouch = 120 // how much of a touch's title, in characters
)

// story tells what a lead did last as one sentence: "Filled in “Pricing guide”
// yesterday, after the webinar “Night audits” on 3 Nov." What strangers called
// their pages and webinars is shown exactly as it is.
func story(touches []lead.Touch, now time.Time) *slack.RichTextBlock {
	newest := slices.Clone(touches[max(0, len(touches)-told):])
	slices.Reverse(newest)
	line := []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement("So far: ", &slack.RichTextSectionTextStyle{Bold: true})}
	for i, t := range newest {
		if i > 0 {
			line = append(line, words([]string{", after ", " and "}[min(i, 2)-1]))
		}

		line = append(line, touched(t, i == 0)...)
		if now.Sub(t.At) > 48*time.Hour { // never again today or yesterday
			line = append(line, words(" on "), date(t.At))
		} else {
			line = append(line, words(" "), date(t.At))
		}
	}

	if more := len(touches) - len(newest); more > 0 {
		line = append(line, words(fmt.Sprintf(", and %d earlier", more)))
	}

	return slack.NewRichTextBlock("", slack.NewRichTextSection(append(line, words("."))...))
}

// touchWords are the words for a kind of touch, with a title to follow and
// without one: for the newest, and for those before it.
type touchWords struct{ did, didIt, the, a string }

var touchKinds = map[string]touchWords{
	"form":    {"Filled in ", "Filled in a form", "the form ", "a form"},
	"webinar": {"Watched the webinar ", "Watched a webinar", "the webinar ", "a webinar"},
	"page":    {"Read ", "Looked at our site", "the page ", "a visit to our site"},
	"email":   {"Answered the e-mail ", "Answered an e-mail", "the e-mail ", "an e-mail"},
	"social":  {"Was in touch on social media: ", "Was in touch on social media", "the post ", "a post"},
	"event":   {"Met us: ", "Met us at an event", "the event ", "an event"},
	"call":    {"Had a call: ", "Had a call", "the call ", "a call"},
}

// touched says what one touch was.
func touched(t lead.Touch, newest bool) []slack.RichTextSectionElement {
	w, ok := touchKinds[strings.ToLower(t.Kind)]
	if !ok {
		kind := blocks.Cut(blocks.Clean(t.Kind), maxTouch)
		w = touchWords{blocks.UpperFirst(kind) + ": ", blocks.UpperFirst(kind), kind + ": ", kind}
	}

	switch {
	case t.Title == "" && newest:
		return []slack.RichTextSectionElement{words(w.didIt)}
	case t.Title == "":
		return []slack.RichTextSectionElement{words(w.a)}
	case newest:
		return []slack.RichTextSectionElement{words(w.did), titled(t)}
	default:
		return []slack.RichTextSectionElement{words(w.the), titled(t)}
	}
}

func titled(t lead.Touch) slack.RichTextSectionElement {
	title := "“" + blocks.Cut(blocks.Clean(t.Title), maxTouch) + "”"
	if t.URL != "" {
		return slack.NewRichTextSectionLinkElement(t.URL, title, nil)
	}

	return words(title)
}

// date is a day as Slack says it to each reader: "yesterday", "on 3 Nov". A
// card is read long after it was made.
func date(t time.Time) *slack.RichTextSectionDateElement {
	fallback := t.UTC().Format("2 Jan 2006")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty}", nil, &fallback)
}

func words(text string) *slack.RichTextSectionTextElement {
	return slack.NewRichTextSectionTextElement(text, nil)
}

// copyView offers approved copy.
func copyView(fitting []content.Served) *slack.SectionBlock {
	lines := []string{"*Approved copy that fits*"}
	for _, a := range fitting {
		lines = append(lines, fmt.Sprintf("• `%s` %s (%s)", a.ID, blocks.Escape(blocks.Cut(a.Version.Title, maxTouch)), a.Kind))
	}

	return blocks.Markdown(strings.Join(lines, "\n") + "\nGet one with `/content " + fitting[0].ID + "`.")
}
