package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Counts is how often something was used and what was said of it.
type Counts struct {
	Pulls, Shares int
	Tally
}

// count adds to the number of what is counted, under the name it has in
// tallies.
func (c *Counts) count(what string, n int) {
	switch what {
	case Pulls:
		c.Pulls += n
	case Shares:
		c.Shares += n
	case string(Works):
		c.Works += n
	case string(Mixed):
		c.Mixed += n
	case string(Fails):
		c.Fails += n
	}
}

func (c Counts) verdicts() int { return c.Works + c.Mixed + c.Fails }

// Labelled is the counts for one persona or stage.
type Labelled struct {
	Label string
	Counts
}

// AssetStats is how an asset was used and what was said of it, by version and
// over all versions by the persona and the stage that people named.
type AssetStats struct {
	Versions map[int]Counts
	Personas []Labelled
	Stages   []Labelled
}

// AssetStats reads the counts of an asset. An asset that doesn't exist has
// none.
func (s *Store) AssetStats(ctx context.Context, id string) (AssetStats, error) {
	fields, err := s.rdb.HGetAll(ctx, s.keys.tally(id)).Result()
	if err != nil {
		return AssetStats{}, wrap("read the counts of an asset", err)
	}
	stats := AssetStats{Versions: map[int]Counts{}}
	by := labelCounts{}
	for field, text := range fields {
		n, _ := strconv.Atoi(text)
		what, rest, _ := strings.Cut(field, ":")
		version, label, broken := strings.Cut(rest, ":")
		if broken {
			by.count(label, what, n)
		} else if number, err := strconv.Atoi(version); err == nil {
			c := stats.Versions[number]
			c.count(what, n)
			stats.Versions[number] = c
		}
	}
	stats.Personas, stats.Stages = by.of("persona"), by.of("stage")
	return stats, nil
}

// labelCounts is counts by label ("persona:cfo").
type labelCounts map[string]Counts

func (l labelCounts) count(label, what string, n int) {
	c := l[label]
	c.count(what, n)
	l[label] = c
}

// of lists the labels of one kind, those with the most verdicts first, then
// those with the most uses.
func (l labelCounts) of(kind string) []Labelled {
	var rows []Labelled
	for label, c := range l {
		if k, name, _ := strings.Cut(label, ":"); k == kind && c != (Counts{}) {
			rows = append(rows, Labelled{name, c})
		}
	}
	slices.SortFunc(rows, func(a, b Labelled) int {
		return cmp.Or(cmp.Compare(b.verdicts(), a.verdicts()), cmp.Compare(b.Pulls+b.Shares, a.Pulls+a.Shares), strings.Compare(a.Label, b.Label))
	})
	return rows
}

// Ranked is an asset with the number that it is ranked by.
type Ranked struct {
	Asset string
	N     int
}

// LibraryStats is how the whole library was used and what was said of it.
type LibraryStats struct {
	Total    Counts
	Personas []Labelled // uses by whom a piece is for, verdicts by whom it was tried on
	Stages   []Labelled
	// Most holds the assets with the most pulls, shares, works and fails.
	Most map[string][]Ranked
}

// LibraryStats reads the counts of the library, with the top assets of each
// sort.
func (s *Store) LibraryStats(ctx context.Context, top int) (LibraryStats, error) {
	pipe := s.rdb.Pipeline()
	all := pipe.HGetAll(ctx, s.keys.tallies())
	ranks := map[string]*redis.ZSliceCmd{}
	for _, what := range []string{Pulls, Shares, string(Works), string(Fails)} {
		ranks[what] = pipe.ZRevRangeWithScores(ctx, s.keys.most(what), 0, int64(top)-1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return LibraryStats{}, wrap("read the counts of the library", err)
	}
	stats := LibraryStats{Most: map[string][]Ranked{}}
	by := labelCounts{}
	for field, text := range all.Val() {
		n, _ := strconv.Atoi(text)
		if what, label, broken := strings.Cut(field, ":"); broken {
			by.count(label, what, n)
		} else {
			stats.Total.count(what, n)
		}
	}
	stats.Personas, stats.Stages = by.of("persona"), by.of("stage")
	for what, list := range ranks {
		for _, z := range list.Val() {
			if z.Score > 0 {
				stats.Most[what] = append(stats.Most[what], Ranked{fmt.Sprint(z.Member), int(z.Score)})
			}
		}
	}
	return stats, nil
}

// Versions reads the newest versions of an asset, the newest first.
func (s *Store) Versions(ctx context.Context, a Asset, limit int) ([]Version, error) {
	var fields []string
	for n := a.Latest; n > 0 && len(fields) < limit; n-- {
		fields = append(fields, versionField(n))
	}
	if len(fields) == 0 {
		return nil, nil
	}
	got, err := s.rdb.HMGet(ctx, s.keys.record(AssetRef(a.ID)), fields...).Result()
	if err != nil {
		return nil, wrap("read versions", err)
	}
	versions := make([]Version, 0, len(got))
	for i, body := range got {
		text, ok := body.(string)
		if !ok {
			return nil, fmt.Errorf("%s of %s: %w", fields[i], a.ID, ErrNotFound)
		}
		var v Version
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", fields[i], a.ID, err)
		}
		versions = append(versions, v)
	}
	return versions, nil
}
