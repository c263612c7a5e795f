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
)

// Room brings qualified leads to sales.
type Room struct {
	Store    *store.Store
	Rules    *Rules
	Search   Searcher          // finds copy that fits; nil for none
	Returns  []ReturnReason    // why sales may give leads back
	Channels map[string]string // channels as configured → their IDs
	HasRole  func(ctx context.Context, user string, role store.Role) (bool, error)
	People   func(ctx context.Context, role store.Role) ([]string, error)     // who has a role
	ByEmail  func(ctx context.Context, email string) (user string, err error) // "" for nobody
	// Retention is how long leads are kept that nobody works on; 0 for ever.
	Retention time.Duration
	Clock     clockwork.Clock
	Log       *slog.Logger
}

// Routes registers what the room does.
func (l *Room) Routes(rt *bot.Router) {
	rt.Command("/lead", "mine | open | L-31", "See your leads and the ones nobody has yet", l.look)
	rt.Command("/lead mine", "", "Leads you have", l.mine)
	rt.Command("/lead open", "", "Leads that nobody has yet", l.open)
	rt.Action("lead.mine", l.mine)
	rt.Action("lead.open", l.open)
	rt.Action("lead.look", l.lookAt)
	l.workRoutes(rt)
	l.returnRoutes(rt)
	l.addRoutes(rt)
	l.heldRoutes(rt)
	l.awayRoutes(rt)
	l.statsRoutes(rt)
	l.retentionRoutes(rt)
	rt.Card("lead", l.card)
}

var leadID = regexp.MustCompile(`^(?i)l-\d{1,9}$`)

// look shows one lead. One that is held back is marketing's to look at.
func (l *Room) look(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := strings.TrimSpace(blocks.Clean(r.Text))
	if text == "" {
		return l.mine(ctx, r)
	}
	if !leadID.MatchString(text) {
		return nil, bot.Problemf("I don't know `/lead %s`. Try `/lead mine`, `/lead open` or a lead such as `/lead L-31`.", blocks.Escape(blocks.Cut(text, 60)))
	}
	lead, err := l.Store.Lead(ctx, strings.ToUpper(text))
	if errors.Is(err, store.ErrNotFound) {
		return nil, bot.Problemf("There is no lead %s. `/lead open` lists the ones nobody has yet.", strings.ToUpper(text))
	}
	if err != nil {
		return nil, err
	}
	return l.show(ctx, lead, r.User)
}

// lookAt shows the lead of a list that somebody chose.
func (l *Room) lookAt(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	return l.show(ctx, lead, r.User)
}

func (l *Room) show(ctx context.Context, lead store.Lead, user string) (*bot.Reply, error) {
	if lead.Status == store.LeadHeld {
		if ok, err := l.HasRole(ctx, user, store.Marketing); err != nil {
			return nil, err
		} else if !ok {
			return nil, bot.Problemf("%s doesn't qualify yet, so only marketing sees it.", lead.ID)
		}
	}
	fit, err := l.fitting(ctx, lead)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Message: lookView(lead, fit, user, l.Clock.Now())}, nil
}

func (l *Room) mine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := l.Store.LeadsOf(ctx, r.User, after, listed)
		return mineView(leads, after, all), err
	})
}

func (l *Room) open(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := l.Store.LeadsWith(ctx, store.LeadOpen, after, listed)
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
