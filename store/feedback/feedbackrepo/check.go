package feedbackrepo

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback"
)

// Check compares feedback with its indexes, with what its verdicts count, and
// with the groups of joined pieces.
func Check(d *store.Dump) {
	k := keys{}
	d.Knows(k.identity(), k.all())
	d.KnowsBegin(feedback.Ref("F-"), clicksBegin, complaintsBegin, k.with(""), k.by(""))
	d.KnowsOf(k.members(""), feedback.Ref(""))
	d.KnowsOf(k.people(""), feedback.Ref(""))

	pieces := store.Records[feedback.Piece](d, "feedback:F")
	checkLists(d, pieces)
	checkClicks(d, pieces)
	checkComplaints(d, pieces)
	checkIdentity(d, pieces)
	checkGroups(d, pieces)

	var judged []content.Judged
	for _, p := range pieces {
		checkDeleted(d, p)
		judged = append(judged, p.Judged())
	}

	contentrepo.CheckVerdicts(d, judged)
}

// What the keys of clicks and of complaints begin with.
const (
	clicksBegin     = "voices:"
	complaintsBegin = "failing:"
)

// checkLists compares pieces with the indexes by time. What is missing or too
// much there can be mended by the record.
func checkLists(d *store.Dump, pieces map[string]feedback.Piece) {
	k, want := keys{}, store.Index{}
	for id, p := range pieces {
		for _, list := range k.lists(p) {
			want.Add(list, id, "")
		}
	}

	for key, ids := range want {
		for id := range ids {
			if _, listed := d.ZSets[key][id]; !listed {
				d.Mendable(relist(key, id), "%s lacks %q", key, id)
			}
		}
	}

	for key, ids := range d.ZSets {
		if key != k.all() && !strings.HasPrefix(key, k.by("")) && !strings.HasPrefix(key, k.with("")) {
			continue
		}

		for id := range ids {
			if _, belongs := want[key][id]; !belongs {
				d.Mendable(relist(key, id), "%s has %q, which doesn't belong there", key, id)
			}
		}
	}
}

// checkClicks compares pieces with the notes of one-click verdicts.
func checkClicks(d *store.Dump, pieces map[string]feedback.Piece) {
	k, want := keys{}, store.Index{}
	for id, p := range pieces {
		if p.Click {
			want.Add(k.clicks(p.Asset, p.Version), p.Reporter, id)
		}
	}

	for key, people := range want {
		for who, id := range people {
			switch have := d.Hashes[key][who]; have {
			case id:
			case "":
				d.Mendable(noteClick(key, who, id), "%s lacks %q", key, who)
			default:
				d.Mendable(noteClick(key, who, id), "%s has %q for %q instead of %q", key, have, who, id)
			}
		}
	}

	for key, people := range d.Hashes {
		if !strings.HasPrefix(key, clicksBegin) {
			continue
		}

		for who, id := range people {
			if want[key][who] == "" {
				d.Mendable(noteClick(key, who, id), "%s has %q, which doesn't belong there", key, who)
			}
		}
	}
}

// checkComplaints compares pieces with the counts of who says that a version
// fails.
func checkComplaints(d *store.Dump, pieces map[string]feedback.Piece) {
	k, counted, want := keys{}, map[feedback.Complaint]int{}, store.Index{}
	for _, p := range pieces {
		if c := p.Complaint(); c != (feedback.Complaint{}) {
			counted[c]++
			want.Add(k.complaints(c.Asset, c.Version), c.Person, strconv.Itoa(counted[c]))
		}
	}

	for key, people := range want {
		want.Add(key, peopleField, strconv.Itoa(len(people)))
	}

	d.CompareHashes(want, complaintsBegin)
}

// checkIdentity compares pieces that came in from outside with what they are
// known by.
func checkIdentity(d *store.Dump, pieces map[string]feedback.Piece) {
	known := d.Hashes[keys{}.identity()]
	for id, p := range pieces {
		if p.ExternalID == "" {
			continue
		}

		if name := d.Pseudonym(p.Source, p.ExternalID); known[name] != id {
			d.Mendable(noteIdentity(name, id), "%s is not found by its sender's ID, but %q", id, known[name])
		}
	}

	for _, id := range known {
		if pieces[id].ID == "" {
			d.Fault("a name leads to %s, which doesn't exist", id)
		}
	}
}

// checkDeleted makes sure that nothing is left of what a deleted piece said.
func checkDeleted(d *store.Dump, p feedback.Piece) {
	if !p.IsDeleted() {
		return
	}

	kept := feedback.Piece{
		ID: p.ID, Created: p.Created, Heard: p.Heard, Deleted: p.Deleted, Undone: p.Undone, Status: p.Status, Source: p.Source,
		Steps: p.Steps, Primary: p.Primary, Members: p.Members, People: p.People,
	}
	if !p.Undone {
		kept.Asset, kept.Version, kept.Verdict = p.Asset, p.Version, p.Verdict
	}

	if !reflect.DeepEqual(p, kept) {
		d.Fault("%s is deleted and still says something", p.ID)
	}

	asked := func(s feedback.Step) bool { return s.Question != "" || s.Answer != "" }
	if slices.ContainsFunc(p.Steps, asked) {
		d.Fault("%s is deleted, and what was asked is kept", p.ID)
	}
}
