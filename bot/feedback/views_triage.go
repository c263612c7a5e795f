package feedback

import (
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// maxReason bounds a reason, a question and an answer, in characters.
const maxReason = 1000

var decisions = map[feedback.Status]string{
	feedback.Triaged:  "We're looking into it",
	feedback.Planned:  "We plan to act on it",
	feedback.Actioned: "Done: something came of it",
	feedback.Declined: "Declined",
}

// triageView is the form by which marketing decides on a piece. newer is the
// version that may have come of it, nil for none.
func triageView(piece feedback.Piece, newer *content.Served) *bot.Modal {
	var choices []blocks.Choice
	for _, to := range piece.Status.To() {
		choices = append(choices, blocks.Choice{Text: decisions[to], Value: string(to)})
	}

	if piece.Reporter != "" && !piece.Status.Closed() {
		choices = append(choices, blocks.Choice{Text: "It needs detail: ask who gave it", Value: ask})
	}

	came := blocks.Choice{}
	if newer != nil {
		came = choice(*newer)
	}

	return &bot.Modal{
		Name: "feedback.triaged", Title: "Triage " + piece.ID, Submit: "Save", Data: step(piece),
		Blocks: []slack.Block{
			listWords(piece),
			blocks.Context(fmt.Sprintf("It is %s now. %s", statusWords(piece.Status), toldWords(piece))),
			blocks.Select("decision", "What is to come of it?", "Choose", choices, "", false),
			blocks.TextArea("words", "Reason, or what you want to know", "", maxReason, true),
			blocks.Search("asset", "asset.pick", "When it is done: which message came of it?", "Search approved copy", came, true),
		},
	}
}

// toldWords says who is told of a decision.
func toldWords(piece feedback.Piece) string {
	switch {
	case piece.Members > 0 && piece.Reporter != "":
		return fmt.Sprintf("Everyone behind its %d pieces hears what you decide; a question goes to <@%s> alone.", piece.Members+1, piece.Reporter)
	case piece.Members > 0:
		return fmt.Sprintf("Everyone behind its %d pieces hears what you decide.", piece.Members+1)
	case piece.Reporter == "":
		return "It came from outside, so nobody here is told."
	}

	return fmt.Sprintf("<@%s> hears what you decide.", piece.Reporter)
}

func statusWords(s feedback.Status) string {
	switch s {
	case feedback.Triaged:
		return "being looked into"
	case feedback.Actioned:
		return "done"
	}

	return string(s)
}

// doneWords confirm a step to whoever took it.
func doneWords(piece feedback.Piece) string {
	last := piece.Steps[len(piece.Steps)-1]
	if last.Question != "" {
		return fmt.Sprintf("I've asked <@%s>. The answer comes onto the card of %s.", piece.Reporter, piece.ID)
	}

	text := fmt.Sprintf("%s is %s.", piece.ID, statusWords(piece.Status))
	if piece.Reporter != "" || piece.Members > 0 {
		text += " Who gave it hears of it."
	}

	return text
}

// standsView tells how a piece stands that can't be moved as somebody wanted.
func standsView(piece feedback.Piece) *bot.Message {
	text := fmt.Sprintf("%s is %s.", piece.ID, statusWords(piece.Status))
	switch {
	case piece.Primary != "":
		text = fmt.Sprintf("%s is joined with %s. Triage that one; it counts for both.", piece.ID, piece.Primary)
	case piece.IsDeleted():
		text = fmt.Sprintf("%s has been deleted.", piece.ID)
	case len(piece.Steps) > 0:
		last := piece.Steps[len(piece.Steps)-1]
		text = fmt.Sprintf("%s is %s: <@%s> decided so %s.", piece.ID, statusWords(piece.Status), last.By, blocks.Time(last.At))
		if last.Question != "" {
			text = fmt.Sprintf("<@%s> asked about %s %s; it is %s.", last.By, piece.ID, blocks.Time(last.At), statusWords(piece.Status))
		}
	}

	return &bot.Message{Text: text}
}

// lateView tells who decided second how the piece stands, and gives back what
// they wrote.
func lateView(piece feedback.Piece, lost feedback.Step) *bot.Message {
	m := standsView(piece)
	m.Text = "Somebody was faster, so nothing of yours was saved. " + m.Text
	if words := lost.Reason + lost.Question; words != "" {
		m.Blocks = []slack.Block{blocks.Markdown(m.Text), blocks.Context("You wrote:"), blocks.Quote(words)}
	}

	return m
}

// progress is what a card shows of how marketing deals with the piece, and the
// gist of that for screen readers.
func progress(piece, alike feedback.Piece, link string) (body []slack.Block, gist string) {
	if piece.Members > 0 {
		gist = " · " + groupWords(piece)
		body = append(body, blocks.Markdown(fmt.Sprintf("*%s*, joined in this card", groupWords(piece))))
	}

	if alike.ID != "" {
		gist += " · looks like " + alike.ID
		body = append(body, blocks.Context("Looks like "+blocks.Linked(alike.ID, link)))
	}

	if len(piece.Steps) == 0 {
		return body, gist
	}

	last := piece.Steps[len(piece.Steps)-1]
	line := fmt.Sprintf("*%s* · <@%s>, %s", blocks.UpperFirst(statusWords(piece.Status)), last.By, blocks.Time(last.At))
	if last.Result != "" {
		line += " · " + resultWords(last.Result) + " came of it"
	}

	body = append(body, blocks.Markdown(line))
	if last.Reason != "" {
		body = append(body, blocks.Quote(last.Reason))
	}

	return append(body, askedAndAnswered(piece)...), gist + " · " + line
}

// maxSaid is how many blocks of questions and answers a card shows, the last
// ones: more than Slack takes in one message would keep the card from being
// shown at all.
const maxSaid = 8

// askedAndAnswered is what marketing asked about a piece, and the answers.
func askedAndAnswered(piece feedback.Piece) []slack.Block {
	var said []slack.Block
	for _, s := range piece.Steps {
		if s.Question != "" {
			said = append(said, blocks.Context(fmt.Sprintf("<@%s> asked:", s.By)), blocks.Quote(s.Question))
		}

		if s.Answer != "" {
			said = append(said, blocks.Context(fmt.Sprintf("<@%s> answered %s:", piece.Reporter, blocks.Time(s.Answered))), blocks.Quote(s.Answer))
		}
	}

	return said[max(len(said)-maxSaid, 0):]
}

func groupWords(piece feedback.Piece) string {
	return fmt.Sprintf("%s from %s", blocks.Count(piece.Members+1, "1 piece", "pieces"), blocks.Count(piece.People, "1 person", "people"))
}

// resultWords names a version of an asset: "C-12, version 4".
func resultWords(ref string) string {
	asset, version, ok := content.ParseVersionRef(ref)
	if !ok {
		return blocks.Escape(ref)
	}

	return fmt.Sprintf("%s, version %d", asset, version)
}

// pointerView is what is left of the card of a piece that is joined with
// another: where to, and what was asked about it, which may be answered still.
func pointerView(piece feedback.Piece, link string) bot.Message {
	text := fmt.Sprintf("%s, %s, is joined with %s.", piece.ID, givenBy(piece), blocks.Linked(piece.Primary, link))
	body := append([]slack.Block{blocks.Context(text)}, askedAndAnswered(piece)...)
	return bot.Message{Text: text, Blocks: append(body, blocks.Actions(blocks.Overflow(
		blocks.Choice{Text: "Split from " + piece.Primary, Value: blocks.To("feedback.split", piece.ID)},
		blocks.Choice{Text: "Edit…", Value: blocks.To("feedback.edit", piece.ID)},
		blocks.Choice{Text: "Delete…", Value: blocks.To("feedback.delete", piece.ID)},
	)))}
}

func joinView(piece, like feedback.Piece) *bot.Modal {
	return &bot.Modal{
		Name: "feedback.joined", Title: "Join " + piece.ID, Submit: "Join", Data: piece.ID,
		Blocks: []slack.Block{
			blocks.Quote(blocks.Cut(piece.Words, maxReason)),
			blocks.TextInput("with", "Which piece says the same? Its ID, such as F-3", like.ID, 20, false),
			blocks.Context("Both become one, with one card and one status. No voice is lost: everyone hears what comes of it, and you can split them again."),
		},
	}
}

// membersView lists a primary piece and those joined to it.
func membersView(primary feedback.Piece, members []feedback.Piece) *bot.Modal {
	m := &bot.Modal{Name: "feedback.voices", Title: "Voices in " + primary.ID, Close: "Close"}
	for _, f := range append([]feedback.Piece{primary}, members...) {
		if f.IsDeleted() {
			m.Blocks = append(m.Blocks, blocks.Context(f.ID+" · deleted"))
			continue
		}

		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("*%s* · %s · %s", f.ID, givenBy(f), blocks.Day(f.When()))), blocks.Quote(blocks.Cut(f.Words, 500)))
	}

	if primary.Members > len(members) {
		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("And %d more.", primary.Members-len(members))))
	}

	return m
}

// answerView is the form for an answer.
func answerView(value string, piece feedback.Piece, asked feedback.Step) *bot.Modal {
	return &bot.Modal{
		Name: "feedback.answered", Title: "About " + piece.ID, Submit: "Send", Data: value,
		Blocks: []slack.Block{
			blocks.Context("You said:"), blocks.Quote(blocks.Cut(piece.Words, maxReason)),
			blocks.Context(fmt.Sprintf("<@%s> asks:", asked.By)), blocks.Quote(asked.Question),
			blocks.TextArea("words", "Your answer", "", maxReason, false),
		},
	}
}
