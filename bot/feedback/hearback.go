package feedback

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// told is all that a reporter is told of a step of their piece.
type told struct {
	piece  store.Feedback
	number int // of the step, from 1
	step   store.Step
	was    store.Version // the version that the piece is about, when that is known
	came   store.Version // the version that came of it, when one did
}

// stepCard renders the card by which a reporter hears of a step: part names
// it, "step-2".
func (f *Room) stepCard(ctx context.Context, piece store.Feedback, part string) (bot.Message, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(part, "step-"))
	if err != nil || n < 1 || n > len(piece.Steps) {
		return bot.Message{}, fmt.Errorf("%s has no card %q: %w", piece.ID, part, store.ErrNotFound)
	}
	t := told{piece: piece, number: n, step: piece.Steps[n-1]}
	if asset, version, ok := store.ParseVersionRef(t.step.Result); ok {
		if t.came, err = f.Store.Version(ctx, asset, version); err != nil && !errors.Is(err, store.ErrNotFound) {
			return bot.Message{}, err
		}
		if asset == piece.Asset && version != piece.Version {
			if t.was, err = f.about(ctx, piece); err != nil {
				return bot.Message{}, err
			}
		}
	}
	return stepView(t), nil
}

// stepView tells a reporter what marketing did with their piece.
func stepView(t told) bot.Message {
	words := hearing(t)
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
		came(&m, t)
	}
	return m
}

// hearing is a step in one line.
func hearing(t told) string {
	by, id := fmt.Sprintf("<@%s>", t.step.By), "*"+t.piece.ID+"*"
	if t.step.Question != "" {
		return fmt.Sprintf("%s has a question about your feedback %s.", by, id)
	}
	switch t.step.Status {
	case store.FeedbackPlanned:
		return fmt.Sprintf("%s plans to act on your feedback %s.", by, id)
	case store.FeedbackActioned:
		return fmt.Sprintf("Your feedback %s changed something: %s says it is done.", id, by)
	case store.FeedbackDeclined:
		return fmt.Sprintf("%s has decided not to act on your feedback %s.", by, id)
	}
	return fmt.Sprintf("%s is looking into your feedback %s.", by, id)
}

// came shows what came of a piece: the line before and after, and what to use
// now.
func came(m *bot.Message, t told) {
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
	asset, _, _ := store.ParseVersionRef(t.step.Result)
	use += fmt.Sprintf(". See it with `/content %s`.", asset)
	m.Text += "\n" + use
	m.Blocks = append(m.Blocks, blocks.Markdown(use))
}
