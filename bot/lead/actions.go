package lead

import (
	"context"
	"errors"
	"fmt"
	"time"

	"smarketer/bot"
	"smarketer/store"
)

// claim makes the person the owner of an open lead. Who comes second learns
// who was first.
func (l *Room) claim(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	line, err := inThread(r.Value, fmt.Sprintf("<@%s> claimed this lead.", r.User))
	if err != nil {
		return nil, err
	}
	lead, err := l.Store.ClaimLead(ctx, r.Op, r.Value, r.User, line)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, errGone
	case errors.Is(err, store.ErrConflict):
		return &bot.Reply{Message: takenView(lead, r.User)}, nil
	case err != nil:
		return nil, err
	}
	return &bot.Reply{Message: ownerView(lead, l.Clock.Now())}, nil
}

var errGone = bot.Problemf("This lead is gone: it has been deleted since the card was posted.")

// release gives a lead back, so that somebody else can claim it.
func (l *Room) release(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	line, err := inThread(r.Value, fmt.Sprintf("<@%s> gave this lead back. It is open again.", r.User))
	if err != nil {
		return nil, err
	}
	lead, err := l.Store.ReleaseLead(ctx, r.Op, r.Value, r.User, l.claimBy(), line)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, errGone
	case errors.Is(err, store.ErrConflict):
		return nil, bot.Problemf("You can only give back a lead that is yours: %s is %s.", lead.ID, stateWords(lead))
	case err != nil:
		return nil, err
	}
	return bot.Say("%s is open again.", lead.ID), nil
}

// claimBy is when a lead that is open from now on should have been claimed;
// zero for no limit.
func (l *Room) claimBy() time.Time {
	if l.SLA.Claim <= 0 {
		return time.Time{}
	}
	return l.Hours.Add(l.Clock.Now(), l.SLA.Claim)
}

// remind tells the channel once that nobody has claimed a lead in time.
func (l *Room) remind(ctx context.Context, t store.Timer) error {
	return l.Store.RemindOfLead(ctx, t, func(lead store.Lead) ([]store.Item, error) {
		line, err := inThread(lead.ID, "Nobody has claimed this lead yet, and its time to be claimed is up.")
		line.Channel = lead.Channel
		return []store.Item{line}, err
	})
}

// inThread is a line for the thread of a lead's card.
func inThread(id, text string) (store.Item, error) {
	body, err := bot.Message{Text: text}.Encode()
	return store.Item{Under: store.LeadRef(id), Message: body}, err
}
