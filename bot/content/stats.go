package content

import (
	"context"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

const (
	// topPieces is how many pieces the library's numbers name in each list.
	topPieces = 5
	// statRows is how many rows a table has at most.
	statRows = 10
)

// stats shows the numbers of one piece, or of the library.
func (c *Room) stats(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := strings.TrimSpace(blocks.Clean(r.Text))
	if text == "" {
		return c.libraryStats(ctx)
	}

	id, ok := content.AssetID(text)
	if !ok {
		return nil, bot.Problemf("Tell me which piece: `/content stats C-12`, or `/content stats` for the whole library.")
	}

	a, versions, stats, err := c.record(ctx, id)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: pieceStatsView(a, versions, stats)}, nil
}

func (c *Room) libraryStats(ctx context.Context) (*bot.Reply, error) {
	stats, err := c.Assets.LibraryStats(ctx, topPieces)
	if err != nil {
		return nil, err
	}

	var ids []string
	for _, list := range stats.Most {
		for _, ranked := range list {
			ids = append(ids, ranked.Asset)
		}
	}

	served, err := c.Assets.Servable(ctx, ids...)
	if err != nil {
		return nil, err
	}

	names := map[string]string{}
	for _, a := range served {
		names[a.ID] = a.Version.Title
	}

	return &bot.Reply{Message: libraryStatsView(stats, names)}, nil
}
