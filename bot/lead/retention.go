package lead

import (
	"context"

	"smarketer/bot"
	"smarketer/store"
)

// retentionRoutes registers how old leads go.
func (l *Room) retentionRoutes(rt *bot.Router) { rt.Timer(store.RetentionTimer, l.forgetOld) }

// forgottenAtOnce is how many old leads are removed a minute. Each has cards
// that say so, and those of new leads should not have to wait for them.
const forgottenAtOnce = 20

// Begin sets the timer by which old leads are removed, where there is a limit.
func (l *Room) Begin(ctx context.Context) error {
	if l.Retention <= 0 {
		return nil
	}
	return l.Store.KeepsRetention(ctx)
}

// forgetOld removes some of the leads that are too old to be kept.
func (l *Room) forgetOld(ctx context.Context, t store.Timer) error {
	if l.Retention <= 0 { // there was a limit before
		return l.Store.DropTimer(ctx, t)
	}
	return l.Store.ForgetOldLeads(ctx, t, l.Retention, forgottenAtOnce)
}
