package content

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/hours"
	"smarketer/store/search"
)

// Room finds approved copy and hands it out, and has copy approved and kept
// true.
type Room struct {
	Assets  *contentrepo.Repo
	Search  Searcher
	Counter *Counter
	People  People
	Channel string // ID of the channel where proposals are shown
	// ReviewEvery is how long an approval lasts.
	ReviewEvery func(kind content.Kind) time.Duration
	// DecideWithin is the working time after which who is to decide is
	// reminded.
	DecideWithin time.Duration
	Hours        hours.Hours
	Clock        clockwork.Clock
	Log          *slog.Logger
}

// Searcher finds servable assets.
type Searcher interface {
	Search(q search.Query) search.Results
	Key(q search.Query) string // what a query looks for, however it is put
	Ready() bool               // whether the library has been loaded
}

// People knows who is who; see package directory.
type People interface {
	HasRole(ctx context.Context, user string, role bot.Role) (bool, error)
	People(ctx context.Context, role bot.Role) ([]string, error)
	ByEmail(ctx context.Context, email string) (string, error)
}

// Routes registers what the room does.
func (c *Room) Routes(rt *bot.Router) {
	c.findRoutes(rt)
	c.gapRoutes(rt)
	c.suggestRoutes(rt)
	c.decideRoutes(rt)
	c.reviewRoutes(rt)
	rt.Card("asset", c.card)
	rt.Card("gap", c.gapCard)
}

// findRoutes registers finding copy, using it, and how it is used.
func (c *Room) findRoutes(rt *bot.Router) {
	rt.Command("/content", "<topic>", "Find approved copy for the moment you're in", c.search)
	rt.Action("content.more", c.more)
	rt.Options("content.pick", c.match)
	rt.Action("content.pick", c.picked)
	rt.Action("content.now", c.now)
	rt.Action("content.share", c.share)
	rt.Action("content.whole", c.whole)

	rt.Command("/content stats", "[C-12]", "What copy is used and what works", c.stats)
	rt.Action("content.history", c.history)
}

// gapRoutes registers what becomes of searches that found nothing.
func (c *Room) gapRoutes(rt *bot.Router) {
	rt.Command("/content gaps", "", "What people looked for and didn't find", c.gaps).Only(bot.Marketing).Alone()
	rt.Action("gap.more", c.moreGaps).Only(bot.Marketing)
	rt.Action("gap.ask", c.ask)
	rt.Action("gap.context", c.context)
	rt.Submit("gap.context.form", c.addContext)
	rt.Action("gap.close", c.closing).Only(bot.Marketing)
	rt.Submit("gap.close.form", c.closeGap).Only(bot.Marketing)
	rt.Action("gap.write", c.writeForGap).Only(bot.Marketing)
	rt.Action("gap.decline", c.declining).Only(bot.Marketing)
	rt.Submit("gap.decline.form", c.declineGap).Only(bot.Marketing)
	rt.Timer(content.GapAnsweredTimer, c.Assets.TellAskers)
}

// suggestRoutes registers what people do to get copy approved.
func (c *Room) suggestRoutes(rt *bot.Router) {
	rt.Command("/content new", "[title]", "Suggest copy for approval", c.write)
	rt.Command("/content edit", "C-12", "Suggest a change of a piece", c.editCommand)
	rt.Shortcut("content.suggest", "Suggest as content", c.suggest)
	rt.Action("content.edit", c.edit)
	rt.Action("content.rework", c.rework)
	rt.Submit("content.form", c.propose)
}

// decideRoutes registers what marketing does with proposals.
func (c *Room) decideRoutes(rt *bot.Router) {
	rt.Action("content.approve", c.approve).Only(bot.Marketing)
	rt.Action("content.ask", c.reasonForm).Only(bot.Marketing)
	rt.Action("content.reject", c.reasonForm).Only(bot.Marketing)
	rt.Submit("content.ask", c.askForChanges).Only(bot.Marketing)
	rt.Submit("content.reject", c.reject).Only(bot.Marketing)
	rt.Action("content.takeover", c.takeOver).Only(bot.Marketing)
	rt.Action("content.proposal", c.showProposal)
	rt.Timer(content.DecideTimer, c.remindDecider)
}

// reviewRoutes registers what keeps copy true: reviews, flags, retiring, recall.
func (c *Room) reviewRoutes(rt *bot.Router) {
	rt.Command("/content review", "", "Copy that marketing should look at", c.reviews).Only(bot.Marketing).Alone()
	rt.Command("/content retire", "C-12", "Take a piece out of use", c.retireCommand).Only(bot.Marketing)
	rt.Action("content.reviews", c.reviews).Only(bot.Marketing)
	rt.Action("content.keep", c.confirm).Only(bot.Marketing)
	rt.Action("content.retire", c.retireForm).Only(bot.Marketing)
	rt.Submit("content.retire", c.retire).Only(bot.Marketing)
	rt.Action("content.flag", c.flagForm)
	rt.Submit("content.flag", c.flag)
	rt.Timer(content.ReviewTimer, c.reviewDue)
	rt.Timer(content.RecallTimer, c.recall)
	rt.Timer(unusedTimer, c.findUnused)
}
