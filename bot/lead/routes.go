package lead

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/turns/turnrepo"
)

// Room brings qualified leads to sales.
type Room struct {
	Leads    *leadrepo.Repo
	Turns    *turnrepo.Repo    // who is away
	Rules    *lead.Rules       // which leads qualify, and the routes they go
	Channels map[string]string // channels as the rules name them → their IDs
	Returns  []ReturnReason    // why sales may give leads back
	Search   Searcher          // finds copy that fits; nil for none
	Assets   Assets            // that copy
	People   People
	// Retention is how long leads are kept that nobody works on; 0 for ever.
	Retention time.Duration
	Clock     clockwork.Clock
	Log       *slog.Logger
}

// People is what the room asks the directory of Slack.
type People interface {
	HasRole(ctx context.Context, user string, role bot.Role) (bool, error)
	People(ctx context.Context, role bot.Role) ([]string, error)        // who has a role
	ByEmail(ctx context.Context, email string) (user string, err error) // "" for nobody
}

// Assets is approved copy.
type Assets interface {
	// Servable lists those of some assets that may be served now.
	Servable(ctx context.Context, ids ...string) ([]content.Served, error)
}

// Routes registers what the room does.
func (room *Room) Routes(rt *bot.Router) {
	rt.Command("/lead", "mine | open | L-31", "See your leads and the ones nobody has yet", room.look)
	rt.Command("/lead mine", "", "Leads you have", room.mine)
	rt.Command("/lead open", "", "Leads that nobody has yet", room.open)
	rt.Action("lead.mine", room.mine)
	rt.Action("lead.open", room.open)
	rt.Action("lead.look", room.lookAt)

	room.workRoutes(rt)
	room.returnRoutes(rt)

	rt.Command("/lead add", "<who>", "Add a lead that you met", room.askAdd)
	rt.Shortcut("lead.make", "Make it a lead", room.askMake)
	rt.Submit("lead.add", room.add)

	rt.Command("/lead held", "", "Leads that don't qualify, and why", room.held).Only(bot.Marketing)
	rt.Action("lead.held", room.held).Only(bot.Marketing)
	rt.Action("lead.promote", room.askPromote).Only(bot.Marketing)
	rt.Submit("lead.promote", room.promote).Only(bot.Marketing)

	rt.Command("/lead away", "until Monday", "Get no leads in turn for a while; alone, see who is away", room.away).Only(bot.Sales)
	rt.Command("/lead back", "", "Get leads in turn again", room.back).Only(bot.Sales)

	// Anyone sees the same numbers: sales, marketing and everybody else.
	rt.Command("/lead stats", "[30d] [by source|route|owner]", "What becomes of leads, and how fast", room.stats)

	rt.Timer(lead.RetentionTimer, room.forgetOld)
	rt.Card("lead", room.card)
}

// workRoutes registers what people do with leads.
func (room *Room) workRoutes(rt *bot.Router) {
	rt.Action("lead.claim", room.claim).Only(bot.Sales)
	rt.Action("lead.release", room.release)
	rt.Action("lead.contacted", room.contacted)
	rt.Action("lead.accept", room.accept)
	rt.Action("lead.snooze", room.askSnooze)
	rt.Submit("lead.snooze", room.snooze)
	rt.Action("lead.reassign", room.askReassign)
	rt.Submit("lead.reassign", room.reassign)
	rt.Action("lead.convert", room.askConvert)
	rt.Submit("lead.convert", room.convert)
	rt.Action("lead.history", room.history)
	rt.Action("lead.crm", func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }) // the browser is there already
	rt.Timer(lead.SLATimer, room.waits)
}

// returnRoutes registers how leads go back to marketing, and on from there.
func (room *Room) returnRoutes(rt *bot.Router) {
	rt.Command("/lead returns", "", "Leads that sales returned, and why", room.returns).Only(bot.Marketing)
	rt.Action("lead.return", room.askReturn)
	rt.Submit("lead.return", room.giveReturn)
	rt.Action("lead.returns", room.moreReturns).Only(bot.Marketing)
	rt.Action("lead.rules", room.rules).Only(bot.Marketing)
	rt.Action("lead.send", room.askSend).Only(bot.Marketing)
	rt.Submit("lead.send", room.send).Only(bot.Marketing)
	rt.Timer(lead.FollowUpTimer, room.followUp)
	rt.Timer(lead.ReturnsTimer, room.tellReturns)
}
