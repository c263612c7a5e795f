package store

import (
	"strconv"
	"strings"
)

// counts is what the tallies should hold: by key, counts by field.
type counts map[string]map[string]int

func (c counts) add(key, field string) {
	if c[key] == nil {
		c[key] = map[string]int{}
	}
	c[key][field]++
}

// verdicts counts what a piece of feedback adds to the tallies.
func (d *Dump) verdicts(c counts, f Feedback) {
	if f.Asset == "" || f.Verdict == "" {
		return
	}
	what, version := string(f.Verdict), tallyField(string(f.Verdict), f.Version)
	c.add(d.keys.tally(f.Asset), version)
	c.add(d.keys.tallies(), what)
	for _, label := range labels([]string{f.Persona}, []string{f.Stage}) {
		if known := d.Hashes[d.keys.labels()]; known[label] == "" {
			if len(known) < maxLabels {
				d.Fault("verdicts are not counted by %s, and there is room", label)
			}
			continue
		}
		c.add(d.keys.tally(f.Asset), version+label)
		c.add(d.keys.tallies(), what+label)
	}
	c.add(d.keys.most(what), f.Asset)
}

// checkTallies compares what the tallies hold with the feedback there is.
func (d *Dump) checkTallies(want counts, assets map[string]Asset) {
	for id := range assets {
		d.checkTally(d.keys.tally(id), want[d.keys.tally(id)])
	}
	d.checkTally(d.keys.tallies(), want[d.keys.tallies()])
	for key, counted := range want {
		if id, ok := strings.CutPrefix(key, d.keys.tally("")); ok && assets[id].ID == "" {
			d.checkTally(key, counted)
		}
	}
	for _, v := range []Verdict{Works, Mixed, Fails} {
		key := d.keys.most(string(v))
		for id, n := range d.ZSets[key] {
			if int(n) != want[key][id] {
				d.Fault("%s counts %d of %s, and there are %d", key, int(n), id, want[key][id])
			}
		}
		for id, n := range want[key] {
			if d.ZSets[key][id] == 0 {
				d.Fault("%s doesn't count %d of %s", key, n, id)
			}
		}
	}
}

// checkUses compares what is known of uses with the assets.
func (d *Dump) checkUses(assets map[string]Asset) {
	lists := Index{}
	for id, a := range assets {
		if a.Approved > 0 {
			lists.Add(d.keys.lastUse(), id, "")
		}
	}
	d.CompareZSets(lists, d.keys.lastUse())
	for key := range d.ZSets {
		about, ok := strings.CutPrefix(key, strings.TrimSuffix(d.keys.usedBy("", 0), ":0"))
		if !ok {
			continue
		}
		id, version, _ := strings.Cut(about, ":")
		if n, err := strconv.Atoi(version); err != nil || n < 1 || n > assets[id].Latest {
			d.Fault("%s is about a version that doesn't exist", key)
		}
	}
}
