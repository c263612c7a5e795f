package lead

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
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
	HasRole(ctx context.Context, user string, role store.Role) (bool, error)
	People(ctx context.Context, role store.Role) ([]string, error)      // who has a role
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
	room.addRoutes(rt)
	room.heldRoutes(rt)
	room.awayRoutes(rt)
	room.statsRoutes(rt)
	room.retentionRoutes(rt)
	rt.Card("lead", room.card)
}

var leadID = regexp.MustCompile(`^(?i)l-\d{1,9}$`)

// look shows one lead. One that is held back is marketing's to look at.
func (room *Room) look(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := strings.TrimSpace(blocks.Clean(r.Text))
	if text == "" {
		return room.mine(ctx, r)
	}
	if !leadID.MatchString(text) {
		return nil, bot.Problemf("I don't know `/lead %s`. Try `/lead mine`, `/lead open` or a lead such as `/lead L-31`.", blocks.Escape(blocks.Cut(text, 60)))
	}
	l, err := room.Leads.Lead(ctx, strings.ToUpper(text))
	if errors.Is(err, errs.ErrNotFound) {
		return nil, bot.Problemf("There is no lead %s. `/lead open` lists the ones nobody has yet.", strings.ToUpper(text))
	}
	if err != nil {
		return nil, err
	}
	return room.show(ctx, l, r.User)
}

// lookAt shows the lead of a list that somebody chose.
func (room *Room) lookAt(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	return room.show(ctx, l, r.User)
}

func (room *Room) show(ctx context.Context, l lead.Lead, user string) (*bot.Reply, error) {
	if l.Status == lead.Held {
		if ok, err := room.People.HasRole(ctx, user, store.Marketing); err != nil {
			return nil, err
		} else if !ok {
			return nil, bot.Problemf("%s doesn't qualify yet, so only marketing sees it.", l.ID)
		}
	}
	fit, err := room.fitting(ctx, l)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Message: lookView(l, fit, user, room.Clock.Now())}, nil
}

func (room *Room) mine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := room.Leads.Of(ctx, r.User, after, listed)
		return mineView(leads, after, all), err
	})
}

func (room *Room) open(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := room.Leads.With(ctx, lead.Open, after, listed)
		return openView(leads, after, all), err
	})
}

// page shows a list, or, in the place of the page before it, what comes after
// so many.
func page(r *bot.Request, view func(after int) (*bot.Message, error)) (*bot.Reply, error) {
	after := 0
	if r.Value != "" {
		var err error
		if after, err = strconv.Atoi(r.Value); err != nil || after < 0 {
			return nil, bot.Problemf("I've lost track of that list. Please ask for it again.")
		}
	}
	m, err := view(after)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Message: m, Replace: after > 0}, nil
}
