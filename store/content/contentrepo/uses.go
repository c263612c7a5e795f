package contentrepo

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// CountUses adds to the counts of uses, and notes who used what. It isn't
// atomic: when the connection breaks midway, some are counted, and counted twice
// if it is called again.
func (r *Repo) CountUses(ctx context.Context, uses []content.Use) error {
	if len(uses) == 0 {
		return nil
	}

	return r.pipe(ctx, "count uses", func(p redis.Pipeliner) {
		for _, u := range uses {
			r.countUse(u, func(command, key string, args ...any) {
				p.Do(ctx, append([]any{command, key}, args...)...)
			})
		}
	})
}

// Share notes that somebody shares a piece in a channel, durably, before it is
// posted. op is the request's dedupe key; the error is [errs.ErrDuplicate] when
// that was noted before, or the same within [content.ShareAgain].
func (r *Repo) Share(ctx context.Context, op, channel string, u content.Use) error {
	if op != "" {
		if result, done, err := r.store.Done(ctx, op); err != nil || done {
			return cmp.Or(err, fmt.Errorf("share of %s: %w", result, errs.ErrDuplicate))
		}
	}

	// Two requests that mean the same share one mark; each also leaves its own.
	same := "share " + content.VersionRef(u.Asset, u.Version) + " " + u.By + " " + channel
	_, err := r.store.Update(ctx, same, func(tx *store.Tx) error {
		tx.Result(u.Asset)
		tx.KeepMark(content.ShareAgain)
		if op != "" {
			tx.AlsoMark(op)
		}

		r.countUse(u, tx.Do)
		return nil
	})

	return err
}

// countUse passes the commands that count a use to do, each with its key.
func (r *Repo) countUse(u content.Use, do func(command, key string, args ...any)) {
	at := u.At.UnixMilli()
	do("HINCRBY", r.keys.counts(u.Asset), content.CountField(u.What, u.Version), u.N)
	do("ZINCRBY", r.keys.most(u.What), u.N, u.Asset)
	do("HINCRBY", r.keys.libraryCounts(), u.What, u.N)

	for _, label := range content.Labels(u.Personas, u.Stages) {
		do("HINCRBY", r.keys.libraryCounts(), u.What+label, u.N)
	}

	// Only approved assets are in it; what was retired meanwhile stays out.
	do("ZADD", r.keys.lastUse(), "XX", "GT", at, u.Asset)
	if u.By == "" {
		return
	}

	by, lifetime := r.keys.usedBy(u.Asset, u.Version), content.UsesKept.Milliseconds()
	do("ZADD", by, "GT", at, u.By)
	do("ZREMRANGEBYSCORE", by, "-inf", "("+strconv.FormatInt(at-lifetime, 10))
	do("PEXPIRE", by, lifetime)
	do("ZADD", r.keys.recent(u.By), "GT", at, u.Asset)
	do("ZREMRANGEBYRANK", r.keys.recent(u.By), 0, -content.RecentKept-1)
	do("PEXPIRE", r.keys.recent(u.By), lifetime)
	do("ZINCRBY", r.keys.often(u.By), u.N, u.Asset)
	do("PEXPIRE", r.keys.often(u.By), lifetime)
}

// RecentUses reads the pieces that a person used last, the last first, as far as
// they may be served now.
func (r *Repo) RecentUses(ctx context.Context, user string, limit int) ([]content.Served, error) {
	return r.topServed(ctx, r.keys.recent(user), 0, limit)
}

// OftenUsed reads the pieces that a person used most, and more than once, as far
// as they may be served now.
func (r *Repo) OftenUsed(ctx context.Context, user string, limit int) ([]content.Served, error) {
	return r.topServed(ctx, r.keys.often(user), 2, limit)
}

// topServed reads the servable assets of the highest scores, least and above. It
// looks at twice as many as are wanted, since some may no longer be served.
func (r *Repo) topServed(ctx context.Context, key string, least, limit int) ([]content.Served, error) {
	ids, err := r.store.Redis().ZRevRangeByScore(ctx, key, &redis.ZRangeBy{Min: strconv.Itoa(least), Max: "+inf", Count: int64(2 * limit)}).Result()
	if err != nil {
		return nil, store.Wrap("list used assets", err)
	}

	served, err := r.Servable(ctx, ids...)
	return served[:min(limit, len(served))], err
}

// Unused lists approved assets that nobody has used since a time, and that were
// not approved since either: those unused for longest first.
func (r *Repo) Unused(ctx context.Context, since time.Time, offset, limit int) ([]string, error) {
	ids, err := r.store.Redis().ZRangeByScore(ctx, r.keys.lastUse(), &redis.ZRangeBy{
		Min: "-inf", Max: "(" + strconv.FormatInt(since.UnixMilli(), 10), Offset: int64(offset), Count: int64(limit),
	}).Result()
	return ids, store.Wrap("list unused assets", err)
}
