package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
// retires the one before it. What is decided in Slack stays: the status that
// a file gives to words that are here already counts only where it is another
// than the file gave before, and never while they are in review; and a file
// that was imported before as it is changes nothing, whatever happened since.
// With dry nothing is written, and the outcome says what would be.
func (s *Store) ImportAsset(ctx context.Context, in Import, dry bool) (id string, done Outcome, err error) {
	if in.Asset.File, err = in.fingerprint(); err != nil {
		return "", "", err
	}
	err = retryStale(ctx, func() error {
		id, done, err = s.importAsset(ctx, in, dry)
		return err
	})
	return id, done, err
}

func (s *Store) importAsset(ctx context.Context, in Import, dry bool) (string, Outcome, error) {
	id, err := s.rdb.HGet(ctx, s.keys.slugs(), in.Asset.Slug).Result()
	if errors.Is(err, redis.Nil) {
		return s.createAsset(ctx, in.Asset, in.dated(), dry)
	}
	if err != nil {
		return "", "", wrap("look up a slug", err)
	}
	old, err := s.Asset(ctx, id)
	if err != nil {
		return "", "", err
	}
	if old.File == in.Asset.File {
		return id, Unchanged, nil
	}
	asset := old
	asset.File, asset.Owner = in.Asset.File, cmp.Or(in.Asset.Owner, old.Owner) // who approved it may keep it by now
	asset.file(in.Asset.Filing())
	known, found, err := s.sameWords(ctx, old, in.Version)
	if err != nil {
		return "", "", err
	}
	version, done := in.dated(), Refiled
	if found {
		version = in.over(known, old.File)
		if version.Status == known.Status && version.ReviewBy.Equal(known.ReviewBy) && sameFiling(old, asset) {
			return id, Unchanged, nil
		}
	} else {
		version.Number, version.Created, done = old.Latest+1, s.now(), NewWords
		asset.Latest = version.Number
	}
	if dry {
		return id, done, nil
	}
	c := s.change("")
	if err := s.writeVersions(ctx, c, &asset, version); err != nil {
		return "", "", err
	}
	_, err = c.commitAs(ctx, id)
	return id, done, err
}

// fingerprint tells files apart: the status that it gives, a space and a hash
// of everything that it says.
func (in Import) fingerprint() (string, error) {
	in.Asset.File, in.ReviewBy = "", time.Time{}
	body, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("encode an import: %w", err)
	}
	return fmt.Sprintf("%s %x", in.Version.Status, sha256.Sum256(body)), nil
}

// sameWords finds the words of an import among the newest and the approved
// version of the asset.
func (s *Store) sameWords(ctx context.Context, a Asset, in Version) (v Version, found bool, err error) {
	numbers := []int{a.Latest, a.Approved}
	if in.Status == Approved {
		slices.Reverse(numbers)
	}
	for _, n := range numbers {
		if n == 0 {
			continue
		}
		if v, err = s.Version(ctx, a.ID, n); err != nil || v.SameWords(in) {
			return v, err == nil, err
		}
	}
	return Version{}, false, nil
}

// over is the known version with what the import says of it. before is the
// fingerprint of the file that was imported last, "" for none.
func (in Import) over(known Version, before string) Version {
	said, _, _ := strings.Cut(before, " ")
	approve := in.Version.Status == Approved && (known.Status == Draft || said != string(Approved) && known.Status != InReview)
	withdraw := in.Version.Status == Draft && said == string(Approved) && known.Status == Approved
	switch {
	case known.Status == Approved && !withdraw:
		known.ReviewBy = cmp.Or(in.Version.ReviewBy, known.ReviewBy)
	case approve:
		dated := in.dated()
		known.Status, known.ReviewBy, known.ApprovedBy, known.ApprovedAt = Approved, dated.ReviewBy, dated.ApprovedBy, time.Time{}
	case withdraw:
		known.Status, known.ReviewBy = Draft, in.Version.ReviewBy
	case known.Status == Draft:
		known.ReviewBy = in.Version.ReviewBy
	}
	return known
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
	if err := s.writeVersions(ctx, c, &asset, version); err != nil {
		return "", "", err
	}
	_, err = c.commitAs(ctx, id)
	return id, Created, err
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
		rev, err := DecodeRecord(AssetRef(id), got, &a.Asset)
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
