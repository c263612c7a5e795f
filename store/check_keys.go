package store

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkKeys makes sure that every key is one that keys.go names, and that what
// belongs to a record belongs to one that exists.
func (d *dump) checkKeys() {
	k := d.keys
	known := append(k.outbox(), k.slugs(), k.assets(), k.tallies(), k.lastUse(), k.reviews(), k.feedbackIdentity(), k.feedbackAll(),
		k.gaps(), k.gapRank(), k.leadIdentity(), k.ruleFaults(), k.away(), k.forgotten(), k.secret(), k.labels(), k.due())
	begins := []string{AssetRef("C-"), FeedbackRef("F-"), GapRef("G-"), LeadRef("L-"), k.sequence(""), k.tally(""), k.most(""),
		"used:by:", k.recent(""), k.often(""), "voices:", "failing:", k.feedbackWith(""), k.feedbackBy(""),
		k.leadsByStatus(""), k.leadsByOwner(""), k.turns(""), k.given(""), "lead:stats:"}
	of := map[string]string{k.leadHistory(""): LeadRef(""), k.leadNames(""): LeadRef(""), k.gapPeople(""): GapRef(""),
		k.gapAskers(""): GapRef(""), k.behind(""): FeedbackRef(""), k.joinedVoices(""): FeedbackRef("")}
	for _, key := range d.all() {
		isKnown := slices.Contains(known, key) ||
			slices.ContainsFunc(begins, func(begin string) bool { return strings.HasPrefix(key, begin) })
		for begin, record := range of {
			if id, ok := strings.CutPrefix(key, begin); ok {
				if isKnown = true; d.hashes[record+id] == nil {
					d.fault("%s belongs to a record that doesn't exist", key)
				}
			}
		}
		if rest, ok := strings.CutPrefix(key, k.webhook("")); ok {
			name, _, _ := strings.Cut(rest, ":")
			if isKnown = true; d.hashes[k.webhook(name)] == nil {
				d.fault("%s belongs to an endpoint that was never told anything", key)
			}
		}
		if !isKnown {
			d.fault("nobody knows the key %s", key)
		}
	}
}

// all lists every key that was read.
func (d *dump) all() []string {
	var all []string
	for key := range d.hashes {
		all = append(all, key)
	}
	for key := range d.zsets {
		all = append(all, key)
	}
	for key := range d.sets {
		all = append(all, key)
	}
	for key := range d.counts {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}

// checkNotes looks at what stands for itself: who is away, who is forgotten,
// and which rules failed.
func (d *dump) checkNotes() {
	for _, key := range []string{d.keys.away(), d.keys.forgotten()} {
		for field, text := range d.hashes[key] {
			if _, err := strconv.ParseInt(text, 10, 64); err != nil && (key != d.keys.forgotten() || field != forgottenKey) {
				d.fault("%s has %q for %s, which is no time", key, text, field)
			}
		}
	}
	if len(d.hashes[d.keys.forgotten()]) > 0 && d.hashes[d.keys.forgotten()][forgottenKey] == "" {
		d.fault("%s has no secret, so nobody in it is known", d.keys.forgotten())
	}
	for rule, day := range d.hashes[d.keys.ruleFaults()] {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			d.fault("%s has %q for %q, which is no day", d.keys.ruleFaults(), day, rule)
		}
	}
}
