package lead

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/store/errs"
)

// contacted notes that the owner has reached out.
func (room *Room) contacted(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.Leads.Contact(ctx, r.Op, r.Value, r.User, room.policy())
	if errors.Is(err, errs.ErrConflict) && l.Owner == r.User {
		return bot.Say("%s has been contacted already.", l.ID), nil
	}

	return nil, notYours(l, err, "contact")
}

// accept notes that the owner finds the lead worth pursuing.
func (room *Room) accept(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.Leads.Accept(ctx, r.Op, r.Value, r.User, room.policy())
	if errors.Is(err, errs.ErrConflict) && l.Owner == r.User {
		return bot.Say("You have accepted %s already.", l.ID), nil
	}

	return nil, notYours(l, err, "accept")
}
