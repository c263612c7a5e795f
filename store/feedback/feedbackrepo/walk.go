package feedbackrepo

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/feedback"
)

// walkBatch is how many pieces [Repo.All] reads at once.
const walkBatch = 500

// All goes through the pieces that came in at a time or later, oldest first,
// reading some at a time. It ends after the first error. What comes in
// meanwhile may be among them or not.
func (r *Repo) All(ctx context.Context, since time.Time) iter.Seq2[feedback.Piece, error] {
	return func(yield func(feedback.Piece, error) bool) {
		from, seen := since.UnixMilli(), map[string]bool{} // seen are those of the moment from
		for {
			fresh, more, err := r.walk(ctx, from, seen)
			if err != nil {
				yield(feedback.Piece{}, err)
				return
			}

			pieces, err := r.Pieces(ctx, members(fresh)...)
			if err != nil {
				yield(feedback.Piece{}, err)
				return
			}

			for _, p := range pieces {
				if !yield(p, nil) {
					return
				}
			}

			if !more {
				return
			}

			if last := int64(fresh[len(fresh)-1].Score); last != from {
				from = last
				clear(seen)
			}

			for _, z := range fresh {
				if int64(z.Score) == from {
					seen[fmt.Sprint(z.Member)] = true
				}
			}
		}
	}
}

// walk reads the next places of the index of all pieces, from a time (ms) on,
// without those seen. more says that there may be further ones.
func (r *Repo) walk(ctx context.Context, from int64, seen map[string]bool) (fresh []redis.Z, more bool, err error) {
	batch, err := r.store.Redis().ZRangeByScoreWithScores(ctx, r.keys.all(), &redis.ZRangeBy{
		Min: fmt.Sprint(from), Max: "+inf", Count: int64(walkBatch + len(seen)),
	}).Result()
	if err != nil {
		return nil, false, store.Wrap("list feedback", err)
	}

	more = len(batch) == walkBatch+len(seen)
	fresh = slices.DeleteFunc(batch, func(z redis.Z) bool { return seen[fmt.Sprint(z.Member)] })
	return fresh, more, nil
}
