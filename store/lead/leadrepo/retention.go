package leadrepo

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/lead"
)

// KeepRetention sets the timer by which old leads are removed, unless it is set.
func (r *Repo) KeepRetention(ctx context.Context) error {
	return r.store.KeepTimer(ctx, lead.RetentionTimer, r.store.Now())
}

// ForgetOld removes leads that nobody works on and that nothing happened to for
// so long, at most batch of them, and sets the timer that is due for it anew:
// soon when there may be more.
func (r *Repo) ForgetOld(ctx context.Context, t store.Timer, age time.Duration, batch int) error {
	why := fmt.Sprintf("because it was kept for %d days", int(age.Hours()/24))
	before, gone := r.store.Now().Add(-age), 0
	for _, status := range lead.Retired {
		n, err := r.forgetOld(ctx, status, before, why, batch-gone)
		if err != nil {
			return err
		}

		gone += n
	}

	next := 24 * time.Hour
	if gone == batch {
		next = time.Minute
	}

	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		tx.SetTimer(t.Name, t.Ref, tx.Now().Add(next))
		return nil
	})
}

// forgetOld removes at most limit leads of a status, and tells how many. Those
// that were in touch since they came to it are passed over.
func (r *Repo) forgetOld(ctx context.Context, status lead.Status, before time.Time, why string, limit int) (gone int, err error) {
	const page = 100
	for passed := int64(0); gone < limit; {
		ids, err := r.store.Redis().ZRangeByScore(ctx, r.keys.byStatus(status),
			&redis.ZRangeBy{Min: "-inf", Max: store.FormatMillis(before.UnixMilli()), Offset: passed, Count: page}).Result()
		if err != nil {
			return gone, store.Wrap("look for old leads", err)
		}

		leads, err := r.loadAll(ctx, ids)
		if err != nil {
			return gone, err
		}

		removed := 0
		for _, l := range leads {
			if gone == limit || !l.Untouched(before) {
				continue
			}

			forgotten, err := r.forgetFound(ctx, l, why)
			if err != nil {
				return gone, err
			}

			if forgotten {
				gone, removed = gone+1, removed+1
			}
		}

		if len(ids) < page {
			break
		}

		passed += int64(len(ids) - removed)
	}

	return gone, nil
}

// forgetFound forgets a lead that is still as it was found, and reports whether it
// was: one that has changed since may be at work again.
func (r *Repo) forgetFound(ctx context.Context, found lead.Lead, why string) (done bool, err error) {
	_, err = r.store.Update(ctx, "", func(tx *store.Tx) error {
		l, err := load(ctx, tx, found.ID)
		if done = err == nil && l.Rev == found.Rev; !done {
			return err
		}

		return r.forget(ctx, tx, lead.Forget(l, why, tx.Now()), "")
	})

	return done && err == nil, err
}

// EndRetention takes the timer away by which old leads are removed: there is no
// limit any more.
func (r *Repo) EndRetention(ctx context.Context, t store.Timer) error {
	return r.store.DropTimer(ctx, t)
}
