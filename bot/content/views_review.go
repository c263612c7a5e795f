package content

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// confirmCardView asks whether the approved version is still right whose approval
// ends on a day, and once that is answered says how.
func confirmCardView(a content.Asset, v content.Version, day int, now time.Time) bot.Message {
	switch {
	case a.Approved == 0:
		return brief("%s is retired.", a.ID)
	case content.ConfirmDay(v) != day:
		return brief("%s is good until %s.", a.ID, blocks.Day(v.ReviewBy))
	}

	text := fmt.Sprintf("Is *%s* still right? Its approval ends on %s.", a.ID, blocks.Day(v.ReviewBy))
	if !v.Servable(now) {
		text = fmt.Sprintf("Is *%s* still right? Its approval ended on %s, and nobody is given it any more.", a.ID, blocks.Day(v.ReviewBy))
	}

	return bot.Message{Text: text + "\n" + blocks.Escape(v.Title), Blocks: slices.Concat(
		[]slack.Block{blocks.Markdown(text)}, shown(a, v), []slack.Block{confirmActions(a, v)},
	)}
}

// shown is a piece as its keeper is asked about it.
func shown(a content.Asset, v content.Version) []slack.Block {
	return []slack.Block{
		blocks.Line(blocks.Bold(v.Title), blocks.Run(fmt.Sprintf("\n%s · %s · version %d", a.Kind, a.ID, v.Number))),
		blocks.RichText(cutAtSentence(v.Body, excerpt)),
	}
}

// confirmActions are what can be done with a piece that is to be looked at.
func confirmActions(a content.Asset, v content.Version) slack.Block {
	ref := content.VersionRef(a.ID, v.Number)
	return blocks.Actions(
		blocks.Primary(blocks.Button("content.keep", ref, "Still right")),
		blocks.Button("content.edit", ref, "Edit"),
		blocks.Overflow(blocks.Choice{Text: "Retire…", Value: blocks.To("content.retire", ref)}),
	)
}

// brief is a message of one line of ours.
func brief(format string, args ...any) bot.Message {
	text := fmt.Sprintf(format, args...)
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Markdown(text)}}
}

// flagOutcomeView tells who raised a flag what came of it.
func flagOutcomeView(a content.Asset, f content.Flag) bot.Message {
	return brief("You flagged %s as out of date. %s", a.ID, blocks.UpperFirst(resolvedWords(a, f)))
}

// flagCardView shows a flag to who keeps the piece; flagged is the version that
// an open one is about.
func flagCardView(a content.Asset, f content.Flag, flagged content.Version) bot.Message {
	text := fmt.Sprintf("%s says that *%s* is out of date", person(f.By), a.ID)
	m := bot.Message{
		Text:   fmt.Sprintf("%s: %s", text, blocks.Escape(f.Words)),
		Blocks: []slack.Block{blocks.Markdown(text + ":"), blocks.Quote(f.Words)},
	}

	if !f.Open() {
		m.Blocks = append(m.Blocks, blocks.Context(blocks.UpperFirst(resolvedWords(a, f))))
		return m
	}

	m.Blocks = slices.Concat(m.Blocks, shown(a, flagged), []slack.Block{confirmActions(a, flagged)})
	return m
}

// resolvedWords says what came of a flag.
func resolvedWords(a content.Asset, f content.Flag) string {
	by := person(f.Resolved.By)
	switch f.Resolved.How {
	case content.StillRight:
		return fmt.Sprintf("%s has looked at it and says that it is still right.", by)
	case content.Replaced:
		return fmt.Sprintf("%s has approved new words: see `/content %s`.", by, a.ID)
	case content.Withdrawn:
		return fmt.Sprintf("%s has retired it.", by)
	}

	return "nobody has looked at it yet."
}

// recallCard tells somebody that words they used are no longer approved, what
// changed and what to use now; live is the approved version, if there is one.
func recallCard(a content.Asset, used, live content.Version) bot.Message {
	switch a.Approved {
	case used.Number:
		return brief("%s, version %d, is approved again.", a.ID, used.Number)
	case 0:
		return retiredCard(a, used)
	}

	text := fmt.Sprintf("*%s* has changed: version %d takes the place of version %d.", a.ID, live.Number, used.Number)
	_, spoken := blocks.Diff(used.Body, live.Body)
	m := bot.Message{Text: strings.TrimSpace(text + "\n" + blocks.Escape(spoken)), Blocks: []slack.Block{
		blocks.Markdown(text), blocks.Line(blocks.Bold(live.Title)),
	}}
	m.Blocks = append(m.Blocks, changeBlocks(live, used, excerpt)...)
	m.Blocks = append(m.Blocks,
		blocks.Actions(blocks.Primary(blocks.Button("content.now", a.ID, "Show the new words"))),
		blocks.Context("You used the earlier words in the last 90 days."))
	return m
}

// retiredCard tells somebody that words they used are retired.
func retiredCard(a content.Asset, used content.Version) bot.Message {
	text := fmt.Sprintf("Please stop using *%s*: it is no longer approved.", a.ID)
	m := bot.Message{Text: text + "\n" + blocks.Escape(used.Title), Blocks: []slack.Block{
		blocks.Markdown(text), blocks.Line(blocks.Bold(used.Title)),
	}}
	if used.Decided.Reason != "" {
		m.Text += "\n" + blocks.Escape(used.Decided.Reason)
		m.Blocks = append(m.Blocks, blocks.Quote(used.Decided.Reason))
	}

	m.Blocks = append(m.Blocks, blocks.Context("You used it in the last 90 days. Find other words with `/content` and a topic."))
	return m
}

