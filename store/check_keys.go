package store

import (
	"strconv"
	"time"
)

// checkKeys makes sure that every key is one that keys.go names, and that what
// belongs to a record belongs to one that exists.
func (d *Dump) checkKeys() {
	k := d.keys
	d.Knows(k.slugs(), k.assets(), k.tallies(), k.lastUse(), k.reviews(), k.feedbackIdentity(), k.feedbackAll(),
		k.gaps(), k.gapRank(), k.leadIdentity(), k.ruleFaults(), k.away(), k.forgotten(), k.labels())
	d.KnowsBegin(AssetRef("C-"), FeedbackRef("F-"), GapRef("G-"), LeadRef("L-"), k.tally(""), k.most(""),
		"used:by:", k.recent(""), k.often(""), "voices:", "failing:", k.feedbackWith(""), k.feedbackBy(""),
		k.leadsByStatus(""), k.leadsByOwner(""), k.turns(""), k.given(""), "lead:stats:")
	for begin, record := range map[string]string{k.leadHistory(""): LeadRef(""), k.leadNames(""): LeadRef(""), k.gapPeople(""): GapRef(""),
		k.gapAskers(""): GapRef(""), k.behind(""): FeedbackRef(""), k.joinedVoices(""): FeedbackRef("")} {
		d.KnowsOf(begin, record)
	}
}

// checkNotes looks at what stands for itself: who is away, who is forgotten,
// and which rules failed.
func (d *Dump) checkNotes() {
	for _, key := range []string{d.keys.away(), d.keys.forgotten()} {
		for field, text := range d.Hashes[key] {
			if _, err := strconv.ParseInt(text, 10, 64); err != nil && (key != d.keys.forgotten() || field != forgottenKey) {
				d.Fault("%s has %q for %s, which is no time", key, text, field)
			}
		}
	}
	if len(d.Hashes[d.keys.forgotten()]) > 0 && d.Hashes[d.keys.forgotten()][forgottenKey] == "" {
		d.Fault("%s has no secret, so nobody in it is known", d.keys.forgotten())
	}
	for rule, day := range d.Hashes[d.keys.ruleFaults()] {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			d.Fault("%s has %q for %q, which is no day", d.keys.ruleFaults(), day, rule)
		}
	}
}
