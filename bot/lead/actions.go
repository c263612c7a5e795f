package lead

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// claim makes the person the owner of an open lead. Who comes second learns
// who was first.
func (l *Room) claim(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.Store.ClaimLead(ctx, r.Op, r.Value, r.User, l.desk())
	if errors.Is(err, store.ErrConflict) {
		return &bot.Reply{Message: takenView(lead, r.User)}, nil
	}
	if err := gone(err); err != nil {
		return nil, err
	}
	return bot.Say("%s is yours. Its story is in your messages with me.", lead.ID), nil
}

// release gives a lead back, so that somebody else can claim it.
func (l *Room) release(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.Store.ReleaseLead(ctx, r.Op, r.Value, r.User, l.desk())
	if err := notYours(lead, err, "give back"); err != nil {
		return nil, err
	}
	return bot.Say("%s is open again.", lead.ID), nil
}

// contacted notes that the owner has reached out.
func (l *Room) contacted(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.Store.ContactLead(ctx, r.Op, r.Value, r.User, l.desk())
	if errors.Is(err, store.ErrConflict) && lead.Owner == r.User {
		return bot.Say("%s has been contacted already.", lead.ID), nil
	}
	return nil, notYours(lead, err, "contact")
}

// accept notes that the owner finds the lead worth pursuing.
func (l *Room) accept(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.Store.AcceptLead(ctx, r.Op, r.Value, r.User, l.desk())
	if errors.Is(err, store.ErrConflict) && lead.Owner == r.User {
		return bot.Say("You have accepted %s already.", lead.ID), nil
	}
	return nil, notYours(lead, err, "accept")
}

var errGone = bot.Problemf("This lead is gone: it has been deleted since the card was posted.")

// gone puts into words that a lead isn't there any more.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errGone
	}
	return err
}

// notYours puts into words why a person can't do something to a lead that only
// its owner can.
func notYours(lead store.Lead, err error, do string) error {
	if !errors.Is(err, store.ErrConflict) {
		return gone(err)
	}
	return bot.Problemf("You can only %s a lead that is yours: %s is %s.", do, lead.ID, stateWords(lead))
}

// manages tells whether a person may decide about a lead that is another's: the
// manager of its route and the admins may.
func (l *Room) manages(ctx context.Context, user string, lead store.Lead) (bool, error) {
	if l.Rules.Named(lead.Route).Manager == user {
		return true, nil
	}
	return l.HasRole(ctx, user, store.Admin)
}

// person is how a line names who did something.
func person(by string) string {
	switch by {
	case "":
		return "Smarketer"
	case store.ByCRM:
		return "The CRM"
	default:
		return blocks.Mention(by)
	}
}
