package lead

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

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
		if ok, err := room.People.HasRole(ctx, user, bot.Marketing); err != nil {
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
