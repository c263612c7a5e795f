package contentrepo

import (
	"slices"
	"strconv"
	"strings"

	"smarketer/store"
	"smarketer/store/content"
)

// CheckVerdicts compares the counts of verdicts, by asset and of the library,
// with all the verdicts that were given. The feedback that has them isn't known
// here.
func CheckVerdicts(d *store.Dump, given []content.Judged) {
	k, want := keys{}, counts{}
	for _, j := range given {
		if j.Counts() {
			want.count(d, j)
		}
	}
	for key := range d.Hashes {
		if _, isCount := strings.CutPrefix(key, k.counts("")); isCount && want[key] == nil {
			want[key] = map[string]int{}
		}
	}
	if want[k.libraryCounts()] == nil {
		want[k.libraryCounts()] = map[string]int{}
	}

	for key, counted := range want {
		if !strings.HasPrefix(key, k.most("")) {
			checkCounts(d, key, counted)
		}
	}
	for _, v := range content.Verdicts {
		key := k.most(string(v))
		checkRank(d, key, want[key])
	}
}

// counts is what is to be counted: by key and field.
type counts map[string]map[string]int

func (c counts) add(key, field string) {
	if c[key] == nil {
		c[key] = map[string]int{}
	}
	c[key][field]++
}

// count adds a verdict.
func (c counts) count(d *store.Dump, j content.Judged) {
	k, what := keys{}, string(j.Verdict)
	version := content.CountField(what, j.Version)
	c.add(k.counts(j.Asset), version)
	c.add(k.libraryCounts(), what)
	c.add(k.most(what), j.Asset)

	for _, label := range j.Labels() {
		known := d.Hashes[k.labels()]
		switch {
		case known[label] != "":
			c.add(k.counts(j.Asset), version+label)
			c.add(k.libraryCounts(), what+label)
		case len(known) < content.MaxLabels:
			d.Fault("verdicts are not counted by %s, and there is room", label)
		}
	}
}

// checkCounts compares the counts in a hash with what was counted: those of
// verdicts exactly; those of uses can't be counted again.
func checkCounts(d *store.Dump, key string, counted map[string]int) {
	have := d.Hashes[key]
	for field, text := range have {
		n, err := strconv.Atoi(text)
		what, _, _ := strings.Cut(field, ":")
		switch {
		case err != nil || n < 0:
			d.Fault("%s counts %q of %s", key, text, field)
		case slices.Contains(content.Verdicts, content.Verdict(what)) && n != counted[field]:
			d.Fault("%s counts %d of %s, and there are %d", key, n, field, counted[field])
		}
	}
	for field, n := range counted {
		if _, ok := have[field]; !ok {
			d.Fault("%s doesn't count %d of %s", key, n, field)
		}
	}
}

// checkRank compares by how many verdicts of a kind assets are ranked with how
// many they have.
func checkRank(d *store.Dump, key string, counted map[string]int) {
	for id, n := range d.ZSets[key] {
		if int(n) != counted[id] {
			d.Fault("%s counts %d of %s, and there are %d", key, int(n), id, counted[id])
		}
	}
	for id, n := range counted {
		if d.ZSets[key][id] == 0 {
			d.Fault("%s doesn't count %d of %s", key, n, id)
		}
	}
}
