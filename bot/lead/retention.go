package lead

import (
	"context"

	"smarketer/store"
)

// forgottenAtOnce is how many old leads are removed a minute. Each has cards
// that say so, and those of new leads should not have to wait for them.
const forgottenAtOnce = 20

// Begin sets the timer by which old leads are removed, where there is a limit.
func (room *Room) Begin(ctx context.Context) error {
	if room.Retention <= 0 {
		return nil
	}

	return room.Leads.KeepRetention(ctx)
}

// forgetOld removes some of the leads that are too old to be kept.
func (room *Room) forgetOld(ctx context.Context, t store.Timer) error {
	if room.Retention <= 0 { // there was a limit before
		return room.Leads.EndRetention(ctx, t)
	}

	return room.Leads.ForgetOld(ctx, t, room.Retention, forgottenAtOnce)
}
