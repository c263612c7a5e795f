package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"smarketer/bot"
	"smarketer/prompts"
	"smarketer/store"
	"smarketer/store/search"
)

// Searcher finds the assets that a line may be about.
type Searcher interface {
	Search(q search.Query) search.Results
	Ready() bool
}

// Model reads a line for what it gives away. It may be nil: then plain rules
// do.
type Model interface {
	ExtractFeedback(ctx context.Context, line string, candidates []prompts.Candidate) (prompts.FeedbackHints, error)
}

// Room takes feedback in and shows it to marketing.
type Room struct {
	Store   *store.Store
	Search  Searcher
	Model   Model
	Channel string // ID of the channel where feedback is shown
}

// Routes registers what the room does.
func (f *Room) Routes(rt *bot.Router) {
	rt.Command("/feedback", "<what you heard>", "Tell marketing what landed and what didn't", f.begin)
	rt.Shortcut("feedback.capture", "Log field feedback", f.capture)
	rt.Submit("feedback.form", f.submit)
	rt.Options("asset.pick", f.pick)
	rt.Action("feedback.worked", f.worked)
	rt.Action("feedback.fails", f.fails)
	rt.Card("feedback", f.card)
}

// Limits of what is written, in characters.
const (
	maxWords = bot.MaxInput
	maxName  = 150
)

// source is where feedback comes from; it travels with the form.
type source struct {
	Permalink string `json:"permalink,omitempty"`
	Said      string `json:"said,omitempty"`
}

// begin opens the form with what the line gives away.
func (f *Room) begin(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	words := strings.TrimSpace(bot.Clean(r.Text))
	if bot.Length(words) > maxWords {
		return nil, bot.Problemf("That is %d characters, and a message can hold %d. Please shorten it, or split it in two.", bot.Length(words), maxWords)
	}
	verdict, words := signed(words)
	return f.form(ctx, draft{words: words, verdict: verdict})
}

// capture opens the form for a message that somebody wrote. One without text,
// such as a picture, leaves the words to the rep.
func (f *Room) capture(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Message == nil {
		return nil, bot.Problemf("Slack didn't tell me which message that was. Please try again.")
	}
	d := draft{words: bot.Cut(strings.TrimSpace(bot.Clean(r.Message.Text)), maxWords), source: source{Permalink: r.Message.Link, Said: r.Message.Author}}
	return f.form(ctx, d)
}

// form opens the form. Where a model helps, the form opens at once with what
// plain rules know, and the other fields appear when the model has answered:
// what a person types meanwhile is never replaced.
func (f *Room) form(ctx context.Context, d draft) (*bot.Reply, error) {
	d, found, err := f.guess(ctx, d)
	if err != nil {
		return nil, err
	}
	if f.Model == nil || d.words == "" {
		return open(formView(d, false))
	}
	reply, err := open(formView(d, true))
	if err != nil {
		return nil, err
	}
	reply.Then = func(ctx context.Context) (*bot.Reply, error) {
		view, err := formView(f.read(ctx, d, found), false)
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

// submit stores what the form holds.
func (f *Room) submit(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.fromForm(r)
	if err != nil {
		return nil, err
	}
	note := ""
	if piece.Asset != "" {
		if note, err = f.checkAsset(ctx, piece); err != nil {
			return nil, err
		}
	}
	saved, err := f.Store.AddFeedback(ctx, r.Op, piece, f.Channel)
	if err != nil {
		return nil, fmt.Errorf("save feedback: %w", err)
	}
	return &bot.Reply{Message: receiptView(saved, note)}, nil
}

func (f *Room) fromForm(r *bot.Request) (store.Feedback, error) {
	var from source
	if r.Data != "" {
		if err := json.Unmarshal([]byte(r.Data), &from); err != nil {
			return store.Feedback{}, fmt.Errorf("feedback form: %w", err)
		}
	}
	text := func(field string) string { return strings.TrimSpace(bot.Clean(r.Form.Text(field))) }
	piece := store.Feedback{
		Words: text("words"), Verdict: store.Verdict(text("verdict")), Account: text("account"), Competitor: text("competitor"),
		Reporter: r.User, Permalink: from.Permalink, Said: from.Said,
	}
	switch {
	case piece.Words == "":
		return piece, &store.Invalid{Field: "words", Message: "please say in a few words what you heard"}
	case bot.Length(piece.Words) > maxWords:
		return piece, &store.Invalid{Field: "words", Message: fmt.Sprintf("please use up to %d characters", maxWords)}
	case piece.Verdict != "" && bot.Option(verdicts, string(piece.Verdict)) == nil:
		return piece, &store.Invalid{Field: "verdict", Message: "I don't know this answer; please choose another"}
	case bot.Length(piece.Account) > maxName:
		return piece, &store.Invalid{Field: "account", Message: fmt.Sprintf("please use up to %d characters", maxName)}
	case bot.Length(piece.Competitor) > maxName:
		return piece, &store.Invalid{Field: "competitor", Message: fmt.Sprintf("please use up to %d characters", maxName)}
	}
	if about := r.Form.Text("asset"); about != "" {
		var ok bool
		if piece.Asset, piece.Version, ok = store.ParseVersionRef(about); !ok {
			return piece, &store.Invalid{Field: "asset", Message: "I don't know this piece; please choose another"}
		}
	}
	return piece, nil
}

// checkAsset makes sure that the asset exists. One that was replaced or
// retired while the form was open keeps the feedback: it is about the words
// that were used.
func (f *Room) checkAsset(ctx context.Context, piece store.Feedback) (note string, err error) {
	a, err := f.Store.Asset(ctx, piece.Asset)
	if errors.Is(err, store.ErrNotFound) {
		return "", &store.Invalid{Field: "asset", Message: "this piece is gone; please choose another or none"}
	}
	if err != nil {
		return "", err
	}
	if _, err := f.Store.Version(ctx, piece.Asset, piece.Version); errors.Is(err, store.ErrNotFound) {
		return "", &store.Invalid{Field: "asset", Message: "this version is gone; please choose another or none"}
	} else if err != nil {
		return "", err
	}
	switch a.Approved {
	case piece.Version:
		return "", nil
	case 0:
		return fmt.Sprintf("%s is no longer approved; your feedback is kept with version %d, the one you used.", a.ID, piece.Version), nil
	}
	return fmt.Sprintf("%s has changed since; your feedback is kept with version %d, the one you used.", a.ID, piece.Version), nil
}
