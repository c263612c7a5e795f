package store

import (
	"reflect"
	"slices"
	"strconv"
)

// checkDeleted makes sure that nothing is left of what a deleted piece said.
func (d *Dump) checkDeleted(f Feedback) {
	if f.Deleted.IsZero() {
		return
	}
	kept := Feedback{
		ID: f.ID, Created: f.Created, Heard: f.Heard, Deleted: f.Deleted, Undone: f.Undone, Status: f.Status, Source: f.Source,
		Steps: f.Steps, Joined: f.Joined, Behind: f.Behind, People: f.People,
	}
	if slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Question != "" || s.Answer != "" }) {
		d.Fault("%s is deleted, and what was asked is kept", f.ID)
	}
	if !f.Undone {
		kept.Asset, kept.Version, kept.Verdict = f.Asset, f.Version, f.Verdict
	}
	if !reflect.DeepEqual(f, kept) {
		d.Fault("%s is deleted and still says something", f.ID)
	}
}

// checkVoices compares feedback with the voices behind one-click verdicts and
// behind versions that fail, and with what pieces from outside are known by.
func (d *Dump) checkVoices(feedback map[string]Feedback) {
	clicks, fails, names := Index{}, Index{}, map[string]string{}
	counted := map[failing]int{}
	for id, f := range feedback {
		if f.Click {
			clicks.Add(d.keys.voices(f.Asset, f.Version), f.Reporter, id)
		}
		if v := f.failing(); v != (failing{}) {
			counted[v]++
			fails.Add(d.keys.failing(v.asset, v.version), v.voice, strconv.Itoa(counted[v]))
		}
		if f.ExternalID != "" {
			names[Keyed(d.Strings[d.keys.secret()], f.Source+"\x00"+f.ExternalID)] = id
		}
	}
	for key, voices := range fails {
		fails.Add(key, people, strconv.Itoa(len(voices)))
	}
	d.CompareHashes(clicks, "voices:")
	d.CompareHashes(fails, "failing:")
	identity := d.Hashes[d.keys.feedbackIdentity()]
	for name, id := range names {
		if identity[name] != id {
			d.Fault("%s is not found by its sender's ID, but %q", id, identity[name])
		}
	}
	for _, id := range identity {
		if feedback[id].ID == "" {
			d.Fault("a name leads to %s, which doesn't exist", id)
		}
	}
}
