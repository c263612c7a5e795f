package contentrepo

import (
	"context"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
)

// CountVerdict adds n verdicts to the counts of the version that was judged and
// to those of the whole library, as part of a change; n is -1 for one that is
// taken back. What counts nothing ([content.Judged.Counts]) is left out.
func (r *Repo) CountVerdict(ctx context.Context, tx *store.Tx, j content.Judged, n int) error {
	if !j.Counts() {
		return nil
	}

	labels, err := r.countedLabels(ctx, tx, j.Labels())
	if err != nil {
		return err
	}

	what := string(j.Verdict)
	version := content.CountField(what, j.Version)
	tx.Do("HINCRBY", r.keys.counts(j.Asset), version, n)
	tx.Do("ZINCRBY", r.keys.most(what), n, j.Asset)
	tx.Do("HINCRBY", r.keys.libraryCounts(), what, n)

	for _, label := range labels {
		tx.Do("HINCRBY", r.keys.counts(j.Asset), version+label, n)
		tx.Do("HINCRBY", r.keys.libraryCounts(), what+label, n)
	}

	return nil
}

// countedLabels are those of some labels by which verdicts are counted; new ones
// from now on, while there is room.
func (r *Repo) countedLabels(ctx context.Context, tx *store.Tx, some []string) ([]string, error) {
	if len(some) == 0 {
		return nil, nil
	}

	key := r.keys.labels()
	var known *redis.SliceCmd
	var count *redis.IntCmd
	err := r.pipe(ctx, "look by what verdicts are counted", func(p redis.Pipeliner) {
		known, count = p.HMGet(ctx, key, some...), p.HLen(ctx, key)
	})
	if err != nil {
		return nil, err
	}

	var labels []string
	for i, label := range some {
		if known.Val()[i] == nil {
			tx.Expect(key, label, "")
			if count.Val() >= content.MaxLabels {
				continue
			}

			tx.Do("HSET", key, label, "1")
		}

		labels = append(labels, label)
	}

	return labels, nil
}

// Flag puts an asset into the review queue for a reason about its approved
// version, as part of a change of something else. A version that isn't approved
// any more needs no flag. The error is [errs.ErrNotFound] when there is no such
// asset. One change may flag or unflag an asset once.
func (r *Repo) Flag(ctx context.Context, tx *store.Tx, asset string, f content.Flag) error {
	s, err := r.load(ctx, tx, asset, 0)
	if err != nil {
		return err
	}

	if c, changed := content.FlagAsset(s.Asset, f, tx.Now()); changed {
		return r.write(ctx, tx, s.stored, c)
	}

	return nil
}

// Unflag takes the open flags for a reason off a version of an asset, as part of
// a change of something else. The error is [errs.ErrNotFound] when there is no
// such asset.
func (r *Repo) Unflag(ctx context.Context, tx *store.Tx, asset string, why content.FlagReason, version int) error {
	s, err := r.load(ctx, tx, asset, 0)
	if err != nil {
		return err
	}

	if c, changed := content.UnflagAsset(s.Asset, why, version); changed {
		return r.write(ctx, tx, s.stored, c)
	}

	return nil
}
