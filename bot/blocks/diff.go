package blocks

import (
	"strings"
	"time"
	"unicode"

	"github.com/rivo/uniseg"
	"github.com/sergi/go-diff/diffmatchpatch"
	"github.com/slack-go/slack"
)

const (
	// diffWithin bounds how long two texts are compared. What is found by then
	// is right, only coarser.
	diffWithin = 100 * time.Millisecond
	// diffAround is how many characters are shown around a change.
	diffAround = 60
	// diffRuns is how many runs of text of one style are shown: past them a
	// reader is better served by the two texts.
	diffRuns = 120
	// diffSpoken bounds the changes in words, in characters.
	diffSpoken = 1000
)

// Diff shows what changed from one wording to another, word by word: what is
// gone is struck through, what is new is bold, and what stayed is shown around
// the changes only. It holds at most MaxSection characters of the texts, and
// ends with "…" where there is more. spoken says the same without markup, for
// notifications and screen readers; what people wrote is in it as it is, so it
// must go through [Escape]. With nothing changed the block is nil.
func Diff(before, after string) (block *slack.RichTextBlock, spoken string) {
	changes := compare(Clean(before), Clean(after))
	if len(changes) == 0 {
		return nil, ""
	}

	var runs []slack.RichTextSectionElement
	left := MaxSection
	for i, c := range changes {
		text, style := c.Text, (*slack.RichTextSectionTextStyle)(nil)
		switch c.Type {
		case diffmatchpatch.DiffDelete:
			style = &slack.RichTextSectionTextStyle{Strike: true}
		case diffmatchpatch.DiffInsert:
			style = &slack.RichTextSectionTextStyle{Bold: true}
		default:
			text = around(text, i > 0, i < len(changes)-1)
		}

		cut := Cut(text, left)
		runs = append(runs, slack.NewRichTextSectionTextElement(cut, style))
		left -= Length(cut)
		if cut != text || left <= 1 || len(runs) == diffRuns {
			if cut == text && i < len(changes)-1 {
				runs = append(runs, slack.NewRichTextSectionTextElement("…", nil))
			}

			break
		}
	}

	quote := &slack.RichTextQuote{Type: slack.RTEQuote, Elements: runs}
	return slack.NewRichTextBlock("", quote), Cut(say(changes), diffSpoken)
}

// compare finds what changed, word by word; nothing when nothing did.
func compare(before, after string) []diffmatchpatch.Diff {
	if before == after {
		return nil
	}

	// Every word becomes one character of a plane that texts don't use, so that
	// the comparison of characters is one of words.
	const first = 0x10000
	numbers, words := map[string]rune{}, []string(nil)
	encode := func(text string) []rune {
		var out []rune
		for state, word := -1, ""; text != ""; {
			word, text, state = uniseg.FirstWordInString(text, state)
			n, known := numbers[word]
			if !known {
				n = rune(first + len(words))
				numbers[word], words = n, append(words, word)
			}

			out = append(out, n)
		}

		return out
	}

	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = diffWithin
	changes := dmp.DiffMainRunes(encode(before), encode(after), false)
	for i := range changes {
		var text strings.Builder
		for _, n := range changes[i].Text {
			text.WriteString(words[n-first])
		}

		changes[i].Text = text.String()
	}

	return joined(changes)
}

// joined makes one change of neighbours with nothing but spaces and punctuation
// between them: a phrase that became another is easier to read than its words
// one by one.
func joined(changes []diffmatchpatch.Diff) []diffmatchpatch.Diff {
	var out []diffmatchpatch.Diff
	var gone, added string
	flush := func() {
		if gone != "" {
			out = append(out, diffmatchpatch.Diff{Type: diffmatchpatch.DiffDelete, Text: gone})
		}

		if added != "" {
			out = append(out, diffmatchpatch.Diff{Type: diffmatchpatch.DiffInsert, Text: added})
		}

		gone, added = "", ""
	}

	for i, c := range changes {
		switch {
		case c.Type == diffmatchpatch.DiffDelete:
			gone += c.Text
		case c.Type == diffmatchpatch.DiffInsert:
			added += c.Text
		case gone != "" && added != "" && !strings.ContainsFunc(c.Text, reads) && i < len(changes)-1:
			gone, added = gone+c.Text, added+c.Text
		default:
			flush()
			out = append(out, c)
		}
	}

	flush()
	return out
}

// reads reports whether a character is part of what a reader follows: of words,
// or of the layout.
func reads(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '\n' }

// around shortens what stayed to what is near a change before or after it.
func around(text string, before, after bool) string {
	runes := []rune(text)
	if len(runes) <= 2*diffAround+20 {
		return text
	}

	var head, tail string
	if before {
		head = Cut(text, diffAround)
		head = strings.TrimSuffix(head, "…") + " "
	}

	if after {
		tail = string(runes[len(runes)-diffAround:])
		if space := strings.IndexFunc(tail, unicode.IsSpace); space >= 0 && space < len(tail)/4 {
			tail = strings.TrimLeftFunc(tail[space:], unicode.IsSpace)
		}

		tail = " " + tail
	}

	return head + "…" + tail
}

// say puts changes into words.
func say(changes []diffmatchpatch.Diff) string {
	var said []string
	for i := 0; i < len(changes); i++ {
		c := changes[i]
		text := strings.TrimSpace(c.Text)
		switch {
		case c.Type == diffmatchpatch.DiffEqual || text == "":
		case c.Type == diffmatchpatch.DiffInsert:
			said = append(said, "added “"+text+"”")
		case i+1 < len(changes) && changes[i+1].Type == diffmatchpatch.DiffInsert && strings.TrimSpace(changes[i+1].Text) != "":
			i++
			said = append(said, "“"+text+"” became “"+strings.TrimSpace(changes[i].Text)+"”")
		default:
			said = append(said, "removed “"+text+"”")
		}
	}

	if len(said) == 0 {
		return "only spaces and line breaks changed"
	}

	return strings.Join(said, "; ")
}
