package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// ReviewTimer wakes when an approval is about to run out, and when it has.
const ReviewTimer = "content.review"

// reviewAhead is how long before its last day an asset is to be looked at.
const reviewAhead = 7 * 24 * time.Hour

// flagAsset puts an asset into the review queue for a reason about its
// approved version, within a change of something else. A version that is no
// longer approved needs no flag.
func (c *change) flagAsset(ctx context.Context, id string, f Flag) error {
	asset, err := c.store.Asset(ctx, id)
	if err != nil {
		return err
	}
	if f.Version == 0 || asset.Approved != f.Version {
		return nil
	}
	f.At = c.store.now()
	if _, changed := asset.flag(f); !changed {
		return nil
	}
	return c.putAsset(&asset)
}

// settleFlags settles the open flags of an asset, and has those told who
// raised or were told of them.
func (c *change) settleFlags(asset *Asset, how Settlement) error {
	var items []Item
	for _, f := range asset.settleFlags(how) {
		if f.Told != "" {
			items = append(items, Item{Channel: f.Told, Card: AssetCard(asset.ID, FlagCard, f.Number)})
		}
		if f.By != "" && f.By != how.By {
			items = append(items, Item{Channel: f.By, Card: AssetCard(asset.ID, HeardCard, f.Number)})
		}
	}
	return c.sendAll(items)
}

// FlagAsset puts an asset into the review queue because somebody says that its
// approved version is out of date, and tells the one who keeps it: a person or
// a channel. The error is ErrConflict when that version isn't approved any
// more, or when many have said so already; the asset as it is now comes with
// it and with ErrDuplicate.
func (s *Store) FlagAsset(ctx context.Context, op, id string, f Flag) (asset Asset, err error) {
	err = retryStale(ctx, func() error {
		if asset, err = s.Asset(ctx, id); err != nil {
			return err
		}
		f.Why, f.At = Outdated, s.now()
		a := asset
		flag, changed := a.flag(f)
		if asset.Approved != f.Version || !changed {
			return s.refused(ctx, op)
		}
		c := s.change(op)
		if err := c.putAsset(&a); err != nil {
			return err
		}
		if err := c.send(Item{Channel: flag.Told, Card: AssetCard(id, FlagCard, flag.Number)}); err != nil {
			return err
		}
		if _, err := c.commitAs(ctx, id); err != nil {
			return err
		}
		asset = a
		return nil
	})
	return asset, err
}

// ConfirmAsset says that the approved version is still right, until the day
// given. What was flagged is settled by it. The error is ErrConflict when that
// version isn't the approved one.
func (s *Store) ConfirmAsset(ctx context.Context, op, id string, number int, by string, reviewBy time.Time) (Asset, Version, error) {
	return s.changeAsset(ctx, op, id, number, func(c *change, a *Asset, v *Version) error {
		if a.Approved != number {
			return ErrConflict
		}
		if err := c.keepCard(*a, *v); err != nil {
			return err
		}
		if reviewBy.After(v.ReviewBy) && !v.ReviewBy.IsZero() {
			v.ReviewBy = reviewBy
		}
		v.Confirmed, v.AskedOf = s.settledBy(by, ""), ""
		c.do("ZADD", s.keys.lastUse(), "XX", "GT", s.now().UnixMilli(), id) // else it would be unused again at once
		return c.settleFlags(a, Settlement{How: StillRight, By: by, At: s.now()})
	})
}

// RetireAsset takes the approved version out of use: it isn't served any more,
// and who used it is told. The error is ErrConflict when that version isn't
// the approved one.
func (s *Store) RetireAsset(ctx context.Context, op, id string, number int, by, reason string) (Asset, Version, error) {
	return s.changeAsset(ctx, op, id, number, func(_ *change, a *Asset, v *Version) error {
		if a.Approved != number {
			return ErrConflict
		}
		v.Status, v.Settled = Retired, s.settledBy(by, reason)
		return nil
	})
}

