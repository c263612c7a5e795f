package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// seldom is up to how many searches for a gap may have been typing
	// mistakes and whims.
	seldom = 2
	// forgetBatch is how many gaps are looked up together.
	forgetBatch = 100
)

// ForgetGaps removes open gaps that nobody asked marketing to fill, and that
// were searched for twice at the most and not since a time. When it is broken
// off it may be called again.
func (s *Store) ForgetGaps(ctx context.Context, since time.Time) error {
	for searches := 1; searches <= seldom; {
		from := Gap{Searches: searches}.rank()
		to := Gap{Searches: searches, Last: since}.rank()
		ids, err := s.rdb.ZRangeByScore(ctx, s.keys.gapRank(), &redis.ZRangeBy{
			Min: strconv.FormatInt(from, 10), Max: "(" + strconv.FormatInt(to, 10), Count: forgetBatch,
		}).Result()
		if err != nil {
			return wrap("list old gaps", err)
		}
		for _, id := range ids {
			if err := s.forgetGap(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < forgetBatch {
			searches++
		}
	}
	return nil
}

func (s *Store) forgetGap(ctx context.Context, id string) error {
	g, err := s.Gap(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c := s.change("")
	record := s.keys.record(g.Ref())
	c.expect(record, "rev", strconv.FormatInt(g.Rev, 10))
	for _, key := range []string{record, s.keys.gapPeople(id), s.keys.gapAskers(id)} {
		c.do("DEL", key)
	}
	c.do("HDEL", s.keys.gaps(), g.Key)
	c.do("ZREM", s.keys.gapRank(), id)
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) { // somebody searches for it just now
		return err
	}
	return nil
}
