package content

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// excerpt is how much of a piece a result shows, in characters. Three of them
// with everything around fit into an ack.
const excerpt = 360

// resultsView shows what was found; weak says that it is hardly what was meant,
// and gap is set when marketing can be asked for that.
func resultsView(query string, found []content.Served, total, next int, weak bool, gap *content.Gap) *bot.Message {
	m := &bot.Message{Text: fmt.Sprintf("Approved copy for “%s”: %s", blocks.Escape(named(query)), titles(found))}
	if weak {
		m.Text = fmt.Sprintf("Nothing fits “%s” well. These come nearest: %s", blocks.Escape(named(query)), titles(found))
		m.Blocks = append(m.Blocks, blocks.Words(fmt.Sprintf("Nothing fits “%s” well. These come nearest:", named(query))))
	}

	for i, a := range found {
		if i > 0 {
			m.Blocks = append(m.Blocks, slack.NewDividerBlock())
		}

		m.Blocks = append(m.Blocks, pieceBlocks(a, excerpt)...)
	}

	if next > 0 {
		more := blocks.Button("content.more", fmt.Sprintf("%d %s", next, query), fmt.Sprintf("More (%d left)", total-next))
		m.Blocks = append(m.Blocks, slack.NewDividerBlock(), blocks.Actions(more))
	}

	m.Blocks = append(m.Blocks, weakBlocks(gap)...)
	return m
}

func oneView(a content.Served) *bot.Message {
	return &bot.Message{Text: "Approved copy: " + spoken(a, blocks.MaxSection), Blocks: pieceBlocks(a, blocks.MaxSection)}
}

// titles names pieces in the order shown, with the IDs by which each can be
// asked for.
func titles(found []content.Served) string {
	names := make([]string, len(found))
	for i, a := range found {
		names[i] = fmt.Sprintf("%s (%s)", blocks.Escape(a.Version.Title), a.ID)
	}

	return strings.Join(names, "; ")
}

// spoken is a piece for those who hear it: screen readers don't read blocks.
func spoken(a content.Served, limit int) string {
	return fmt.Sprintf("%s\n%s", titles([]content.Served{a}), blocks.Escape(cutAtSentence(a.Version.Body, limit)))
}

// pieceBlocks shows one piece with what can be done with it.
func pieceBlocks(a content.Served, limit int) []slack.Block {
	shown := cutAtSentence(a.Version.Body, limit)
	menu := []blocks.Choice{
		{Text: "Didn't work…", Value: blocks.To("feedback.fails", a.VersionRef())},
		{Text: "History", Value: blocks.To("content.history", a.ID)},
		{Text: "Flag as out of date…", Value: blocks.To("content.flag", a.VersionRef())},
		{Text: "Suggest a change", Value: blocks.To("content.edit", a.VersionRef())},
	}

	if shown != a.Version.Body {
		menu = append(menu, blocks.Choice{Text: "Show all of it", Value: blocks.To("content.whole", a.VersionRef())})
	}

	return []slack.Block{
		blocks.Line(blocks.Bold(a.Version.Title), blocks.Run(fmt.Sprintf("\n%s · %s", a.Kind, a.ID))),
		blocks.RichText(shown),
		blocks.Context(provenance(a)),
		blocks.Actions(
			labelled(blocks.Button("content.share", a.VersionRef(), "Share here"), a),
			labelled(blocks.Button("feedback.worked", a.VersionRef(), "Worked"), a),
			blocks.Overflow(menu...),
		),
	}
}

// labelled tells a screen reader which of several pieces a button is about.
func labelled(b *slack.ButtonBlockElement, a content.Served) *slack.ButtonBlockElement {
	b.AccessibilityLabel = blocks.Cut(fmt.Sprintf("%s: %s", b.Text.Text, a.Version.Title), blocks.MaxButton)
	return b
}

// provenance says who stands behind a piece and what reps said of it.
func provenance(a content.Served) string {
	parts := []string{"Approved"}
	if a.Version.ApprovedBy != "" {
		parts[0] += " by " + person(a.Version.ApprovedBy)
	}

	parts = append(parts, fmt.Sprintf("version %d", a.Version.Number))
	if !a.Version.ReviewBy.IsZero() {
		parts = append(parts, "good until "+blocks.Day(a.Version.ReviewBy))
	}

	if verdicts := verdictWords(a.Tally); verdicts != "" {
		parts = append(parts, verdicts)
	}

	return strings.Join(parts, " · ")
}

// verdictWords sums up what reps said of a version.
func verdictWords(t content.Tally) string {
	var parts []string
	if t.Works > 0 {
		parts = append(parts, fmt.Sprintf("%d worked", t.Works))
	}

	if t.Mixed > 0 {
		parts = append(parts, fmt.Sprintf("%d mixed", t.Mixed))
	}

	if t.Fails > 0 {
		parts = append(parts, fmt.Sprintf("%d didn't work", t.Fails))
	}

	return strings.Join(parts, ", ")
}

// sharedView is a piece for a channel: whole, since nobody there can ask me
// for the rest of it.
func sharedView(a content.Served, by string) *bot.Message {
	return &bot.Message{
		Text: fmt.Sprintf("%s shared approved copy: %s", person(by), spoken(a, blocks.MaxSection)),
		Blocks: []slack.Block{
			blocks.Line(slack.NewRichTextSectionUserElement(by, nil), blocks.Run(" shared "), blocks.Bold(a.Version.Title)),
			blocks.RichText(a.Version.Body),
			blocks.Context(fmt.Sprintf("%s · %s · version %d", a.ID, a.Kind, a.Version.Number)),
		},
	}
}

func wholeView(a content.Served) *bot.Modal {
	return &bot.Modal{
		Name: "content.whole", Title: a.ID, Close: "Close",
		Blocks: []slack.Block{
			blocks.Header(a.Version.Title),
			blocks.RichText(a.Version.Body),
			blocks.Context(provenance(a)),
		},
	}
}

// person names somebody: a mention for a Slack user ID, else what is there.
func person(id string) string {
	switch {
	case id == "":
		return "marketing"
	case isUser(id):
		return blocks.Mention(id)
	}

	return blocks.Escape(id)
}

// boundary is where copy may be cut: after a sentence, before an empty line or
// an entry of a list. A mere line break may be in the middle of a sentence.
var boundary = regexp.MustCompile(`([.?!…]["'”’)*_]*)\s|\n\s*\n|\n\s*(?:[-*+]|\d{1,9}[.)])\s`)

// lookahead is how much behind the cut shows whether it is at a boundary, in
// bytes.
const lookahead = 16

// cutAtSentence shortens copy to a limit, at a boundary where there is one in
// the second half, so that nobody pastes half a claim.
func cutAtSentence(body string, limit int) string {
	if blocks.Length(body) <= limit {
		return body
	}

	cut := strings.TrimSuffix(blocks.Cut(body, limit), "…")
	end := 0
	for _, m := range boundary.FindAllStringSubmatchIndex(body[:min(len(body), len(cut)+lookahead)], -1) {
		if at := max(m[0], m[3]); at <= len(cut) { // m[3] is where a sentence ends, -1 at other boundaries
			end = at
		}
	}

	if end > len(cut)/2 {
		return cut[:end] + " …"
	}

	return cut + "…"
}