// ReviewDue does what is due with an asset whose approval runs out: within the
// last days it has somebody asked whether it is still right, and once the last
// day is over it flags the asset. ask says whom to ask, a person or a channel,
// or when to come back, when now is no good time.
func (s *Store) ReviewDue(ctx context.Context, t Timer, ask func(Asset, Version) (whom string, later time.Time, err error)) error {
	asset, err := s.Asset(ctx, t.Ref)
	if errors.Is(err, ErrNotFound) || err == nil && asset.Approved == 0 {
		return s.DropTimer(ctx, t)
	}
	if err != nil {
		return err
	}
	v, err := s.Version(ctx, asset.ID, asset.Approved)
	if err != nil {
		return err
	}
	if v.ReviewBy.IsZero() {
		return s.DropTimer(ctx, t)
	}
	c := s.change("")
	c.settle(t)
	now, over := s.now(), dayAfter(v.ReviewBy)
	again := timerMember(ReviewTimer, asset.ID)
	switch {
	case !now.Before(over):
		if _, changed := asset.flag(Flag{Why: PastDate, Version: v.Number, At: now}); changed {
			c.note("asset", AssetRef(asset.ID)) // so that search doesn't find it any more
			if err := cmp.Or(c.keepCard(asset, v), c.putAsset(&asset)); err != nil {
				return err
			}
		}
	case now.Before(v.ReviewBy.Add(-reviewAhead)):
		c.wake(again, v.ReviewBy.Add(-reviewAhead))
	default:
		whom, later, err := ask(asset, v)
		if err != nil {
			return err
		}
		if later.After(now) && later.Before(over) {
			c.wake(again, later)
			break
		}
		v.AskedOf = whom
		if err := s.writeVersions(ctx, c, &asset, v); err != nil {
			return err
		}
		c.wake(again, over)
		if err := c.keepCard(asset, v); err != nil {
			return err
		}
	}
	return s.settleTimer(ctx, c, nil)
}

// Review is an asset in the review queue.
type Review struct {
	Asset
	Live     Version // the approved version, its zero value when there is none
	Proposal Version // the proposed one
}

// ReviewQueue reads assets that marketing is to look at, those that have waited
// longest first, passing over offset of them. total is how many there are.
func (s *Store) ReviewQueue(ctx context.Context, offset, limit int) (queue []Review, total int, err error) {
	pipe := s.rdb.Pipeline()
	page := pipe.ZRange(ctx, s.keys.reviews(), int64(offset), int64(offset+limit)-1)
	count := pipe.ZCard(ctx, s.keys.reviews())
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, wrap("read the review queue", err)
	}
	assets, err := loadAll(ctx, s, page.Val(), AssetRef, func(a *Asset, rev int64) { a.Rev = rev })
	if err != nil {
		return nil, 0, err
	}
	pipe = s.rdb.Pipeline()
	reads := make([]*redis.SliceCmd, len(assets))
	for i, a := range assets {
		reads[i] = pipe.HMGet(ctx, s.keys.record(AssetRef(a.ID)), versionField(a.Approved), versionField(a.Proposed))
	}
	if _, err := pipe.Exec(ctx); err != nil && len(assets) > 0 {
		return nil, 0, wrap("read the review queue", err)
	}
	for i, a := range assets {
		r := Review{Asset: a}
		for n, into := range []*Version{&r.Live, &r.Proposal} {
			text, ok := reads[i].Val()[n].(string)
			if !ok {
				continue
			}
			if err := json.Unmarshal([]byte(text), into); err != nil {
				return nil, 0, fmt.Errorf("read a version of %s: %w", a.ID, err)
			}
		}
		queue = append(queue, r)
	}
	return queue, int(count.Val()), nil
}

// unusedBatch is how many assets are looked at together.
const unusedBatch = 100

// FlagUnused flags the approved assets that nobody has used since a time, and
// sets the timer to wake next. When it is broken off it begins anew; what is
// flagged already stays as it is.
func (s *Store) FlagUnused(ctx context.Context, t Timer, since, next time.Time) error {
	for offset := 0; ; offset += unusedBatch {
		ids, err := s.Unused(ctx, since, offset, unusedBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.flagUnused(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < unusedBatch {
			break
		}
	}
	c := s.change("")
	c.settle(t)
	c.wake(timerMember(t.Name, t.Ref), next)
	return s.settleTimer(ctx, c, nil)
}

func (s *Store) flagUnused(ctx context.Context, id string) error {
	return retryStale(ctx, func() error {
		asset, err := s.Asset(ctx, id)
		if err != nil {
			return err
		}
		c := s.change("")
		if err := c.flagAsset(ctx, id, Flag{Why: Unused, Version: asset.Approved}); err != nil {
			return err
		}
		_, err = c.commitAs(ctx, "")
		return err
	})
}
