package store

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// checkLeads compares leads with their indexes.
func (d *Dump) checkLeads(leads map[string]Lead) {
	lists, names := Index{}, map[string]string{}
	for id, l := range leads {
		if !slices.Contains(LeadStatuses, l.Status) {
			d.Fault("%s has the status %q", id, l.Status)
		}
		if l.Status.Owned() != (l.Owner != "") && l.Status != LeadConverted {
			d.Fault("%s is %s and has the owner %q", id, l.Status, l.Owner)
		}
		d.checkHistory(l)
		if l.Status != LeadHeld && l.Status != LeadForgotten && l.Channel == "" {
			d.Fault("%s is %s in no channel", id, l.Status)
		}
		lists.Add(d.keys.leadsByStatus(l.Status), id, "")
		if worker := l.worker(); worker != "" {
			lists.Add(d.keys.leadsByOwner(worker), id, "")
		}
		if l.Status == LeadForgotten {
			d.checkForgotten(l)
		} else {
			names[identityField(l.Source, l.ExternalID)] = id
		}
	}
	d.CompareZSets(lists, d.keys.leadsByStatus(""), d.keys.leadsByOwner(""))
	identity := d.Hashes[d.keys.leadIdentity()]
	for name, id := range names {
		if identity[name] != id {
			d.Fault("%s is not found by its sender's ID, but %q", id, identity[name])
		}
	}
	for id, l := range leads { // whose address it is may be another's who had it first
		if l.Email != "" && identity[emailField(l.Email)] == "" {
			d.Fault("%s is not found by its e-mail address", id)
		}
	}
	for _, id := range identity {
		if leads[id].ID == "" {
			d.Fault("a name leads to %s, which doesn't exist", id)
		}
	}
	d.checkNames(identity)
}

// checkHistory compares a lead with the last thing that happened to it.
func (d *Dump) checkHistory(l Lead) {
	key, last, latest := d.keys.leadHistory(l.ID), LeadEvent{}, 0.0
	if len(d.ZSets[key]) > maxHistory {
		d.Fault("%s has %d events", key, len(d.ZSets[key]))
	}
	for member, at := range d.ZSets[key] {
		var e LeadEvent
		if err := json.Unmarshal([]byte(member), &e); err != nil || int64(at) != e.Rev {
			d.Fault("%s has %q at %g: %w", key, member, at, err)
		}
		if at > latest {
			last, latest = e, at
		}
	}
	if last.To != l.Status || last.Owner != l.Owner {
		d.Fault("%s is %s and has the owner %q, and its history ends with %s by %q", l.ID, l.Status, l.Owner, last.To, last.Owner)
	}
}

// checkFeedback compares feedback with its indexes, the tallies and the voices.
func (d *Dump) checkFeedback(feedback map[string]Feedback, assets map[string]Asset) {
	lists, tallies := Index{}, counts{}
	for id, f := range feedback {
		for _, list := range d.keys.feedbackLists(f) {
			lists.Add(list, id, "")
		}
		d.verdicts(tallies, f)
		d.checkDeleted(f)
	}
	d.CompareZSets(lists, d.keys.feedbackAll(), d.keys.feedbackBy(""), d.keys.feedbackWith(""))
	d.checkTallies(tallies, assets)
	d.checkVoices(feedback)
	d.checkJoined(feedback)
}

func (d *Dump) checkTally(key string, counted map[string]int) {
	tally := d.Hashes[key]
	for field, text := range tally {
		n, err := strconv.Atoi(text)
		what, _, _ := strings.Cut(field, ":")
		switch {
		case err != nil || n < 0:
			d.Fault("%s counts %q of %s", key, text, field)
		case slices.Contains([]Verdict{Works, Mixed, Fails}, Verdict(what)) && n != counted[field]:
			d.Fault("%s counts %d of %s, and there are %d", key, n, field, counted[field])
		}
	}
	for field, n := range counted {
		if _, ok := tally[field]; !ok {
			d.Fault("%s doesn't count %d of %s", key, n, field)
		}
	}
}

// checkAssets compares assets with their slugs and versions.
func (d *Dump) checkAssets(assets map[string]Asset) {
	slugs, all := map[string]string{}, map[string]string{}
	for id, a := range assets {
		if other, twice := slugs[a.Slug]; twice {
			d.Fault("%s and %s have the slug %q", id, other, a.Slug)
		}
		slugs[a.Slug], all[id] = id, ""
		d.checkVersions(a)
	}
	d.Compare(d.keys.slugs(), slugs, d.Hashes[d.keys.slugs()])
	listed := map[string]string{}
	for _, id := range d.Sets[d.keys.assets()] {
		listed[id] = ""
	}
	d.Compare(d.keys.assets(), all, listed)
}

func (d *Dump) checkVersions(a Asset) {
	hash := d.Hashes[AssetRef(a.ID)]
	live := ""
	for number := range a.Latest {
		number++
		text := hash[versionField(number)]
		var v Version
		if err := json.Unmarshal([]byte(text), &v); err != nil || v.Number != number {
			d.Fault("%s has no version %d", a.ID, number)
			continue
		}
		if (v.Status == Approved) != (number == a.Approved) {
			d.Fault("version %d of %s is %s, and the approved one is %d", number, a.ID, v.Status, a.Approved)
		}
		if number == a.Approved {
			live = text
		}
	}
	if hash["live"] != live {
		d.Fault("%s serves something else than its approved version", a.ID)
	}
	for _, field := range slices.Sorted(maps.Keys(hash)) {
		if n, ok := strings.CutPrefix(field, versionField(0)[:2]); ok {
			if number, err := strconv.Atoi(n); err != nil || number < 1 || number > a.Latest {
				d.Fault("%s has %s, and its latest version is %d", a.ID, field, a.Latest)
			}
		}
	}
}

// checkTurns adds up what those who take turns are credited with: every turn
// gives out as much as it takes.
func (d *Dump) checkTurns() {
	for key, route := range d.Hashes {
		name, isTurns := strings.CutPrefix(key, d.keys.turns(""))
		_, isGiven := strings.CutPrefix(key, d.keys.given(""))
		sum := 0
		for field, text := range route {
			n, err := strconv.Atoi(text)
			if (isTurns || isGiven) && (err != nil || n < 0 && (isGiven || field == turnCount)) {
				d.Fault("%s counts %q for %s", key, text, field)
			}
			if field != turnCount {
				sum += n
			}
		}
		if isTurns && sum != 0 {
			d.Fault("the credits on the route %s add up to %d", name, sum)
		}
	}
}
