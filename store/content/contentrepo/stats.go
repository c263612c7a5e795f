package contentrepo

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
)

// AssetStats reads the counts of an asset. An asset that doesn't exist has none.
func (r *Repo) AssetStats(ctx context.Context, id string) (content.AssetStats, error) {
	fields, err := r.store.Redis().HGetAll(ctx, r.keys.counts(id)).Result()
	if err != nil {
		return content.AssetStats{}, store.Wrap("read the counts of an asset", err)
	}

	return content.StatsOf(fields), nil
}

// LibraryStats reads the counts of the library, with the top assets of each
// sort.
func (r *Repo) LibraryStats(ctx context.Context, top int) (content.LibraryStats, error) {
	var all *redis.MapStringStringCmd
	ranks := map[string]*redis.ZSliceCmd{}
	err := r.pipe(ctx, "read the counts of the library", func(p redis.Pipeliner) {
		all = p.HGetAll(ctx, r.keys.libraryCounts())
		for _, what := range []string{content.Pulls, content.Shares, string(content.Works), string(content.Fails)} {
			ranks[what] = p.ZRevRangeWithScores(ctx, r.keys.most(what), 0, int64(top)-1)
		}
	})
	if err != nil {
		return content.LibraryStats{}, err
	}

	stats := content.LibraryStatsOf(all.Val())
	for what, list := range ranks {
		for _, z := range list.Val() {
			if z.Score > 0 {
				stats.Most[what] = append(stats.Most[what], content.Ranked{Asset: fmt.Sprint(z.Member), N: int(z.Score)})
			}
		}
	}

	return stats, nil
}
