package content

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// historyKept is how many versions a history shows.
const historyKept = 20

// history shows the versions of a piece: who approved each when, how often it
// was used, and what reps said of it.
func (c *Room) history(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, versions, stats, err := c.record(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: historyView(a, versions, stats)}, nil
}

// record reads all that is known of an asset.
func (c *Room) record(ctx context.Context, id string) (a content.Asset, versions []content.Version, stats content.AssetStats, err error) {
	a, err = c.Assets.Asset(ctx, id)
	if errors.Is(err, errs.ErrNotFound) {
		err = bot.Problemf("There is no %s. Search by topic instead: `/content pricing`.", id)
	}
	if err == nil {
		versions, err = c.Assets.Versions(ctx, a, historyKept)
	}
	if err == nil {
		stats, err = c.Assets.AssetStats(ctx, id)
	}
	return a, versions, stats, err
}
