package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// The ways in which a piece of copy is used.
const (
	Pulls  = "pulls"  // somebody was shown it
	Shares = "shares" // somebody posted it where others see it
)

// Use is how often somebody used a version of an asset in one way.
type Use struct {
	Asset    string
	Version  int
	What     string // [Pulls] or [Shares]
	By       string // Slack user ID, "" for nobody in particular
	N        int
	At       time.Time // the last time
	Personas []string  // whom the asset is for
	Stages   []string  // and when
}

const (
	// usesKept is how long it is known who used what: so long a recall reaches
	// back.
	usesKept = 90 * 24 * time.Hour
	// recentKept is how many pieces are known that one person used last.
	recentKept = 50
)

// CountUses adds to the counts of uses, and notes who used what. It isn't
// atomic: when the connection breaks midway, some are counted, and counted
// twice if it is called again.
func (s *Store) CountUses(ctx context.Context, uses []Use) error {
	if len(uses) == 0 {
		return nil
	}
	pipe := s.rdb.Pipeline()
	for _, u := range uses {
		s.countUse(u, func(command, key string, args ...any) {
			pipe.Do(ctx, append([]any{command, key}, args...)...)
		})
	}
	_, err := pipe.Exec(ctx)
	return wrap("count uses", err)
}

// shareAgain is after how long somebody may mean to share the same words in
// the same place once more; before, it is a double click.
const shareAgain = 10 * time.Second

// ShareAsset notes that somebody shares a piece in a channel, durably, before
// it is posted. op is the request's dedupe key; the error is ErrDuplicate when
// that was noted before, or the same a moment ago.
func (s *Store) ShareAsset(ctx context.Context, op, channel string, u Use) error {
	if op != "" {
		if result, done, err := s.Done(ctx, op); err != nil || done {
			return cmp.Or(err, fmt.Errorf("share of %s: %w", result, ErrDuplicate))
		}
	}
	c := s.change("share " + VersionRef(u.Asset, u.Version) + " " + u.By + " " + channel)
	c.lifetime = shareAgain
	if op != "" {
		c.do("SET", s.keys.op(op), " "+u.Asset, "PX", opLifetime.Milliseconds())
	}
	s.countUse(u, c.do)
	_, err := c.commitAs(ctx, u.Asset)
	return err
}

// countUse tells the commands that count a use.
func (s *Store) countUse(u Use, do func(command, key string, args ...any)) {
	at := u.At.UnixMilli()
	do("HINCRBY", s.keys.tally(u.Asset), tallyField(u.What, u.Version), u.N)
	do("ZINCRBY", s.keys.most(u.What), u.N, u.Asset)
	do("HINCRBY", s.keys.tallies(), u.What, u.N)
	for _, label := range labels(u.Personas, u.Stages) {
		do("HINCRBY", s.keys.tallies(), u.What+label, u.N)
	}
	// Only servable assets are in it; what was retired meanwhile stays out.
	do("ZADD", s.keys.lastUse(), "XX", "GT", at, u.Asset)
	if u.By == "" {
		return
	}
	by, lifetime := s.keys.usedBy(u.Asset, u.Version), usesKept.Milliseconds()
	do("ZADD", by, "GT", at, u.By)
	do("ZREMRANGEBYSCORE", by, "-inf", "("+strconv.FormatInt(at-lifetime, 10))
	do("PEXPIRE", by, lifetime)
	do("ZADD", s.keys.recent(u.By), "GT", at, u.Asset)
	do("ZREMRANGEBYRANK", s.keys.recent(u.By), 0, -recentKept-1)
	do("PEXPIRE", s.keys.recent(u.By), lifetime)
	do("ZINCRBY", s.keys.often(u.By), u.N, u.Asset)
	do("PEXPIRE", s.keys.often(u.By), lifetime)
}

// maxLabels is by how many personas and stages verdicts are counted in all:
// people and senders of webhooks name them freely, and the counts are read as
// a whole. Which come first are counted for good, so that what was counted can
// be taken back; by the others feedback is still found.
const maxLabels = 500

