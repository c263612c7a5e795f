package contentrepo

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// FlagOutdated puts an asset into the review queue because somebody says that
// its approved version is out of date, and tells the one who keeps it; see
// [content.FlagOutdated]. With [errs.ErrConflict] and [errs.ErrDuplicate] comes
// the asset as it is now.
func (r *Repo) FlagOutdated(ctx context.Context, op, id string, f content.Flag) (content.Asset, error) {
	a, _, err := r.change(ctx, op, id, 0, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.FlagOutdated(s.Asset, f, tx.Now())
	})
	return a, err
}

// Confirm says that the approved version is still right, until the day given;
// see [content.Confirm].
func (r *Repo) Confirm(ctx context.Context, op, id string, number int, by string, reviewBy time.Time) (content.Asset, content.Version, error) {
	return r.change(ctx, op, id, number, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.Confirm(s, by, reviewBy, tx.Now())
	})
}

// Retire takes the approved version out of use; see [content.Retire].
func (r *Repo) Retire(ctx context.Context, op, id string, number int, by, reason string) (content.Asset, content.Version, error) {
	return r.change(ctx, op, id, number, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.Retire(s, by, reason, tx.Now())
	})
}

// ReviewDue does what is due with an asset whose approval runs out, and finishes
// the timer; see [content.ReviewDue]. When the policy doesn't say whom to ask,
// nothing is done, and the timer comes back.
func (r *Repo) ReviewDue(ctx context.Context, t store.Timer, p content.ReviewPolicy) error {
	err := r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		s, err := r.load(ctx, tx, t.Ref, 0)
		if errors.Is(err, errs.ErrNotFound) {
			return nil
		}

		if err != nil {
			return err
		}

		c, due, err := content.ReviewDue(s.State, p, tx.Now())
		if err != nil || !due {
			return err
		}

		return r.write(ctx, tx, s.stored, c)
	})

	return unlessStale(err)
}

// ReviewQueue reads assets that marketing is to look at, those that have waited
// longest first, passing over offset of them. total is how many there are.
func (r *Repo) ReviewQueue(ctx context.Context, offset, limit int) (queue []content.Review, total int, err error) {
	var page *redis.StringSliceCmd
	var count *redis.IntCmd
	err = r.pipe(ctx, "read the review queue", func(p redis.Pipeliner) {
		page = p.ZRange(ctx, r.keys.reviews(), int64(offset), int64(offset+limit)-1)
		count = p.ZCard(ctx, r.keys.reviews())
	})
	if err != nil {
		return nil, 0, err
	}

	assets, err := store.LoadAll(ctx, r.store, refs(page.Val(), content.Ref), func(a *content.Asset, rev int64) { a.Rev = rev })
	if err != nil {
		return nil, 0, err
	}

	queue, err = r.withVersions(ctx, assets)
	return queue, int(count.Val()), err
}

// withVersions reads the approved and the proposed versions of assets.
func (r *Repo) withVersions(ctx context.Context, assets []content.Asset) ([]content.Review, error) {
	if len(assets) == 0 {
		return nil, nil
	}

	reads := make([]*redis.SliceCmd, len(assets))
	err := r.pipe(ctx, "read the review queue", func(p redis.Pipeliner) {
		for i, a := range assets {
			reads[i] = p.HMGet(ctx, r.store.Record(content.Ref(a.ID)), versionField(a.Approved), versionField(a.Proposed))
		}
	})
	if err != nil {
		return nil, err
	}

	queue := make([]content.Review, len(assets))
	for i, a := range assets {
		queue[i].Asset = a
		for n, into := range []*content.Version{&queue[i].Live, &queue[i].Proposal} {
			text, _ := reads[i].Val()[n].(string)
			err := decodeVersion(a.ID, n, text, into)
			if err != nil && !errors.Is(err, errs.ErrNotFound) {
				return nil, err
			}
		}
	}

	return queue, nil
}

// unusedBatch is how many assets are looked at together.
const unusedBatch = 100

// KeepUnusedTimer sets the timer with a name that looks for unused assets,
// unless it is set; see [Repo.FlagUnused].
func (r *Repo) KeepUnusedTimer(ctx context.Context, name string, at time.Time) error {
	return r.store.KeepTimer(ctx, name, at)
}

// FlagUnused flags the approved assets that nobody has used since a time, and
// sets the timer again for next. When it is broken off it begins anew; what is
// flagged already stays as it is.
func (r *Repo) FlagUnused(ctx context.Context, t store.Timer, since, next time.Time) error {
	for offset := 0; ; offset += unusedBatch {
		ids, err := r.Unused(ctx, since, offset, unusedBatch)
		if err != nil {
			return err
		}

		for _, id := range ids {
			if err := r.flagUnused(ctx, id); err != nil {
				return err
			}
		}

		if len(ids) < unusedBatch {
			break
		}
	}

	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		tx.SetTimer(t.Name, t.Ref, next)
		return nil
	})
}

func (r *Repo) flagUnused(ctx context.Context, id string) error {
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		s, err := r.load(ctx, tx, id, 0)
		if err != nil {
			return err
		}

		flag := content.Flag{Why: content.Unused, Version: s.Asset.Approved}
		if c, changed := content.FlagAsset(s.Asset, flag, tx.Now()); changed {
			return r.write(ctx, tx, s.stored, c)
		}

		return nil
	})

	return err
}