// retireView asks why a piece is to be retired.
func retireView(a content.Asset, v content.Version) *bot.Modal {
	in := blocks.TextArea("reason", "Why?", "", maxWhy, false)
	in.Hint = blocks.PlainText("Everybody who used it in the last 90 days reads this.")
	return &bot.Modal{
		Name: "content.retire", Title: "Retire " + a.ID, Submit: "Retire", Data: content.VersionRef(a.ID, v.Number),
		Blocks: []slack.Block{blocks.Line(blocks.Bold(v.Title)), in},
	}
}

// flagView asks why a piece is out of date.
func flagView(a content.Served) *bot.Modal {
	in := blocks.TextInput("reason", "What is out of date?", "", maxFlag, false)
	in.Hint = blocks.PlainText("Who keeps this piece reads it, and you hear what comes of it.")
	return &bot.Modal{
		Name: "content.flag", Title: "Flag " + a.ID, Submit: "Flag", Data: a.VersionRef(),
		Blocks: []slack.Block{blocks.Line(blocks.Bold(a.Version.Title)), in},
	}
}

// reviewsView lists what marketing is to look at, and why.
func reviewsView(queue []content.Review, offset, total int, user string) *bot.Message {
	if len(queue) == 0 && offset == 0 {
		return &bot.Message{Text: "There is nothing to review: all copy is approved, in date and in use."}
	}

	if len(queue) == 0 {
		return &bot.Message{Text: "That was all there is to review."}
	}

	m := &bot.Message{Text: fmt.Sprintf("To review: %d", total)}
	for i, r := range queue {
		if i > 0 {
			m.Blocks = append(m.Blocks, slack.NewDividerBlock())
		}

		v := r.Live
		if r.Proposed > 0 {
			v = r.Proposal
		}

		reasons := reasonsOf(r)
		m.Text += fmt.Sprintf("\n%s (%s): %s", blocks.Escape(v.Title), r.ID, blocks.Escape(strings.Join(reasons, "; ")))
		m.Blocks = append(m.Blocks,
			blocks.Line(blocks.Bold(v.Title), blocks.Run(fmt.Sprintf(" · %s", r.ID))),
			blocks.Words("• "+strings.Join(reasons, "\n• ")))
		m.Blocks = append(m.Blocks, reviewActions(r, user)...)
	}

	if shown := offset + len(queue); shown < total {
		more := blocks.Button("content.reviews", fmt.Sprint(shown), fmt.Sprintf("More (%d left)", total-shown))
		m.Blocks = append(m.Blocks, slack.NewDividerBlock(), blocks.Actions(more))
	}

	return m
}

// reasonsShown is how many of a piece's reasons are written out.
const reasonsShown = 5

// reasonsOf says why a piece is in the queue.
func reasonsOf(r content.Review) []string {
	var reasons []string
	switch r.Proposal.Status {
	case content.InReview:
		reasons = append(reasons, "A proposal waits for a decision since "+blocks.Day(r.Proposal.Created))
	case content.Draft:
		reasons = append(reasons, "A proposal is with its author for changes since "+blocks.Day(r.Proposal.Decided.At))
	}

	for _, f := range r.OpenFlags() {
		reasons = append(reasons, flagWords(f))
	}

	if extra := len(reasons) - reasonsShown; extra > 0 {
		reasons = append(reasons[:reasonsShown], fmt.Sprintf("and %d more", extra))
	}

	return reasons
}

func flagWords(f content.Flag) string {
	switch f.Why {
	case content.Failing:
		return fmt.Sprintf("%d people or more said that it doesn't work", content.FailingPeople)
	case content.PastDate:
		return "Its approval ran out before " + blocks.Day(f.At)
	case content.Unused:
		return "Nobody has used it for 180 days"
	}

	return fmt.Sprintf("Flagged as out of date on %s: %s", blocks.Day(f.At), f.Words)
}

// reviewActions are what can be done about a piece in the queue.
func reviewActions(r content.Review, user string) []slack.Block {
	if r.Proposed == 0 {
		return []slack.Block{confirmActions(r.Asset, r.Live)}
	}

	ref := content.VersionRef(r.ID, r.Proposed)
	all := blocks.Button("content.proposal", ref, "Show all of it")
	menu := proposalMenu(r.Asset, r.Proposal)[:4]
	if r.Proposal.Status == content.Draft {
		menu = menu[1:3] // to reject, to edit
	}

	if r.Approved > 0 {
		menu = append(menu, blocks.Choice{Text: "Still right as it is", Value: blocks.To("content.keep", content.VersionRef(r.ID, r.Approved))})
	}

	buttons := []slack.BlockElement{all, blocks.Overflow(menu...)}
	if r.Proposal.Status == content.InReview && r.Proposal.Author != user {
		approve := blocks.Primary(blocks.Button("content.approve", ref, "Approve"))
		buttons = append([]slack.BlockElement{approve}, buttons...)
	}

	return []slack.Block{blocks.Actions(buttons...)}
}
