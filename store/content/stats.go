package content

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Tally counts verdicts on one version of an asset.
type Tally struct{ Works, Mixed, Fails int }

// Counts is how often something was used and what was said of it.
type Counts struct {
	Pulls, Shares int
	Tally
}

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

// CountField is the field in which an asset's counts keep how often something
// ([Pulls], [Shares] or a verdict) was counted for a version: "works:2".
func CountField(what string, version int) string { return what + ":" + strconv.Itoa(version) }

// TallyOf reads the verdicts on one version from an asset's counts.
func TallyOf(fields map[string]string, version int) (t Tally) {
	for verdict, to := range map[Verdict]*int{Works: &t.Works, Mixed: &t.Mixed, Fails: &t.Fails} {
		*to, _ = strconv.Atoi(fields[CountField(string(verdict), version)])
	}

	return t
}

// StatsOf reads an asset's counts: "works:2" for a version, "works:2:persona:cfo"
// for one persona.
func StatsOf(fields map[string]string) AssetStats {
	stats := AssetStats{Versions: map[int]Counts{}}
	by := labelCounts{}
	for field, text := range fields {
		n, _ := strconv.Atoi(text)
		what, rest, _ := strings.Cut(field, ":")
		version, label, labelled := strings.Cut(rest, ":")
		if labelled {
			by.add(label, what, n)
		} else if number, err := strconv.Atoi(version); err == nil {
			c := stats.Versions[number]
			c.add(what, n)
			stats.Versions[number] = c
		}
	}

	stats.Personas, stats.Stages = by.of("persona"), by.of("stage")
	return stats
}

// LibraryStatsOf reads the counts of the library: "works", and
// "works:persona:cfo" for one persona. Which assets have the most is not among
// them.
func LibraryStatsOf(fields map[string]string) LibraryStats {
	stats := LibraryStats{Most: map[string][]Ranked{}}
	by := labelCounts{}
	for field, text := range fields {
		n, _ := strconv.Atoi(text)
		if what, label, labelled := strings.Cut(field, ":"); labelled {
			by.add(label, what, n)
		} else {
			stats.Total.add(what, n)
		}
	}

	stats.Personas, stats.Stages = by.of("persona"), by.of("stage")
	return stats
}

// add adds to the number of what is counted, under the name that it has in
// fields.
func (c *Counts) add(what string, n int) {
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

// labelCounts is counts by label ("persona:cfo").
type labelCounts map[string]Counts

func (l labelCounts) add(label, what string, n int) {
	c := l[label]
	c.add(what, n)
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