// countVerdict adds n verdicts to the counts of the version that a piece of
// feedback is about and to those of the whole library; n is -1 for one that is
// taken back. Feedback about no asset, or without a verdict, counts nothing.
func (c *change) countVerdict(ctx context.Context, f Feedback, n int) error {
	if f.Asset == "" || f.Verdict == "" {
		return nil
	}
	by, err := c.counted(ctx, labels([]string{f.Persona}, []string{f.Stage}))
	if err != nil {
		return err
	}
	k, what := c.store.keys, string(f.Verdict)
	version := tallyField(what, f.Version)
	c.do("HINCRBY", k.tally(f.Asset), version, n)
	c.do("ZINCRBY", k.most(what), n, f.Asset)
	c.do("HINCRBY", k.tallies(), what, n)
	for _, label := range by {
		c.do("HINCRBY", k.tally(f.Asset), version+label, n)
		c.do("HINCRBY", k.tallies(), what+label, n)
	}
	return nil
}

// counted are those of some labels by which verdicts are counted; new ones
// from now on, while there is room.
func (c *change) counted(ctx context.Context, some []string) ([]string, error) {
	if len(some) == 0 {
		return nil, nil
	}
	key := c.store.keys.labels()
	pipe := c.store.rdb.Pipeline()
	known, n := pipe.HMGet(ctx, key, some...), pipe.HLen(ctx, key)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("look by what verdicts are counted", err)
	}
	var by []string
	for i, label := range some {
		if known.Val()[i] == nil {
			c.expect(key, label, "")
			if n.Val() >= maxLabels {
				continue
			}
			c.do("HSET", key, label, "1")
		}
		by = append(by, label)
	}
	return by, nil
}

// labels are the ends of the tallies' fields for personas and stages:
// ":persona:cfo", ":stage:negotiation".
func labels(personas, stages []string) []string {
	var all []string
	for _, by := range []struct {
		kind  string
		names []string
	}{{"persona", personas}, {"stage", stages}} {
		for _, name := range by.names {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				all = append(all, ":"+by.kind+":"+name)
			}
		}
	}
	return all
}

// inUse notes in a change from when on an asset goes unused: since it was
// approved, if nobody has used it later. What is not approved isn't unused.
// approved is when the version at hand was, zero when it is another that
// is approved.
func (c *change) inUse(a Asset, approved time.Time) {
	switch {
	case a.Approved == 0:
		c.do("ZREM", c.store.keys.lastUse(), a.ID)
	case !approved.IsZero():
		c.do("ZADD", c.store.keys.lastUse(), "GT", approved.UnixMilli(), a.ID)
	}
}

// RecentUses reads the pieces that a person used last, the last first, as far
// as they may be served now.
func (s *Store) RecentUses(ctx context.Context, user string, limit int) ([]Served, error) {
	return s.topServed(ctx, s.keys.recent(user), 0, limit)
}

// OftenUsed reads the pieces that a person used most, and more than once, as
// far as they may be served now.
func (s *Store) OftenUsed(ctx context.Context, user string, limit int) ([]Served, error) {
	return s.topServed(ctx, s.keys.often(user), 2, limit)
}

// topServed reads the servable assets of the highest scores, least and above.
// It looks at twice as many as are wanted, since some may no longer be served.
func (s *Store) topServed(ctx context.Context, key string, least, limit int) ([]Served, error) {
	ids, err := s.rdb.ZRevRangeByScore(ctx, key, &redis.ZRangeBy{Min: strconv.Itoa(least), Max: "+inf", Count: int64(2 * limit)}).Result()
	if err != nil {
		return nil, wrap("list used assets", err)
	}
	served, err := s.Servable(ctx, ids...)
	return served[:min(limit, len(served))], err
}

// Unused lists approved assets that nobody has used since a time, and that
// were not approved since either: those unused for longest first.
func (s *Store) Unused(ctx context.Context, since time.Time, offset, limit int) ([]string, error) {
	ids, err := s.rdb.ZRangeByScore(ctx, s.keys.lastUse(), &redis.ZRangeBy{
		Min: "-inf", Max: "(" + strconv.FormatInt(since.UnixMilli(), 10), Offset: int64(offset), Count: int64(limit),
	}).Result()
	return ids, wrap("list unused assets", err)
}
