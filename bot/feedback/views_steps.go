package feedback

import (
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// stepView tells a reporter what marketing did with their piece.
func stepView(t told) bot.Message {
	words := stepWords(t)
	m := bot.Message{
		Text:   fmt.Sprintf("%s You said: %s", words, blocks.Escape(blocks.Cut(t.piece.Words, 300))),
		Blocks: []slack.Block{blocks.Markdown(words), blocks.Context("You said:"), blocks.Quote(blocks.Cut(t.piece.Words, maxReason))},
	}

	add := func(lead, text string) {
		if text == "" {
			return
		}

		m.Text += fmt.Sprintf("\n%s %s", lead, blocks.Escape(text))
		m.Blocks = append(m.Blocks, blocks.Context(lead), blocks.Quote(text))
	}

	add(fmt.Sprintf("<@%s> says:", t.step.By), t.step.Reason)
	add(fmt.Sprintf("<@%s> asks:", t.step.By), t.step.Question)
	add("You answered:", t.step.Answer)
	if t.step.Question != "" && t.step.Answered.IsZero() {
		m.Blocks = append(m.Blocks, blocks.Actions(blocks.Primary(blocks.Button("feedback.answer", fmt.Sprintf("%s %d", t.piece.ID, t.number), "Answer"))))
	}

	if t.step.Result != "" {
		addResult(&m, t)
	}

	return m
}

// stepWords are a step in one line.
func stepWords(t told) string {
	by, id := fmt.Sprintf("<@%s>", t.step.By), "*"+t.piece.ID+"*"
	if t.step.Question != "" {
		return fmt.Sprintf("%s has a question about your feedback %s.", by, id)
	}

	switch t.step.Status {
	case feedback.Planned:
		return fmt.Sprintf("%s plans to act on your feedback %s.", by, id)
	case feedback.Actioned:
		return fmt.Sprintf("Your feedback %s changed something: %s says it is done.", id, by)
	case feedback.Declined:
		return fmt.Sprintf("%s has decided not to act on your feedback %s.", by, id)
	}

	return fmt.Sprintf("%s is looking into your feedback %s.", by, id)
}

// addResult shows what came of a piece: the line before and after, and what to use
// now.
func addResult(m *bot.Message, t told) {
	if t.was.Number > 0 && t.came.Number > 0 {
		if block, spoken := blocks.Diff(t.was.Body, t.came.Body); block != nil {
			m.Text += "\nWhat changed: " + blocks.Escape(spoken)
			m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("What changed from version %d to %d:", t.was.Number, t.came.Number)), block)
		}
	}

	use := fmt.Sprintf("Use %s now", resultWords(t.step.Result))
	if t.came.Title != "" {
		use += ": " + blocks.Escape(t.came.Title)
	}

	asset, _, _ := content.ParseVersionRef(t.step.Result)
	use += fmt.Sprintf(". See it with `/content %s`.", asset)
	m.Text += "\n" + use
	m.Blocks = append(m.Blocks, blocks.Markdown(use))
}
