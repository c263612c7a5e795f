package leadrepo

import (
	"context"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/lead"
)

// Stats counts what happened to leads in the last days, today among them, by
// group: those with the most leads announced first. days is from 1 to
// [lead.MaxStatsDays].
func (r *Repo) Stats(ctx context.Context, days int, by lead.Grouping) ([]lead.Count, error) {
	pipe := r.store.Redis().Pipeline()
	reads := make([]*redis.MapStringStringCmd, days)
	for i := range reads {
		reads[i] = pipe.HGetAll(ctx, r.keys.stats(by, r.store.Now().AddDate(0, 0, -i)))
	}

	if _, err := pipe.Exec(ctx); err != nil {
		return nil, store.Wrap("read the numbers of leads", err)
	}

	sums := map[string]map[string]int64{} // by group, then by what is counted
	for _, read := range reads {
		for field, text := range read.Val() {
			group, what, _ := strings.Cut(field, lead.StatsSplit)
			n, _ := strconv.ParseInt(text, 10, 64)
			if sums[group] == nil {
				sums[group] = map[string]int64{}
			}

			sums[group][what] += n
		}
	}

	return lead.CountsOf(sums), nil
}
