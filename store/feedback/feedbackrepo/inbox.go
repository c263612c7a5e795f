package feedbackrepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

const (
	// inboxBatch is how many pieces of the shortest index are looked up in the
	// others at once, and inboxReach how many in all: two long indexes that
	// hold nearly nothing in common must not hold up a command.
	inboxBatch = 250
	inboxReach = 5000
)

// Find reads the newest pieces that fit a filter, newest first, at most limit
// of them. It walks down the shortest of the indexes that the filter names and
// looks its pieces up in the others. next, when not "", is where to go on from:
// it may come with fewer than limit pieces, or none, where many had to be
// passed over. The error is an errs.Invalid when from was never such a place.
func (r *Repo) Find(ctx context.Context, fits feedback.Filter, from string, limit int) (found []feedback.Piece, next string, err error) {
	var lists []string
	for _, facet := range fits.Facets() {
		lists = append(lists, r.keys.with(facet))
	}

	if err := r.shortestFirst(ctx, lists); err != nil {
		return nil, "", err
	}

	rank, err := r.rankAfter(ctx, lists[0], from)
	if err != nil {
		return nil, "", err
	}

	var ids []string
	for looked := 0; len(ids) < limit; looked += inboxBatch {
		batch, err := r.store.Redis().ZRevRangeWithScores(ctx, lists[0], rank, rank+inboxBatch-1).Result()
		if err != nil {
			return nil, "", store.Wrap("look into the inbox", err)
		}

		fit, err := r.inAll(ctx, lists[1:], batch)
		if err != nil {
			return nil, "", err
		}

		if room := limit - len(ids); len(fit) > room {
			ids, next = append(ids, members(fit[:room])...), place(fit[room-1])
			break
		}

		ids, next = append(ids, members(fit)...), ""
		if len(batch) < inboxBatch {
			break
		}

		next, rank = place(batch[len(batch)-1]), rank+inboxBatch
		if looked+inboxBatch >= inboxReach {
			break
		}
	}

	found, err = r.Pieces(ctx, ids...)
	return found, next, err
}

// shortestFirst sorts indexes by their length.
func (r *Repo) shortestFirst(ctx context.Context, lists []string) error {
	pipe := r.store.Redis().Pipeline()
	lengths := map[string]*redis.IntCmd{}
	for _, l := range lists {
		lengths[l] = pipe.ZCard(ctx, l)
	}

	if _, err := pipe.Exec(ctx); err != nil {
		return store.Wrap("look into the inbox", err)
	}

	slices.SortFunc(lists, func(a, b string) int {
		return cmp.Or(cmp.Compare(lengths[a].Val(), lengths[b].Val()), cmp.Compare(a, b))
	})

	return nil
}

// place names a piece's place in an index, to go on after.
func place(z redis.Z) string { return fmt.Sprintf("%.0f %v", z.Score, z.Member) }

// rankAfter is the rank, from the newest, of what comes after a place; "" is
// before everything. When the piece has left the index, it is where its time
// would be.
func (r *Repo) rankAfter(ctx context.Context, list, from string) (int64, error) {
	if from == "" {
		return 0, nil
	}

	score, id, _ := strings.Cut(from, " ")
	if _, err := strconv.ParseInt(score, 10, 64); err != nil {
		return 0, &errs.Invalid{Field: "from", Message: "is no place in the inbox"}
	}

	rank, err := r.store.Redis().ZRevRank(ctx, list, id).Result()
	if errors.Is(err, redis.Nil) {
		rank, err = r.store.Redis().ZCount(ctx, list, "("+score, "+inf").Result()
		return rank, store.Wrap("look into the inbox", err)
	}

	return rank + 1, store.Wrap("look into the inbox", err)
}

// inAll keeps what is in all the lists.
func (r *Repo) inAll(ctx context.Context, lists []string, some []redis.Z) ([]redis.Z, error) {
	if len(lists) == 0 || len(some) == 0 {
		return some, nil
	}

	ids := members(some)
	pipe := r.store.Redis().Pipeline()
	scores := make([]*redis.FloatSliceCmd, len(lists))
	for i, l := range lists {
		scores[i] = pipe.ZMScore(ctx, l, ids...)
	}

	if _, err := pipe.Exec(ctx); err != nil {
		return nil, store.Wrap("look into the inbox", err)
	}

	var kept []redis.Z
	for i, z := range some {
		if !slices.ContainsFunc(scores, func(c *redis.FloatSliceCmd) bool { return c.Val()[i] == 0 }) {
			kept = append(kept, z)
		}
	}

	return kept, nil
}

// members are the IDs that a part of an index holds.
func members(some []redis.Z) []string {
	ids := make([]string, len(some))
	for i, z := range some {
		ids[i] = fmt.Sprint(z.Member)
	}

	return ids
}

// Count counts the pieces that have a status, the joined ones left out.
func (r *Repo) Count(ctx context.Context, status feedback.Status) (int, error) {
	n, err := r.store.Redis().ZCard(ctx, r.keys.with(feedback.StatusFacet(status))).Result()
	return int(n), store.Wrap("count feedback", err)
}
