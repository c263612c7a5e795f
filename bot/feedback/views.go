package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/store"
)

var verdicts = []bot.Choice{
	{Text: "It worked", Value: string(store.Works)},
	{Text: "Mixed", Value: string(store.Mixed)},
	{Text: "It didn't work", Value: string(store.Fails)},
}

// formView is the form. While a model is reading, it has the fields that are
// filled in already; the others come when it has read the words.
func formView(d draft, reading bool) (*bot.Modal, error) {
	data, err := json.Marshal(d.source)
	if err != nil {
		return nil, fmt.Errorf("feedback form: %w", err)
	}
	m := &bot.Modal{Name: "feedback.form", Title: "Field feedback", Submit: "Send", Data: string(data)}
	m.Blocks = append(m.Blocks, bot.TextArea("words", "What did you hear?", d.words, maxWords, false))
	if !reading || d.asset != nil {
		about := bot.Choice{}
		if d.asset != nil {
			about = choice(*d.asset)
		}
		m.Blocks = append(m.Blocks, bot.Search("asset", "asset.pick", "Which message was it about?", "Search approved copy", about, true))
	}
	if !reading || d.verdict != "" {
		m.Blocks = append(m.Blocks, bot.Select("verdict", "How did it go down?", "Choose", verdicts, string(d.verdict), true))
	}
	if reading {
		m.Blocks = append(m.Blocks, bot.Context("Reading your line to fill in the rest. You can send it as it is."))
		return m, nil
	}
	m.Blocks = append(m.Blocks,
		bot.TextInput("account", "Account", d.account, maxName, true),
		bot.TextInput("competitor", "Competitor", d.competitor, maxName, true),
	)
	if d.suggested {
		m.Blocks = append(m.Blocks, bot.Context("A language model filled this in from your line. Please change what isn't right."))
	}
	if d.source.Permalink != "" {
		m.Blocks = append(m.Blocks, bot.Context("Taken from "+origin(d.source.Permalink, d.source.Said)))
	}
	return m, nil
}

func receiptView(f store.Feedback, note string) *bot.Message {
	text := fmt.Sprintf("Thank you. Marketing has it as *%s*.", f.ID)
	if note != "" {
		text += " " + note
	}
	return &bot.Message{Text: text}
}

// card shows a piece of feedback to marketing.
func (f *Room) card(ctx context.Context, c bot.Card) (bot.Message, error) {
	piece, err := f.Store.Feedback(ctx, c.ID)
	if err != nil {
		return bot.Message{}, err
	}
	about, err := f.about(ctx, piece)
	if err != nil {
		return bot.Message{}, err
	}
	return cardView(piece, about), nil
}

// about is the version of the asset that a piece is about; its zero value
// when it is about none or that is gone.
func (f *Room) about(ctx context.Context, piece store.Feedback) (store.Version, error) {
	if piece.Asset == "" {
		return store.Version{}, nil
	}
	v, err := f.Store.Version(ctx, piece.Asset, piece.Version)
	if errors.Is(err, store.ErrNotFound) {
		return store.Version{}, nil
	}
	return v, err
}

func cardView(piece store.Feedback, about store.Version) bot.Message {
	heading := verdictWords(piece.Verdict)
	m := bot.Message{
		Text: fmt.Sprintf("%s, from <@%s>: %s", heading, piece.Reporter, bot.Escape(bot.Cut(piece.Words, 300))),
		Blocks: []slack.Block{
			bot.Markdown(fmt.Sprintf("*%s* · heard by <@%s>", heading, piece.Reporter)),
			bot.Quote(piece.Words),
		},
	}
	var facts []string
	if piece.Asset != "" {
		fact := fmt.Sprintf("About %s, version %d", piece.Asset, piece.Version)
		if about.Title != "" {
			fact += ": " + about.Title
		}
		facts = append(facts, fact)
	}
	if piece.Account != "" {
		facts = append(facts, "Account: "+piece.Account)
	}
	if piece.Competitor != "" {
		facts = append(facts, "Competitor: "+piece.Competitor)
	}
	if len(facts) > 0 {
		m.Blocks = append(m.Blocks, bot.Words(strings.Join(facts, "\n")))
	}
	small := []string{piece.ID, bot.Time(piece.Created)}
	if piece.Permalink != "" {
		small = append(small, "taken from "+origin(piece.Permalink, piece.Said))
	}
	m.Blocks = append(m.Blocks, bot.Context(strings.Join(small, " · ")))
	return m
}

func origin(permalink, author string) string {
	link := fmt.Sprintf("<%s|this message>", bot.Escape(permalink))
	if author == "" {
		return link
	}
	return fmt.Sprintf("%s by <@%s>", link, author)
}

func verdictWords(v store.Verdict) string {
	switch v {
	case store.Works:
		return "It worked"
	case store.Mixed:
		return "Mixed"
	case store.Fails:
		return "It didn't work"
	}
	return "Heard in the field"
}
