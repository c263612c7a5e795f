package content

import (
	"context"

	"smarketer/bot"
	"smarketer/store/content"
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
	if a, err = c.Assets.Asset(ctx, id); err != nil {
		return a, nil, stats, noAsset(id, err)
	}

	if versions, err = c.Assets.Versions(ctx, a, historyKept); err != nil {
		return a, nil, stats, err
	}

	stats, err = c.Assets.AssetStats(ctx, id)
	return a, versions, stats, err
}
