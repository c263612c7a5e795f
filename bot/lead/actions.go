package lead

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// claim makes the person the owner of an open lead. Who comes second learns
// who was first.
func (room *Room) claim(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.Leads.Claim(ctx, r.Op, r.Value, r.User, room.policy())
	if errors.Is(err, errs.ErrConflict) {
		return &bot.Reply{Message: takenView(l, r.User)}, nil
	}
	if err := gone(err); err != nil {
		return nil, err
	}
	return bot.Say("%s is yours. Its story is in your messages with me.", l.ID), nil
}

// release gives a lead back, so that somebody else can claim it.
func (room *Room) release(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.Leads.Release(ctx, r.Op, r.Value, r.User, room.policy())
	if err := notYours(l, err, "give back"); err != nil {
		return nil, err
	}
	return bot.Say("%s is open again.", l.ID), nil
}

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
	return room.People.HasRole(ctx, user, store.Admin)
}

// person is how a line names who did something.
func person(by string) string {
	switch by {
	case "":
		return "Smarketer"
	case lead.ByCRM:
		return "The CRM"
	default:
		return blocks.Mention(by)
	}
}
