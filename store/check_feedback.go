package store

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// checkDeleted makes sure that nothing is left of what a deleted piece said.
func (d *dump) checkDeleted(f Feedback) {
	if f.Deleted.IsZero() {
		return
	}
	kept := Feedback{
		ID: f.ID, Created: f.Created, Heard: f.Heard, Deleted: f.Deleted, Undone: f.Undone, Status: f.Status, Source: f.Source,
		Steps: f.Steps, Joined: f.Joined, Behind: f.Behind, People: f.People,
	}
	if slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Question != "" || s.Answer != "" }) {
		d.fault("%s is deleted, and what was asked is kept", f.ID)
	}
	if !f.Undone {
		kept.Asset, kept.Version, kept.Verdict = f.Asset, f.Version, f.Verdict
	}
	if !reflect.DeepEqual(f, kept) {
		d.fault("%s is deleted and still says something", f.ID)
	}
}

// checkVoices compares feedback with the voices behind one-click verdicts and
// behind versions that fail, and with what pieces from outside are known by.
func (d *dump) checkVoices(feedback map[string]Feedback) {
	clicks, fails, names := index{}, index{}, map[string]string{}
	counted := map[failing]int{}
	for id, f := range feedback {
		if f.Click {
			clicks.add(d.keys.voices(f.Asset, f.Version), f.Reporter, id)
		}
		if v := f.failing(); v != (failing{}) {
			counted[v]++
			fails.add(d.keys.failing(v.asset, v.version), v.voice, strconv.Itoa(counted[v]))
		}
		if f.ExternalID != "" {
			names[keyed(d.counts[d.keys.secret()], f.Source+"\x00"+f.ExternalID)] = id
		}
	}
	for key, voices := range fails {
		fails.add(key, people, strconv.Itoa(len(voices)))
	}
	d.compareHashes(clicks, "voices:")
	d.compareHashes(fails, "failing:")
	identity := d.hashes[d.keys.feedbackIdentity()]
	for name, id := range names {
		if identity[name] != id {
			d.fault("%s is not found by its sender's ID, but %q", id, identity[name])
		}
	}
	for _, id := range identity {
		if feedback[id].ID == "" {
			d.fault("a name leads to %s, which doesn't exist", id)
		}
	}
}

// compareHashes compares the HASHes that should be there, and those whose keys
// begin so.
func (d *dump) compareHashes(want index, begin string) {
	for key := range d.hashes {
		if strings.HasPrefix(key, begin) && want[key] == nil {
			want[key] = map[string]string{}
		}
	}
	for key, fields := range want {
		d.compare(key, fields, d.hashes[key])
	}
}
