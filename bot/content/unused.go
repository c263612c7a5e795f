package content

import (
	"context"
	"time"

	"smarketer/store"
)

const (
	// unusedTimer is due once a day to look for copy and gaps that nobody uses.
	unusedTimer = "content.unused"
	// unusedFor is how long copy goes unused until somebody should ask why.
	unusedFor   = 180 * 24 * time.Hour
	unusedEvery = 24 * time.Hour
)

// Begin sets the timer that looks for unused copy, unless it is set.
func (c *Room) Begin(ctx context.Context) error {
	return c.Assets.KeepUnusedTimer(ctx, unusedTimer, c.Clock.Now().Add(unusedEvery))
}

// findUnused flags copy that nobody uses, and forgets gaps that nobody misses.
func (c *Room) findUnused(ctx context.Context, t store.Timer) error {
	now := c.Clock.Now()
	if err := c.Assets.ForgetGaps(ctx, now.Add(-unusedFor)); err != nil {
		return err
	}

	return c.Assets.FlagUnused(ctx, t, now.Add(-unusedFor), now.Add(unusedEvery))
}
