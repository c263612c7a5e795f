package store

import (
	"context"
	"strconv"
	"time"
)

// SetAway keeps leads from being given to a person in turn until a time.
func (s *Store) SetAway(ctx context.Context, op, user string, until time.Time) error {
	c := s.change(op)
	c.do("HSET", s.keys.away(), user, until.UnixMilli())
	_, err := c.commitAs(ctx, "")
	return err
}

// SetBack ends that at once.
func (s *Store) SetBack(ctx context.Context, op, user string) error {
	c := s.change(op)
	c.do("HDEL", s.keys.away(), user)
	_, err := c.commitAs(ctx, "")
	return err
}

// Away tells who is away, and until when.
func (s *Store) Away(ctx context.Context) (map[string]time.Time, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.away()).Result()
	if err != nil {
		return nil, wrap("see who is away", err)
	}
	away := map[string]time.Time{}
	for user, until := range all {
		if awayAt(until, s.now()) {
			away[user] = parseMillis(until)
		}
	}
	return away, nil
}

// awayAt tells whether what keys.away holds for a person lies ahead.
func awayAt(field any, now time.Time) bool {
	text, _ := field.(string)
	until, err := strconv.ParseInt(text, 10, 64)
	return err == nil && now.UnixMilli() < until
}
