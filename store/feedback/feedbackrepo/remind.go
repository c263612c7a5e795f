package feedbackrepo

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/feedback"
)

// Overdue is feedback that came in before a time and is still new.
type Overdue struct {
	Total  int
	Oldest []feedback.Piece // at most as many as asked for, the oldest first
}

// Overdue counts the pieces that came in before a time and are still new, and
// reads the oldest of them.
func (r *Repo) Overdue(ctx context.Context, before time.Time, limit int) (Overdue, error) {
	key, max := r.keys.with(feedback.StatusFacet(feedback.New)), fmt.Sprintf("(%d", before.UnixMilli())
	pipe := r.store.Redis().Pipeline()
	total := pipe.ZCount(ctx, key, "-inf", max)
	ids := pipe.ZRangeByScore(ctx, key, &redis.ZRangeBy{Min: "-inf", Max: max, Count: int64(limit)})
	if _, err := pipe.Exec(ctx); err != nil {
		return Overdue{}, store.Wrap("look for new feedback", err)
	}

	oldest, err := r.Pieces(ctx, ids.Val()...)
	return Overdue{int(total.Val()), oldest}, err
}

// Remind sends a reminder, if there is anything to remind of, and sets the
// timer that it finishes anew.
func (r *Repo) Remind(ctx context.Context, t store.Timer, next time.Time, reminder ...store.Item) error {
	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		tx.SetTimer(t.Name, t.Ref, next)
		tx.Send(reminder...)
		return nil
	})
}
