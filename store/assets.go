package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// AssetRef is what the outbox and the feed call the asset with this ID.
func AssetRef(id string) string { return "asset:" + id }

// Outcome says what an import did.
type Outcome string

// What an import can do.
const (
	Created   Outcome = "new"
	NewWords  Outcome = "new version"
	Refiled   Outcome = "updated" // same words, other details
	Unchanged Outcome = "unchanged"
)

// Import is an asset to bring in, with its newest wording.
type Import struct {
	Asset   Asset
	Version Version // Status is Draft or Approved
	// ReviewBy is when approved words have to be looked at again that are new
	// and don't say so themselves.
	ReviewBy time.Time
}

// ImportAsset brings in an asset by its slug: one that isn't known is created,
// changed words make a new version, unchanged ones none. An approved version
// retires the one before it. With dry nothing is written, and the outcome says
// what would be.
func (s *Store) ImportAsset(ctx context.Context, in Import, dry bool) (id string, done Outcome, err error) {
	err = retryStale(ctx, func() error {
		id, done, err = s.importAsset(ctx, in, dry)
		return err
	})
	return id, done, err
}

func (s *Store) importAsset(ctx context.Context, in Import, dry bool) (string, Outcome, error) {
	asset, version := in.Asset, in.Version
	id, err := s.rdb.HGet(ctx, s.keys.slugs(), asset.Slug).Result()
	if errors.Is(err, redis.Nil) {
		return s.createAsset(ctx, asset, in.dated(), dry)
	}
	if err != nil {
		return "", "", wrap("look up a slug", err)
	}
	old, err := s.Asset(ctx, id)
	if err != nil {
		return "", "", err
	}
	latest, err := s.Version(ctx, id, old.Latest)
	if err != nil {
		return "", "", err
	}
	asset.ID, asset.Approved, asset.Latest, asset.Rev = old.ID, old.Approved, old.Latest, old.Rev
	done := NewWords
	if latest.SameWords(version) {
		version.Number, version.Created, version.Author = latest.Number, latest.Created, latest.Author
		if version.Status == latest.Status {
			version.ApprovedAt, version.ApprovedBy = latest.ApprovedAt, latest.ApprovedBy
			version.ReviewBy = cmp.Or(version.ReviewBy, latest.ReviewBy)
		} else {
			version = in.dated()
			version.Number, version.Created, version.Author = latest.Number, latest.Created, latest.Author
		}
		done = Refiled
		if latest.Status == version.Status && latest.ReviewBy.Equal(version.ReviewBy) && sameFiling(old, asset) {
			return id, Unchanged, nil
		}
	} else {
		version = in.dated()
		version.Number, version.Created = old.Latest+1, s.now()
		asset.Latest = version.Number
	}
	if dry {
		return id, done, nil
	}
	c := s.change("")
	if err := s.writeVersion(ctx, c, &asset, version); err != nil {
		return "", "", err
	}
	_, err = c.commit(ctx, id)
	return id, done, err
}

// dated is the version with a day to look at it again, where one is needed.
func (in Import) dated() Version {
	v := in.Version
	if v.Status == Approved {
		v.ReviewBy = cmp.Or(v.ReviewBy, in.ReviewBy)
	}
	return v
}

func (s *Store) createAsset(ctx context.Context, asset Asset, version Version, dry bool) (string, Outcome, error) {
	if dry {
		return "", Created, nil
	}
	id, err := s.nextID(ctx, "C")
	if err != nil {
		return "", "", err
	}
	asset.ID, asset.Latest, asset.Approved, asset.Rev = id, 1, 0, 0
	version.Number, version.Created = 1, s.now()
	c := s.change("")
	c.expect(s.keys.slugs(), asset.Slug, "")
	c.do("HSET", s.keys.slugs(), asset.Slug, id)
	c.do("SADD", s.keys.assets(), id)
	if err := s.writeVersion(ctx, c, &asset, version); err != nil {
		return "", "", err
	}
	_, err = c.commit(ctx, id)
	return id, Created, err
}

// writeVersion adds to a change the asset with one version of it, and what
// follows when that version is approved or no longer is.
func (s *Store) writeVersion(ctx context.Context, c *change, asset *Asset, v Version) error {
	was := asset.Approved
	var fields []any
	switch {
	case v.Status == Approved:
		if v.ApprovedAt.IsZero() {
			v.ApprovedAt = s.now()
		}
		asset.Approved = v.Number
	case was == v.Number:
		asset.Approved = 0
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a version: %w", err)
	}
	fields = append(fields, versionField(v.Number), string(body))
	if asset.Approved == v.Number {
		fields = append(fields, "live", string(body))
	} else if asset.Approved == 0 {
		fields = append(fields, "live", "")
	}
	if was > 0 && was != asset.Approved && was != v.Number {
		old, err := s.Version(ctx, asset.ID, was)
		if err != nil {
			return err
		}
		old.Status = Retired
		body, err := json.Marshal(old)
		if err != nil {
			return fmt.Errorf("encode a version: %w", err)
		}
		fields = append(fields, versionField(was), string(body))
	}
	c.note("asset", AssetRef(asset.ID))
	return c.put(AssetRef(asset.ID), asset.Rev, asset, fields...)
}

