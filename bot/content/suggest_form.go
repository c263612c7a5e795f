package content

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// Limits of what is written in the form, in characters.
const (
	maxList  = 300 // of topics, personas and so on, together
	maxNote  = 500
	maxClaim = 1000
	// splitAt is how much of a copy goes into one field: Slack's take 3000
	// characters, and people want to add some.
	splitAt = 2600
)

// writing is what the form is filled in with.
type writing struct {
	origin  origin
	version content.Version
	purpose content.Purpose
	note    string
	cut     bool // the message was longer than copy may be
}

// parts splits copy among the fields of the form, at empty lines where there
// are some, and tells what stands between the parts.
func parts(body string) (texts, joints []string) {
	for blocks.Length(body) > splitAt {
		head := strings.TrimSuffix(blocks.Cut(body, splitAt), "…")
		end := max(strings.LastIndex(head, "\n\n"), len(head)/2)
		if end == len(head)/2 {
			end = len(head)
		}

		text := strings.TrimRightFunc(body[:end], unicode.IsSpace)
		rest := strings.TrimLeftFunc(body[end:], unicode.IsSpace)
		texts, joints = append(texts, text), append(joints, body[len(text):len(body)-len(rest)])
		body = rest
	}

	return append(texts, body), joints
}

func (w writing) view() (*bot.Modal, error) {
	texts, joints := parts(w.version.Body)
	w.origin.Joints = joints
	data, err := json.Marshal(w.origin)
	if err != nil {
		return nil, fmt.Errorf("content form: %w", err)
	}

	m := &bot.Modal{Name: "content.form", Title: "Suggest copy", Submit: "Suggest", Data: string(data)}
	if w.origin.Asset != "" {
		m.Title = "Change " + w.origin.Asset
	}

	m.Blocks = append(m.Blocks,
		blocks.TextInput("title", "Title", w.version.Title, blocks.MaxHeader, false),
		blocks.Select("kind", "What is it?", "Choose", kindChoices(), string(w.purpose.Kind), false),
	)

	for i, text := range texts {
		label := "Copy"
		if i > 0 {
			label = "Copy, continued"
		}

		in := blocks.TextArea(fmt.Sprintf("body%d", i), label, text, blocks.MaxInput, i > 0)
		if i == 0 {
			in.Hint = blocks.PlainText("The words to use. You can write **bold**, lists with - and [links](https://…).")
		}

		m.Blocks = append(m.Blocks, in)
	}

	m.Blocks = append(m.Blocks,
		list("topics", "Topics", "pricing, security", w.purpose.Topics),
		list("personas", "Who is it for?", "CFO, facilities manager", w.purpose.Personas),
		list("stages", "When in the deal?", "discovery, negotiation", w.purpose.Stages),
		list("industries", "Industries", "hotels, schools", w.purpose.Industries),
		blocks.TextArea("claims", "Phrases that must stay word for word, one a line", strings.Join(w.version.Claims, "\n"), maxClaim, true),
		blocks.TextInput("note", "Anything the person who decides should know?", w.note, maxNote, true),
		blocks.Context(w.next()),
	)

	return m, nil
}

// next says what happens with the form, and where its copy comes from.
func (w writing) next() string {
	text := "Somebody in marketing decides, and I tell you what comes of it. Until then nobody else is given these words."
	if w.origin.Asset != "" {
		text = "Somebody in marketing decides, and I tell you what comes of it. Until then people get the words that are approved now."
	}

	if w.origin.Permalink != "" {
		text += " Taken from " + blocks.MessageBy(w.origin.Permalink, w.origin.Writer) + "."
	}

	if w.cut {
		text += fmt.Sprintf(" The message was longer than the %d characters a piece may have, so its end is missing here.", MaxBody)
	}

	return text
}

func list(block, label, example string, words []string) *slack.InputBlock {
	in := blocks.TextInput(block, label, strings.Join(words, ", "), maxList, true)
	in.Element.(*slack.PlainTextInputBlockElement).Placeholder = blocks.PlainText(example)
	return in
}

func kindChoices() []blocks.Choice {
	choices := make([]blocks.Choice, len(content.Kinds))
	for i, k := range content.Kinds {
		choices[i] = blocks.Choice{Text: string(k), Value: string(k)}
	}

	return choices
}

// readForm checks what the form holds.
func readForm(form bot.Form, from origin) (content.Suggestion, error) {
	words := func(block string) []string { return tidy(strings.Split(form.Text(block), ",")) }
	in := content.Suggestion{
		Asset: from.Asset, Rework: from.Rework, Permalink: from.Permalink, Writer: from.Writer, Gap: from.Gap,
		Note: oneLine(form.Text("note")),
		Version: content.Version{
			Title: oneLine(form.Text("title")), Body: joinParts(form, from.Joints), Claims: tidy(strings.Split(form.Text("claims"), "\n")),
		},
		Purpose: content.Purpose{
			Kind: content.Kind(form.Text("kind")), Topics: words("topics"), Personas: words("personas"),
			Stages: words("stages"), Industries: words("industries"),
		},
	}

	invalid := func(field, format string, args ...any) (content.Suggestion, error) {
		return in, &errs.Invalid{Field: field, Message: fmt.Sprintf(format, args...)}
	}

	v := in.Version
	switch n := blocks.Length(v.Body); {
	case v.Title == "" || blocks.Length(v.Title) > blocks.MaxHeader:
		return invalid("title", "please give it a title of 1 to %d characters", blocks.MaxHeader)
	case !slices.Contains(content.Kinds, in.Purpose.Kind):
		return invalid("kind", "please choose what it is")
	case n == 0:
		return invalid("body0", "please write the copy")
	case n > MaxBody:
		return invalid("body0", "copy may have up to %d characters; this has %d", MaxBody, n)
	case blocks.Length(in.Note) > maxNote:
		return invalid("note", "please use up to %d characters", maxNote)
	case blocks.Length(form.Text("claims")) > maxClaim:
		return invalid("claims", "please use up to %d characters", maxClaim)
	}

	for _, block := range []string{"topics", "personas", "stages", "industries"} {
		if blocks.Length(form.Text(block)) > maxList {
			return invalid(block, "please use up to %d characters", maxList)
		}
	}

	for _, claim := range v.Claims {
		if !strings.Contains(v.Body, claim) {
			return invalid("claims", "“%s” doesn't occur in the copy; please write it as it is there", blocks.Cut(claim, 100))
		}
	}

	return in, nil
}

// joinParts is the copy of all fields together.
func joinParts(form bot.Form, joints []string) string {
	body := ""
	for i := range len(joints) + 1 {
		text := strings.TrimSpace(blocks.Clean(form.Text(fmt.Sprintf("body%d", i))))
		if i > 0 && body != "" && text != "" {
			body += joints[i-1]
		}

		body += text
	}

	return body
}
