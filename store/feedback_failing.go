package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
)

// FailingPeople is how many different people must say that an approved
// version fails for it to be looked at again.
const FailingPeople = 3

// people is the field of keys.failing that counts those who are in it.
const people = "people"

// failing is one voice that says that a version fails; zero for none.
type failing struct {
	asset   string
	version int
	voice   string
}

func (f Feedback) failing() failing {
	if f.Asset == "" || f.Verdict != Fails || f.Voice() == "" {
		return failing{}
	}
	return failing{f.Asset, f.Version, f.Voice()}
}

// countFailing keeps count of the people who say that a version fails. Each
// from the third on puts the approved version into the review queue, where it
// may have been before; with fewer than three it leaves the queue again.
func (s *Store) countFailing(ctx context.Context, c *change, old, f Feedback) error {
	was, is := old.failing(), f.failing()
	if was == is {
		return nil
	}
	if err := s.moveFailing(ctx, c, was, -1); err != nil {
		return err
	}
	return s.moveFailing(ctx, c, is, 1)
}

// moveFailing adds n pieces to a voice.
func (s *Store) moveFailing(ctx context.Context, c *change, f failing, n int) error {
	if f == (failing{}) {
		return nil
	}
	key := s.keys.failing(f.asset, f.version)
	got, err := s.rdb.HMGet(ctx, key, f.voice, people).Result()
	if err != nil {
		return wrap("count who says that a version fails", err)
	}
	pieces, _ := got[0].(string)
	all, _ := got[1].(string)
	c.expect(key, f.voice, pieces)
	c.expect(key, people, all)
	had, _ := strconv.Atoi(pieces)
	were, _ := strconv.Atoi(all)
	are := were
	switch {
	case had == 0:
		are++
	case had+n == 0:
		are--
	}
	c.setCount(key, f.voice, had+n)
	c.setCount(key, people, are)
	switch {
	case are > were && are >= FailingPeople:
		err = c.flagAsset(ctx, f.asset, Flag{Why: Failing, Version: f.version})
	case are < were && are == FailingPeople-1:
		err = c.unflagFailing(ctx, f)
	}
	if errors.Is(err, ErrNotFound) {
		return nil // the asset is gone; what was said of it stays
	}
	return err
}

// setCount writes a field of a hash of counts, which has none that are nought.
func (c *change) setCount(key, field string, n int) {
	if n == 0 {
		c.do("HDEL", key, field)
		return
	}
	c.do("HSET", key, field, n)
}

// unflagFailing takes an asset out of the review queue again that too few say
// of that it fails.
func (c *change) unflagFailing(ctx context.Context, f failing) error {
	asset, err := c.store.Asset(ctx, f.asset)
	if err != nil {
		return err
	}
	settled := func(known Flag) bool { return known.Open() && known.Why == Failing && known.Version == f.version }
	if !slices.ContainsFunc(asset.Flags, settled) {
		return nil
	}
	asset.Flags = slices.DeleteFunc(slices.Clone(asset.Flags), settled)
	return c.putAsset(&asset)
}
