package content

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// proposalExcerpt is how much of a new copy a card shows, in characters.
const proposalExcerpt = 1500

// openCard shows a proposal to who decides: what would change, or what is new.
func openCard(a content.Asset, v, before content.Version) bot.Message {
	decides := "anybody else in marketing decides"
	if v.Proposal.Decider != "" {
		decides = person(v.Proposal.Decider) + " decides"
	}

	suggests := fmt.Sprintf("%s suggests new copy, %s", person(v.Author), a.ID)
	if before.Number > 0 {
		suggests = fmt.Sprintf("%s suggests a change of %s", person(v.Author), a.ID)
	}

	m := bot.Message{Text: fmt.Sprintf("%s: %s. %s.", suggests, blocks.Escape(v.Title), blocks.UpperFirst(decides))}
	line := suggests + " · " + decides
	if v.Proposal.Editor != "" {
		line += " · worked over by " + person(v.Proposal.Editor)
	}

	m.Blocks = append(m.Blocks,
		blocks.Line(blocks.Bold(v.Title), blocks.Run(fmt.Sprintf("\n%s · %s · version %d", v.Proposal.Purpose.Kind, a.ID, v.Number))),
		blocks.Markdown(line),
	)
	m.Blocks = append(m.Blocks, changeBlocks(v, before, proposalExcerpt)...)
	if v.Proposal.Note != "" {
		m.Blocks = append(m.Blocks, blocks.Words("Note: "+v.Proposal.Note))
	}

	m.Blocks = append(m.Blocks, blocks.Actions(
		blocks.Primary(blocks.Button("content.approve", content.VersionRef(a.ID, v.Number), "Approve")),
		blocks.Overflow(proposalMenu(a, v)...),
	), blocks.Context(small(v)))
	if _, spoken := blocks.Diff(before.Body, v.Body); before.Number > 0 && spoken != "" {
		m.Text += "\n" + blocks.Escape(spoken)
	}

	return m
}

func proposalMenu(a content.Asset, v content.Version) []blocks.Choice {
	ref := content.VersionRef(a.ID, v.Number)

	return []blocks.Choice{
		{Text: "Ask for changes…", Value: blocks.To("content.ask", ref)},
		{Text: "Reject…", Value: blocks.To("content.reject", ref)},
		{Text: "Edit", Value: blocks.To("content.rework", ref)},
		{Text: "Take over", Value: blocks.To("content.takeover", ref)},
		{Text: "Show all of it", Value: blocks.To("content.proposal", ref)},
	}
}

// changeBlocks show how words differ from the ones before them; without such
// the words themselves.
func changeBlocks(v, before content.Version, limit int) []slack.Block {
	if before.Number == 0 {
		return []slack.Block{blocks.RichText(cutAtSentence(v.Body, limit))}
	}

	var layout []slack.Block
	if title, _ := blocks.Diff(before.Title, v.Title); title != nil {
		layout = append(layout, blocks.Context("*Title*"), title)
	}

	if body, _ := blocks.Diff(before.Body, v.Body); body != nil {
		layout = append(layout, body)
	}

	if len(layout) == 0 {
		layout = append(layout, blocks.Context("The words stay as they are."))
	}

	return layout
}

// small is what else is good to know of a proposal.
func small(v content.Version) string {
	f := v.Proposal.Purpose
	var parts []string
	for _, p := range []struct {
		label string
		words []string
	}{{"Topics", f.Topics}, {"For", f.Personas}, {"Stages", f.Stages}, {"Industries", f.Industries}} {
		if len(p.words) > 0 {
			parts = append(parts, p.label+": "+blocks.Escape(strings.Join(p.words, ", ")))
		}
	}

	if v.Proposal.Permalink != "" {
		parts = append(parts, "taken from "+blocks.MessageBy(v.Proposal.Permalink, v.Proposal.Writer))
	}

	return strings.Join(append(parts, "suggested "+blocks.Time(v.Created)), " · ")
}

