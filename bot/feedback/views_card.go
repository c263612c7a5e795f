package feedback

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// cardView is the card of a piece that stands by itself. alike is an earlier
// one that may say the same, and link where its card is.
func cardView(piece feedback.Piece, about content.Version, alike feedback.Piece, link string) bot.Message {
	heading, by := verdictWords(piece.Verdict), givenBy(piece)
	m := bot.Message{
		Text: fmt.Sprintf("%s, %s: %s", heading, by, blocks.Escape(blocks.Cut(piece.Words, 300))),
		Blocks: []slack.Block{
			blocks.Markdown(fmt.Sprintf("*%s* · %s", heading, by)),
			blocks.Quote(piece.Words),
		},
	}
	if piece.IsDeleted() { // those who joined it speak on
		m.Text = fmt.Sprintf("%s. %s", heading, wordsGone)
		m.Blocks = []slack.Block{blocks.Markdown("*" + heading + "*"), blocks.Context(wordsGone)}
	}

	if facts := cardFacts(piece, about); len(facts) > 0 {
		m.Blocks = append(m.Blocks, blocks.Words(strings.Join(facts, "\n")))
	}

	small := []string{piece.ID, blocks.Time(piece.When())}
	if piece.Permalink != "" {
		small = append(small, "taken from "+blocks.MessageBy(piece.Permalink, piece.Said))
	}

	if !piece.Edited.IsZero() {
		small = append(small, "edited "+blocks.Time(piece.Edited))
	}

	m.Blocks = append(m.Blocks, blocks.Context(strings.Join(small, " · ")))
	work, gist := progress(piece, alike, link)
	m.Text += gist
	m.Blocks = append(append(m.Blocks, work...), cardActions(piece, alike))
	return m
}

// wordsGone stands in the place of the words of a deleted piece.
const wordsGone = "Its words have been deleted."

// givenBy says who gave a piece.
func givenBy(piece feedback.Piece) string {
	if piece.Reporter == "" {
		return "from " + blocks.Escape(piece.Source)
	}

	return fmt.Sprintf("heard by <@%s>", piece.Reporter)
}

// cardFacts are the facts of a piece, one a line.
func cardFacts(piece feedback.Piece, about content.Version) []string {
	var lines []string
	if piece.Asset != "" {
		line := fmt.Sprintf("About %s, version %d", piece.Asset, piece.Version)
		if about.Title != "" {
			line += ": " + about.Title
		}

		lines = append(lines, line)
	}

	for _, fact := range []struct{ name, value string }{
		{"Importance", importanceWords(piece.Importance)}, {"Account", piece.Account}, {"Competitor", piece.Competitor},
		{"Persona", piece.Persona}, {"Stage", piece.Stage},
	} {
		if fact.value != "" {
			lines = append(lines, fact.name+": "+fact.value)
		}
	}

	return lines
}

// cardActions is what can be done with a piece. Who may is checked when it is
// done.
func cardActions(piece, alike feedback.Piece) slack.Block {
	triage := blocks.Button("feedback.triage", step(piece), "Triage…")
	triage.AccessibilityLabel = "Triage " + piece.ID
	var all []slack.BlockElement
	if piece.Status == feedback.New {
		triage = blocks.Primary(triage)
	}

	if all = append(all, triage); alike.ID != "" {
		all = append(all, blocks.Button("feedback.join", piece.ID+" "+alike.ID, "Join with "+alike.ID))
	}

	joins := blocks.Choice{Text: "Join with another…", Value: blocks.To("feedback.joinwith", piece.ID)}
	if piece.Members > 0 {
		joins = blocks.Choice{Text: "Show every voice", Value: blocks.To("feedback.voices", piece.ID)}
	}

	return blocks.Actions(append(all, blocks.Overflow(joins,
		blocks.Choice{Text: "Edit…", Value: blocks.To("feedback.edit", piece.ID)},
		blocks.Choice{Text: "Delete…", Value: blocks.To("feedback.delete", piece.ID)},
	))...)
}

func verdictWords(v content.Verdict) string {
	switch v {
	case content.Works:
		return "It worked"
	case content.Mixed:
		return "Mixed"
	case content.Fails:
		return "It didn't work"
	}

	return "Heard in the field"
}

func importanceWords(i feedback.Importance) string {
	for _, c := range importances {
		if c.Value == string(i) {
			return c.Text
		}
	}

	return ""
}
