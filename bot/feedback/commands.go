package feedback

import (
	"context"
	"strings"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/prompts"
	"smarketer/store"
	"smarketer/store/hours"
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
	HasRole func(ctx context.Context, user string, role store.Role) (bool, error)
	// WithNames writes names in place of the IDs in a captured message; it may
	// be nil.
	WithNames func(ctx context.Context, text string) string

	Words     *search.Reader
	Themes    Themes
	Hours     hours.Hours
	Clock     clockwork.Clock
	Workspace string // its address: "https://acme.slack.com/"
}

// Routes registers what the room does.
func (f *Room) Routes(rt *bot.Router) {
	rt.Command("/feedback", "<what you heard> | + C-12 <what you heard>", "Tell marketing what landed and what didn't: + worked, ~ mixed, - didn't", f.begin)
	rt.Shortcut("feedback.capture", "Log field feedback", f.capture)
	rt.Submit("feedback.form", f.submit)
	rt.Options("asset.pick", f.pick)
	rt.Action("feedback.worked", f.worked)
	rt.Action("feedback.fails", f.fails)
	rt.Action("feedback.undo", f.undo)
	rt.Action("feedback.edit", f.edit)
	rt.Submit("feedback.edited", f.edited)
	rt.Action("feedback.delete", f.askDelete)
	rt.Submit("feedback.deleted", f.deleted)
	rt.Card("feedback", f.card)
	rt.Timer(store.EmptiedTimer, f.Store.EmptyCards)
	f.triageRoutes(rt)
}

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
