package feedback

import (
	"context"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

// Limits of what is written, in characters.
const (
	maxWords = blocks.MaxInput
	maxName  = 150
	maxTerm  = 40 // a persona, a stage
)

// begin opens the form with what the line gives away, or, when it gives
// verdict and piece in front, stores it without a form.
func (f *Room) begin(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	words := strings.TrimSpace(blocks.Clean(r.Text))
	if n := blocks.Length(words); n > maxWords {
		return &bot.Reply{Message: tooLongView(words)}, nil
	}

	if line, ok := parseOneLine(words); ok {
		return f.oneLine(ctx, r, line)
	}

	verdict, words := signed(words)
	return f.form(ctx, r.User, draft{words: words, verdict: verdict})
}

// capture opens the form for a message that somebody wrote. One without text,
// such as a picture, leaves the words to the rep.
func (f *Room) capture(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	m := r.Message
	if m == nil {
		return nil, bot.Problemf("Slack didn't tell me which message that was. Please try again.")
	}

	text := m.Text
	if f.WithNames != nil {
		text = f.WithNames(ctx, text)
	}

	d := draft{
		words:   blocks.Cut(strings.TrimSpace(blocks.Clean(text)), maxWords),
		carried: carried{Permalink: m.Link, Said: m.Author, Private: m.Private},
	}
	if d.words == "" {
		d.note = "That message has no text of its own. Please say in your words what it is about."
	}

	return f.form(ctx, r.User, d)
}

// form opens the form. Where a model helps, the form opens at once with what
// the line says outright, and the other fields appear when the model has
// answered: what a person types meanwhile is never replaced.
func (f *Room) form(ctx context.Context, user string, d draft) (*bot.Reply, error) {
	d, err := f.outright(ctx, d)
	if err != nil {
		return nil, err
	}

	found, err := f.candidates(ctx, d.words)
	if err != nil {
		return nil, err
	}

	if f.Model == nil || d.words == "" {
		d, err := f.likely(ctx, user, d, found)
		if err != nil {
			return nil, err
		}

		return open(formView(d, false))
	}

	reply, err := open(formView(d, true))
	if err != nil {
		return nil, err
	}

	reply.Then = func(ctx context.Context) (*bot.Reply, error) {
		d, err := f.read(ctx, user, d, found)
		if err != nil {
			return nil, err
		}

		view, err := formView(d, false)
		return &bot.Reply{Update: view}, err
	}

	return reply, nil
}

func open(view *bot.Modal, err error) (*bot.Reply, error) {
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: view}, nil
}
