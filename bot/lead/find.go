package lead

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// find reads the lead that a button is about.
func (room *Room) find(ctx context.Context, id string) (lead.Lead, error) {
	l, err := room.Leads.Lead(ctx, id)
	return l, gone(err)
}

// mineNow reads a lead that only its owner may act on.
func (room *Room) mineNow(ctx context.Context, r *bot.Request, do string) (lead.Lead, error) {
	l, err := room.find(ctx, r.Value)
	if err == nil && l.Owner != r.User {
		err = notYours(l, errs.ErrConflict, do)
	}

	return l, err
}

var errGone = bot.Problemf("This lead is gone: it has been deleted since the card was posted.")

// gone puts into words that a lead isn't there any more.
func gone(err error) error {
	if errors.Is(err, errs.ErrNotFound) {
		return errGone
	}

	return err
}

// notYours puts into words why a person can't do something to a lead that only
// its owner can.
func notYours(l lead.Lead, err error, do string) error {
	if !errors.Is(err, errs.ErrConflict) {
		return gone(err)
	}

	return bot.Problemf("You can only %s a lead that is yours: %s is %s.", do, l.ID, stateWords(l))
}

// manages tells whether a person may decide about a lead that is another's: the
// manager of its route and the admins may.
func (room *Room) manages(ctx context.Context, user string, l lead.Lead) (bool, error) {
	if room.Rules.Named(l.Route).Manager == user {
		return true, nil
	}

	return room.People.HasRole(ctx, user, bot.Admin)
}