func versionField(n int) string { return "v:" + strconv.Itoa(n) }

func sameFiling(a, b Asset) bool {
	return a.Kind == b.Kind && a.Owner == b.Owner && slices.Equal(a.Topics, b.Topics) &&
		slices.Equal(a.Personas, b.Personas) && slices.Equal(a.Stages, b.Stages) &&
		slices.Equal(a.Industries, b.Industries) && slices.Equal(a.Channels, b.Channels)
}

// Asset reads an asset by its ID. The error is ErrNotFound when there is none.
func (s *Store) Asset(ctx context.Context, id string) (Asset, error) {
	var a Asset
	rev, err := s.load(ctx, AssetRef(id), &a)
	a.Rev = rev
	return a, err
}

// Version reads one version of an asset.
func (s *Store) Version(ctx context.Context, id string, number int) (Version, error) {
	var v Version
	body, err := s.rdb.HGet(ctx, s.keys.record(AssetRef(id)), versionField(number)).Result()
	if errors.Is(err, redis.Nil) {
		return v, fmt.Errorf("version %d of %s: %w", number, id, ErrNotFound)
	}
	if err != nil {
		return v, wrap("read a version", err)
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return v, fmt.Errorf("read version %d of %s: %w", number, id, err)
	}
	return v, nil
}

// Served is an asset with its approved version and what reps said of it.
type Served struct {
	Asset
	Version Version
	Tally   Tally
}

// VersionRef names the version that is served, as in "C-12@3".
func (a Served) VersionRef() string { return VersionRef(a.ID, a.Version.Number) }

// Tally counts verdicts on one version of an asset.
type Tally struct{ Works, Mixed, Fails int }

// Servable reads those of the assets that may be served now, in the order
// asked for, and leaves out the others.
func (s *Store) Servable(ctx context.Context, ids ...string) ([]Served, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	records, tallies := make([]*redis.SliceCmd, len(ids)), make([]*redis.MapStringStringCmd, len(ids))
	for i, id := range ids {
		records[i] = pipe.HMGet(ctx, s.keys.record(AssetRef(id)), "rev", "doc", "live")
		tallies[i] = pipe.HGetAll(ctx, s.keys.tally(id))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("read assets", err)
	}
	now := s.clock.Now()
	var served []Served
	for i, id := range ids {
		got := records[i].Val()
		live, _ := got[2].(string)
		if live == "" {
			continue
		}
		var a Served
		rev, err := decodeRecord(AssetRef(id), got, &a.Asset)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(live), &a.Version); err != nil {
			return nil, fmt.Errorf("read %s: %w", id, err)
		}
		if a.Version.Servable(now) {
			a.Rev, a.Tally = rev, tallyOf(tallies[i].Val(), a.Version.Number)
			served = append(served, a)
		}
	}
	return served, nil
}

func tallyOf(fields map[string]string, version int) (t Tally) {
	for field, to := range map[Verdict]*int{Works: &t.Works, Mixed: &t.Mixed, Fails: &t.Fails} {
		*to, _ = strconv.Atoi(fields[tallyField(string(field), version)])
	}
	return t
}

func tallyField(what string, version int) string { return what + ":" + strconv.Itoa(version) }

// AssetIDs lists the IDs of all assets, in no order.
func (s *Store) AssetIDs(ctx context.Context) ([]string, error) {
	ids, err := s.rdb.SMembers(ctx, s.keys.assets()).Result()
	return ids, wrap("list assets", err)
}

// AssetBySlug finds an asset's ID by the name it was imported under.
func (s *Store) AssetBySlug(ctx context.Context, slug string) (string, error) {
	id, err := s.rdb.HGet(ctx, s.keys.slugs(), slug).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("asset %q: %w", slug, ErrNotFound)
	}
	return id, wrap("look up a slug", err)
}

// Use is one way in which one version of an asset was used.
type Use struct {
	Asset   string
	Version int
	What    string // "pulls", "shares"
}

// CountUses adds to the counts of uses.
func (s *Store) CountUses(ctx context.Context, uses map[Use]int) error {
	pipe := s.rdb.Pipeline()
	for u, n := range uses {
		pipe.HIncrBy(ctx, s.keys.tally(u.Asset), tallyField(u.What, u.Version), int64(n))
	}
	_, err := pipe.Exec(ctx)
	return wrap("count uses", err)
}
