package content

import (
	"context"

	"smarketer/store"
)

// recallBatch is how many people one commit tells.
const recallBatch = 50

// recall tells who used a version that it is no longer approved.
func (c *Room) recall(ctx context.Context, t store.Timer) error {
	return c.Assets.Recall(ctx, t, recallBatch)
}
