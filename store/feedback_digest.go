package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// NeglectedTimer is the name of the timer, one a workspace, by which marketing
// is reminded of feedback that nobody has looked at.
const NeglectedTimer = "feedback.neglected"

// Neglected is feedback that is still new after a time.
type Neglected struct {
	Total  int
	Oldest []Feedback // at most as many as asked for, the oldest first
}

// RemindOfFeedback has messages sent about the pieces that came in before a
// time and are still new, if there are any, and sets the timer to wake next.
func (s *Store) RemindOfFeedback(ctx context.Context, t Timer, before, next time.Time, limit int, remind func(Neglected) ([]Item, error)) error {
	list, max := s.keys.feedbackWith(facet("status", string(FeedbackNew))), fmt.Sprintf("(%d", before.UnixMilli())
	total, err := s.rdb.ZCount(ctx, list, "-inf", max).Result()
	if err != nil {
		return wrap("look for new feedback", err)
	}
	c := s.change("")
	c.settle(t)
	c.wake(timerMember(t.Name, t.Ref), next)
	if total > 0 {
		ids, err := s.rdb.ZRangeByScore(ctx, list, &redis.ZRangeBy{Min: "-inf", Max: max, Count: int64(limit)}).Result()
		if err != nil {
			return wrap("look for new feedback", err)
		}
		oldest, err := s.Feedbacks(ctx, ids...)
		if err != nil {
			return err
		}
		items, err := remind(Neglected{int(total), oldest})
		if err != nil {
			return err
		}
		if err := c.sendAll(items); err != nil {
			return err
		}
	}
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil // when stale, somebody else has reminded
}
