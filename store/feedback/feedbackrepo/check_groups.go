package feedbackrepo

import (
	"slices"
	"strings"

	"smarketer/store"
	"smarketer/store/feedback"
)

// checkGroups compares joined pieces with what their primary pieces know of
// them, and makes sure that every step will reach them.
func checkGroups(d *store.Dump, pieces map[string]feedback.Piece) {
	joined := map[string][]string{}            // by primary piece
	people := map[string]map[string][]string{} // by primary piece, and then by person
	count := func(primary string, p feedback.Piece) {
		if p.Person() == "" {
			return
		}

		if people[primary] == nil {
			people[primary] = map[string][]string{}
		}

		people[primary][p.Person()] = append(people[primary][p.Person()], p.ID)
	}

	for id, p := range pieces {
		if p.Members > 0 {
			count(id, p)
		}

		if p.Primary == "" {
			continue
		}

		if primary := pieces[p.Primary]; primary.ID == "" || primary.Primary != "" || p.Members > 0 {
			d.Fault("%s is joined to %s, which can't be", id, p.Primary)
		}

		joined[p.Primary] = append(joined[p.Primary], id)
		count(p.Primary, p)
	}

	checkMembers(d, joined)
	for id, p := range pieces {
		if n := len(joined[id]); n != p.Members {
			d.Fault("%s counts %d pieces joined to it, and there are %d", id, p.Members, n)
		}

		if n := len(people[id]); n != p.People {
			d.Fault("%s counts %d people, and there are %d", id, p.People, n)
		}

		checkPeople(d, id, people[id])
		checkCatchUp(d, p)
	}
}

// checkMembers compares the pieces that are joined to primary pieces with the
// lists of them. One too many can be taken out; of one that is missing nobody
// knows how many steps it has taken.
func checkMembers(d *store.Dump, joined map[string][]string) {
	k := keys{}
	for primary, ids := range joined {
		for _, id := range ids {
			if _, listed := d.ZSets[k.members(primary)][id]; !listed {
				d.Fault("%s lacks %q", k.members(primary), id)
			}
		}
	}

	for key, ids := range d.ZSets {
		primary, ok := strings.CutPrefix(key, k.members(""))
		if !ok {
			continue
		}

		for id := range ids {
			if !slices.Contains(joined[primary], id) {
				d.Mendable(unlistMember(primary, id), "%s has %q, which doesn't belong there", key, id)
			}
		}
	}
}

// checkPeople compares who gave the pieces of a group with what is noted of
// that. The order of a person's pieces, in which they were joined, is known
// from nothing else.
func checkPeople(d *store.Dump, primary string, people map[string][]string) {
	key := keys{}.people(primary)
	want, have := map[string]string{}, map[string]string{}
	for who, ids := range people {
		want[who] = sorted(ids)
	}

	for who, text := range d.Hashes[key] {
		have[who] = sorted(strings.Fields(text))
	}

	d.Compare(key, want, have)
}

func sorted(ids []string) string {
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// checkCatchUp makes sure that a timer is set while a step has not reached
// every joined piece.
func checkCatchUp(d *store.Dump, primary feedback.Piece) {
	if d.HasTimer(feedback.CatchUpTimer, primary.ID) {
		return
	}

	for id, taken := range d.ZSets[keys{}.members(primary.ID)] {
		if int(taken) < len(primary.Steps) {
			d.Mendable(resetCatchUp(primary.ID), "%s has not taken step %d of %s, and no timer is set", id, int(taken)+1, primary.ID)
		}
	}
}
