package contentrepo

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"smarketer/store"
	"smarketer/store/content"
)

// counts is what hashes of counts should hold: by key, counts by field.
type counts map[string]map[string]int

func (c counts) add(key, field string) {
	if c[key] == nil {
		c[key] = map[string]int{}
	}

	c[key][field]++
}

// CheckVerdicts compares the counts with what was judged, one entry for each
// piece of feedback.
func CheckVerdicts(d *store.Dump, judged []content.Judged) {
	c := check{Dump: d}
	want := counts{}
	for _, j := range judged {
		c.count(want, j)
	}

	for key := range d.Hashes {
		if strings.HasPrefix(key, c.keys.counts("")) && want[key] == nil {
			want[key] = nil
		}
	}

	if want[c.keys.libraryCounts()] == nil {
		want[c.keys.libraryCounts()] = nil
	}

	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !strings.HasPrefix(key, c.keys.most("")) {
			c.checkCounts(key, want[key])
		}
	}

	for _, v := range content.Verdicts {
		c.checkRanks(c.keys.most(string(v)), want)
	}
}

// count adds what was judged to the counts that there should be.
func (c check) count(want counts, j content.Judged) {
	if !j.Counts() {
		return
	}

	what := string(j.Verdict)
	version := content.CountField(what, j.Version)
	want.add(c.keys.counts(j.Asset), version)
	want.add(c.keys.libraryCounts(), what)
	want.add(c.keys.most(what), j.Asset)

	for _, label := range j.Labels() {
		if known := c.Hashes[c.keys.labels()]; known[label] == "" {
			if len(known) < content.MaxLabels {
				c.Fault("verdicts are not counted by %s, and there is room", label)
			}

			continue
		}

		want.add(c.keys.counts(j.Asset), version+label)
		want.add(c.keys.libraryCounts(), what+label)
	}
}

// checkCounts compares one hash of counts, of which those of uses are known to
// nobody else.
func (c check) checkCounts(key string, want map[string]int) {
	have := c.Hashes[key]
	for field, text := range have {
		n, err := strconv.Atoi(text)
		what, _, _ := strings.Cut(field, ":")
		switch {
		case err != nil || n < 0:
			c.Fault("%s counts %q of %s", key, text, field)
		case slices.Contains(content.Verdicts, content.Verdict(what)) && n != want[field]:
			c.Fault("%s counts %d of %s, and there are %d", key, n, field, want[field])
		}
	}

	for field, n := range want {
		if _, ok := have[field]; !ok {
			c.Fault("%s doesn't count %d of %s", key, n, field)
		}
	}
}

// checkRanks compares how often the assets were given a verdict.
func (c check) checkRanks(key string, want counts) {
	for id, n := range c.ZSets[key] {
		if int(n) != want[key][id] {
			c.Fault("%s counts %d of %s, and there are %d", key, int(n), id, want[key][id])
		}
	}

	for id, n := range want[key] {
		if c.ZSets[key][id] == 0 {
			c.Fault("%s doesn't count %d of %s", key, n, id)
		}
	}
}
