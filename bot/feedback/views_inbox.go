package feedback

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/feedback/feedbackrepo"
)

// listedWords is how much of a piece a list shows, in characters.
const listedWords = 300

// page is one answer to /feedback inbox.
type page struct {
	text       string // the filters as typed
	from, next string // places in the inbox
	found      []feedback.Piece
	links      []string
	waiting    int // how many pieces are new in all
}

func inboxView(p page) *bot.Message {
	title := "New feedback"
	if p.text != "" {
		title = "Feedback: " + p.text
	}

	small := fmt.Sprintf("%s new in all. Filters: `status:`, `verdict:`, `competitor:`, `source:`, or an asset such as `C-12`.", blocks.Count(p.waiting, "1 piece is", "pieces are"))
	if len(p.found) == 0 && p.next == "" {
		return emptyInbox(p, small)
	}

	m := &bot.Message{Text: "*" + blocks.Escape(title) + "*", Blocks: []slack.Block{blocks.Header(title)}}
	for i, f := range p.found {
		m.Text += fmt.Sprintf("\n• %s %s: %s", f.ID, verdictWords(f.Verdict), blocks.Escape(blocks.Cut(f.Words, 100)))
		m.Blocks = append(m.Blocks, beside(listLine(f, p.links[i]), triageButton(f)), listWords(f))
	}

	if len(p.found) == 0 {
		m.Blocks = append(m.Blocks, blocks.Markdown("None among the last few thousand. There may be older ones."))
	}

	if p.next != "" {
		m.Blocks = append(m.Blocks, blocks.Actions(blocks.Button("feedback.inbox", p.next+"|"+p.text, "More")))
	}

	m.Blocks = append(m.Blocks, blocks.Context(small))
	return m
}

func emptyInbox(p page, small string) *bot.Message {
	text := "Nothing new. Nicely done."
	switch {
	case p.from != "":
		text = "That was all."
	case p.text != "":
		text = fmt.Sprintf("No feedback fits “%s”.", blocks.Escape(p.text))
	}

	return &bot.Message{Text: text, Blocks: []slack.Block{blocks.Markdown(text), blocks.Context(small)}}
}

// triageButton stands beside a piece; nil for one that is triaged with
// another.
func triageButton(f feedback.Piece) slack.BlockElement {
	if f.Primary != "" {
		return nil
	}

	b := blocks.Button("feedback.triage", step(f), "Triage…")
	b.AccessibilityLabel = "Triage " + f.ID
	return b
}

// beside is a line with a button or a menu at its side, if there is one.
func beside(line string, element slack.BlockElement) *slack.SectionBlock {
	section := blocks.Markdown(line)
	if element != nil {
		section.Accessory = slack.NewAccessory(element)
	}

	return section
}

// listLine is the first line of a piece in a list.
func listLine(f feedback.Piece, link string) string {
	parts := []string{"*" + blocks.Linked(f.ID, link) + "*", verdictWords(f.Verdict)}
	if f.Asset != "" {
		parts = append(parts, resultWords(content.VersionRef(f.Asset, f.Version)))
	}

	if f.Competitor != "" {
		parts = append(parts, blocks.Escape(f.Competitor))
	}

	if !f.IsDeleted() {
		parts = append(parts, givenBy(f))
	}

	parts = append(parts, blocks.Day(f.When()), standing(f))
	if f.Members > 0 {
		parts = append(parts, groupWords(f))
	}

	return strings.Join(parts, " · ")
}

// standing says in a word or two how a piece stands.
func standing(f feedback.Piece) string {
	switch {
	case f.Primary != "":
		return "joined with " + f.Primary
	case f.Click && f.Words == "":
		return "counted on the message"
	}

	return statusWords(f.Status)
}

func listWords(f feedback.Piece) slack.Block {
	if f.IsDeleted() {
		return blocks.Context(wordsGone)
	}

	return blocks.Quote(blocks.Cut(f.Words, listedWords))
}

// mineView lists what a person gave, and what came of it.
func mineView(found []feedback.Piece, from, total int) *bot.Message {
	if len(found) == 0 {
		return &bot.Message{Text: "You haven't given any feedback yet. One line is enough: `/feedback + C-12 the CFO loved it`."}
	}

	m := &bot.Message{Text: "*Your feedback*", Blocks: []slack.Block{blocks.Header("Your feedback")}}
	for _, f := range found {
		m.Text += fmt.Sprintf("\n• %s, %s: %s", f.ID, verdictWords(f.Verdict), blocks.Escape(blocks.Cut(f.Words, 100))) + " · " + became(f)
		line := fmt.Sprintf("*%s* · %s · %s", f.ID, verdictWords(f.Verdict), blocks.Day(f.When()))
		if f.Asset != "" {
			line += " · " + resultWords(content.VersionRef(f.Asset, f.Version))
		}

		m.Blocks = append(m.Blocks, beside(line, blocks.Overflow(
			blocks.Choice{Text: "Edit…", Value: blocks.To("feedback.edit", f.ID)},
			blocks.Choice{Text: "Delete…", Value: blocks.To("feedback.delete", f.ID)},
		)))
		if f.Words != "" {
			m.Blocks = append(m.Blocks, blocks.Quote(blocks.Cut(f.Words, listedWords)))
		}

		m.Blocks = append(m.Blocks, blocks.Context(became(f)))
	}

	if shown := from + len(found); shown < total {
		m.Blocks = append(m.Blocks, blocks.Actions(blocks.Button("feedback.mine", fmt.Sprint(shown), "More")))
	}

	return m
}

// became says what came of a piece.
func became(f feedback.Piece) string {
	text := blocks.UpperFirst(standing(f))
	if f.Primary != "" {
		text += ", which says the same; it is " + statusWords(f.Status)
	}

	if len(f.Steps) == 0 {
		return text
	}

	last := f.Steps[len(f.Steps)-1]
	text += fmt.Sprintf(" · <@%s>, %s", last.By, blocks.Day(last.At))
	if last.Result != "" {
		text += " · use " + resultWords(last.Result) + " now"
	}

	if last.Reason != "" {
		text += " · " + blocks.Escape(blocks.Cut(last.Reason, listedWords))
	}

	return text
}

// reminderView reminds marketing of what nobody has looked at. It holds nobody's
// words.
func reminderView(n feedbackrepo.Overdue, links []string) bot.Message {
	title := fmt.Sprintf("%s nobody has looked at for two working days or more", blocks.Count(n.Total, "1 piece of feedback that", "pieces of feedback that"))
	ids := make([]string, len(n.Oldest))
	for i, f := range n.Oldest {
		ids[i] = blocks.Linked(f.ID, links[i])
	}

	list := strings.Join(ids, ", ")
	if more := n.Total - len(n.Oldest); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}

	return bot.Message{Text: fmt.Sprintf("%s: %s. `/feedback inbox` shows them.", title, list), Blocks: []slack.Block{
		blocks.Markdown(fmt.Sprintf("*%s*\n%s", title, list)), blocks.Context("`/feedback inbox` shows them, to triage one after the other."),
	}}
}