// decidedCard is what is left of a proposal's card once somebody has decided.
func decidedCard(a content.Asset, v content.Version) bot.Message {
	outcome := ""
	switch v.Status {
	case content.Draft:
		outcome = fmt.Sprintf("%s asked %s for changes", person(v.Decided.By), person(v.Author))
	case content.Rejected:
		outcome = fmt.Sprintf("turned down by %s", person(v.Decided.By))
	case content.Approved:
		outcome = fmt.Sprintf("approved by %s as version %d", person(v.ApprovedBy), v.Number)
	default:
		outcome = fmt.Sprintf("approved as version %d, retired since", v.Number)
	}

	m := bot.Message{
		Text: fmt.Sprintf("%s (%s), suggested by %s: %s", blocks.Escape(v.Title), a.ID, person(v.Author), outcome),
		Blocks: []slack.Block{
			blocks.Line(blocks.Bold(v.Title), blocks.Run(" · "+a.ID)),
			blocks.Context(fmt.Sprintf("Suggested by %s · %s", person(v.Author), outcome)),
		},
	}

	if v.Status == content.Draft {
		ref := content.VersionRef(a.ID, v.Number)
		m.Blocks = append(m.Blocks, blocks.Quote(v.Decided.Reason), blocks.Actions(blocks.Overflow(
			blocks.Choice{Text: "Edit", Value: blocks.To("content.rework", ref)},
			blocks.Choice{Text: "Reject…", Value: blocks.To("content.reject", ref)},
			blocks.Choice{Text: "Show all of it", Value: blocks.To("content.proposal", ref)},
		)))
	}

	return m
}

// changesCard tells an author which changes are wanted.
func changesCard(a content.Asset, v content.Version) bot.Message {
	text := fmt.Sprintf("%s asks for changes of %s", person(v.Decided.By), a.ID)
	m := bot.Message{
		Text:   fmt.Sprintf("%s: %s", text, blocks.Escape(v.Decided.Reason)),
		Blocks: []slack.Block{blocks.Markdown(text + ":"), blocks.Quote(v.Decided.Reason)},
	}

	if a.Proposed == v.Number && v.Status == content.Draft {
		m.Blocks = append(m.Blocks, blocks.Actions(blocks.Primary(blocks.Button("content.rework", content.VersionRef(a.ID, v.Number), "Edit"))))
	}

	return m
}

// outcomeCard tells an author what was decided.
func outcomeCard(a content.Asset, v content.Version) bot.Message {
	if v.Status == content.Rejected {
		text := fmt.Sprintf("%s turned down your suggestion *%s*", person(v.Decided.By), a.ID)
		return bot.Message{
			Text:   fmt.Sprintf("%s: %s", text, blocks.Escape(v.Decided.Reason)),
			Blocks: []slack.Block{blocks.Markdown(text + ":"), blocks.Quote(v.Decided.Reason)},
		}
	}

	text := fmt.Sprintf("%s approved your copy as *%s*, version %d. Everybody finds it with `/content %s`.", person(v.ApprovedBy), a.ID, v.Number, a.ID)
	return bot.Message{Text: text, Blocks: []slack.Block{
		blocks.Markdown(text), blocks.Line(blocks.Bold(v.Title)),
	}}
}

// proposedView is the receipt of who suggested.
func proposedView(a content.Asset, v content.Version, by string) *bot.Message {
	text := fmt.Sprintf("Thank you. It is *%s*, version %d.", a.ID, v.Number)
	switch {
	case v.Proposal.Decider == by:
		text += " You are the one to decide on it."
	case v.Proposal.Decider != "":
		text += fmt.Sprintf(" %s decides, and I tell you what comes of it.", person(v.Proposal.Decider))
	default:
		text += " Nobody but you is in marketing, so somebody has to be added there before it can be approved."
	}

	if v.Author != by {
		text += fmt.Sprintf(" %s stays its author.", person(v.Author))
	}

	return &bot.Message{Text: text}
}

// reasonView asks for the words that go with a decision.
func reasonView(decision string, a content.Asset, v content.Version) *bot.Modal {
	title, label, submit := "Ask for changes", "What should be different?", "Ask"
	if decision == "content.reject" {
		title, label, submit = "Reject", "Why?", "Reject"
	}

	in := blocks.TextArea("reason", label, "", maxWhy, false)
	in.Hint = blocks.PlainText("The author gets your words.")
	return &bot.Modal{
		Name: decision, Title: title, Submit: submit, Data: content.VersionRef(a.ID, v.Number),
		Blocks: []slack.Block{blocks.Line(blocks.Bold(v.Title), blocks.Run(" · "+a.ID)), in},
	}
}

// tooLateView says that somebody else was faster, and keeps what was written.
func tooLateView(a content.Asset, why, words string) *bot.Modal {
	return &bot.Modal{
		Name: "content.late", Title: a.ID, Close: "Close",
		Blocks: []slack.Block{blocks.Markdown(why), blocks.Context("You wrote:"), blocks.Quote(words)},
	}
}

// proposalModal shows all of a proposal.
func proposalModal(a content.Asset, v content.Version) *bot.Modal {
	return &bot.Modal{
		Name: "content.proposal", Title: a.ID, Close: "Close",
		Blocks: []slack.Block{blocks.Header(v.Title), blocks.RichText(v.Body), blocks.Context(small(v))},
	}
}
