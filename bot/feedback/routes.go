package feedback

import (
	"context"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/prompts"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback"
	"smarketer/store/feedback/feedbackrepo"
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
	Store    *store.Store // for timers, and where cards are
	Feedback *feedbackrepo.Repo
	Assets   *contentrepo.Repo
	Search   Searcher
	Model    Model // nil for none
	Themes   Themes
	Words    *search.Reader
	HasRole  func(ctx context.Context, user string, role bot.Role) (bool, error)

	// WithNames writes names in place of the IDs in a captured message; it may
	// be nil.
	WithNames func(ctx context.Context, text string) string

	Channel   string // ID of the channel where feedback is shown
	Workspace string // its address: "https://acme.slack.com/"
	Hours     hours.Hours
	Clock     clockwork.Clock
}

// Routes registers what the room does: what reps give, what marketing does with
// it, and what comes back to the reps.
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

	rt.Action("feedback.triage", f.triage).Only(bot.Marketing)
	rt.Submit("feedback.triaged", f.triaged).Only(bot.Marketing)
	rt.Action("feedback.answer", f.answer)
	rt.Submit("feedback.answered", f.answered)
	rt.Action("feedback.join", f.join).Only(bot.Marketing)
	rt.Action("feedback.joinwith", f.joinWith).Only(bot.Marketing)
	rt.Submit("feedback.joined", f.joined).Only(bot.Marketing)
	rt.Action("feedback.split", f.split).Only(bot.Marketing)
	rt.Action("feedback.voices", f.members)

	rt.Command("/feedback inbox", "status:new verdict:fails C-12", "What marketing has to look at", f.inbox).Only(bot.Marketing)
	rt.Action("feedback.inbox", f.inboxFrom).Only(bot.Marketing)
	rt.Command("/feedback mine", "", "What you told marketing, and what came of it", f.mine)
	rt.Action("feedback.mine", f.mineFrom)
	rt.Command("/feedback themes", "30d", "What fails and what works, and what comes up again and again", f.themes)
	rt.Action("feedback.theme", f.theme)

	rt.Card("feedback", f.card)
	rt.Timer(feedback.RefreshTimer, f.Feedback.RefreshCards)
	rt.Timer(feedback.CatchUpTimer, f.Feedback.CatchUp)
	rt.Timer(feedback.ReminderTimer, f.remind)
}
