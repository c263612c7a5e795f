package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// RecallTimer wakes when those have to be told who used a version that is no
// longer approved.
const RecallTimer = "content.recall"

// recallAfter leaves time for uses to be counted that were under way when the
// version was taken out of use; they are written every second.
const recallAfter = 5 * time.Second

// RecallUses tells some of those who used a version within the last 90 days
// that it is no longer approved, each once: who is told is taken off the list
// in the same commit. The timer comes again until everybody has been told. Who
// took the version out of use knows already.
func (s *Store) RecallUses(ctx context.Context, t Timer, batch int) error {
	id, number, ok := ParseVersionRef(t.Ref)
	if !ok {
		return s.DropTimer(ctx, t)
	}
	asset, err := s.Asset(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && asset.Approved == number { // it was approved again
		return s.DropTimer(ctx, t)
	}
	if err != nil {
		return err
	}
	by, err := s.takenOutBy(ctx, asset, number)
	if err != nil {
		return err
	}
	used := s.keys.usedBy(id, number)
	people, err := s.rdb.ZRangeByScore(ctx, used, &redis.ZRangeBy{
		Min: strconv.FormatInt(s.now().Add(-usesKept).UnixMilli(), 10), Max: "+inf", Count: int64(batch),
	}).Result()
	if err != nil {
		return wrap("list who used a version", err)
	}
	c := s.change("")
	c.settle(t)
	for _, person := range people {
		c.do("ZREM", used, person)
		if person == by {
			continue
		}
		if err := c.send(Item{Channel: person, Card: AssetCard(id, RecallCard, number)}); err != nil {
			return err
		}
	}
	if len(people) == batch {
		c.wake(timerMember(RecallTimer, t.Ref), s.now())
	}
	return s.settleTimer(ctx, c, nil)
}

// takenOutBy is who retired a version, or approved the one in its place.
func (s *Store) takenOutBy(ctx context.Context, asset Asset, number int) (string, error) {
	if asset.Approved > number {
		v, err := s.Version(ctx, asset.ID, asset.Approved)
		return v.ApprovedBy, err
	}
	v, err := s.Version(ctx, asset.ID, number)
	return v.Settled.By, err
}
