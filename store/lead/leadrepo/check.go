package leadrepo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// Check compares leads with their indexes, histories, timers and numbers.
func Check(d *store.Dump) {
	k := keys{}
	d.Knows(k.identity(), k.faults(), k.forgotten())
	d.KnowsBegin(lead.Ref("L-"), k.byStatus(""), k.byOwner(""), statsBegin)
	d.KnowsOf(k.history(""), lead.Ref(""))
	d.KnowsOf(k.names(""), lead.Ref(""))

	leads := store.Records[lead.Lead](d, "lead:L")
	for id, l := range leads {
		checkLead(d, id, l)
		checkHistory(d, l)
	}

	checkLists(d, leads)
	checkNames(d, leads)
	checkTimers(d, leads)
	checkStats(d)
	checkForgotten(d)
	checkFaults(d)
}

// checkLead looks at what one record says of itself.
func checkLead(d *store.Dump, id string, l lead.Lead) {
	if !slices.Contains(lead.Statuses, l.Status) {
		d.Fault("%s has the status %q", id, l.Status)
	}

	if l.Status.Owned() != (l.Owner != "") && l.Status != lead.Converted {
		d.Fault("%s is %s and has the owner %q", id, l.Status, l.Owner)
	}

	if l.Status != lead.Held && l.Status != lead.Forgotten && l.Channel == "" {
		d.Fault("%s is %s in no channel", id, l.Status)
	}

	if l.Status != lead.Forgotten {
		return
	}

	if l.HasData() {
		d.Fault("%s is forgotten, and something is left of it", id)
	}

	if n := len(d.ZSets[keys{}.history(id)]); n != 1 {
		d.Fault("%s is forgotten, and its history has %d events", id, n)
	}

	for _, timer := range d.Timers() {
		if timer.Ref == id {
			d.Fault("%s is forgotten, and the timer %s is set", id, timer)
		}
	}
}

// checkHistory compares a lead with the last thing that happened to it.
func checkHistory(d *store.Dump, l lead.Lead) {
	key, last, latest := keys{}.history(l.ID), lead.Event{}, 0.0
	if len(d.ZSets[key]) > maxHistory {
		d.Fault("%s has %d events", key, len(d.ZSets[key]))
	}

	for member, at := range d.ZSets[key] {
		var e lead.Event
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

// checkLists compares leads with the lists by status and by owner. What is
// missing or too much there can be mended by the record.
func checkLists(d *store.Dump, leads map[string]lead.Lead) {
	k, want := keys{}, map[string]map[string]bool{}
	add := func(key, id string) {
		if want[key] == nil {
			want[key] = map[string]bool{}
		}

		want[key][id] = true
	}
	for id, l := range leads {
		add(k.byStatus(l.Status), id)
		if worker := l.Worker(); worker != "" {
			add(k.byOwner(worker), id)
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
		if !strings.HasPrefix(key, k.byStatus("")) && !strings.HasPrefix(key, k.byOwner("")) {
			continue
		}

		for id := range ids {
			if !want[key][id] {
				d.Mendable(relist(key, id), "%s has %q, which doesn't belong there", key, id)
			}
		}
	}
}

// relist brings the place of a lead in one list up to date. It counts as new
// there: until when it was in the status before is not known.
func relist(key, id string) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		l, err := load(ctx, tx, id)
		if err != nil && !errors.Is(err, errs.ErrNotFound) {
			return err
		}

		k := keys{}
		belongs := err == nil && (key == k.byStatus(l.Status) || l.Worker() != "" && key == k.byOwner(l.Worker()))
		if belongs {
			tx.Do("ZADD", tx.Key(key), "NX", tx.Now().UnixMilli(), id)
		} else {
			tx.Do("ZREM", tx.Key(key), id)
		}

		return nil
	}
}

// checkNames compares leads with the names that lead to them.
func checkNames(d *store.Dump, leads map[string]lead.Lead) {
	k := keys{}
	identity := d.Hashes[k.identity()]
	for id, l := range leads {
		if name := lead.SenderName(l.Source, l.ExternalID); l.Status != lead.Forgotten && identity[name] != id {
			d.Fault("%s is not found by its sender's ID, but %q", id, identity[name])
		}

		// Whose address it is may be another's who had it first.
		if l.Email != "" && identity[lead.EmailName(l.Email)] == "" {
			d.Fault("%s is not found by its e-mail address", id)
		}
	}

	for name, id := range identity {
		if leads[id].ID == "" {
			d.Fault("a name leads to %s, which doesn't exist", id)
		}

		if !slices.Contains(d.Sets[k.names(id)], name) {
			d.Fault("%s is not among what %s is known by", name, id)
		}
	}

	for key, names := range d.Sets {
		id, ok := strings.CutPrefix(key, k.names(""))
		for _, name := range names {
			if ok && identity[name] != id {
				d.Fault("%s is known by a name that leads to %q", id, identity[name])
			}
		}
	}
}

// checkTimers compares leads with the timers that they need. One that is missing
// can be set, and one that nobody needs cancelled.
func checkTimers(d *store.Dump, leads map[string]lead.Lead) {
	for id, l := range leads {
		for name, at := range l.Timers() {
			if !at.IsZero() && !d.HasTimer(name, id) {
				d.Mendable(resetTimer(name, id), "timer %s:%s is not set, and %s needs it", name, id, id)
			}
		}
	}

	for _, t := range d.Timers() {
		if t.Name != lead.SLATimer && t.Name != lead.FollowUpTimer {
			continue
		}

		if leads[t.Ref].Timers()[t.Name].IsZero() {
			d.Mendable(resetTimer(t.Name, t.Ref), "timer %s is set, and nobody needs it", t)
		}
	}
}

// resetTimer sets or cancels a timer as its lead needs it.
func resetTimer(name, id string) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		l, err := load(ctx, tx, id)
		if err != nil && !errors.Is(err, errs.ErrNotFound) {
			return err
		}

		if at := l.Timers()[name]; at.IsZero() {
			tx.CancelTimer(name, id)
		} else {
			tx.SetTimer(name, id, at)
		}

		return nil
	}
}

// checkStats makes sure that the numbers by source and by route add up to those
// of all leads.
func checkStats(d *store.Dump) {
	sums := map[string]map[string]map[string]int{} // by day, grouping and thing counted
	for key, hash := range d.Hashes {
		rest, ok := strings.CutPrefix(key, statsBegin)
		if !ok {
			continue
		}

		by, day, _ := strings.Cut(rest, ":")
		if !slices.Contains(lead.Groupings, lead.Grouping(by)) {
			d.Fault("%s counts by something unknown", key)
		}

		if sums[day] == nil {
			sums[day] = map[string]map[string]int{}
		}

		sums[day][by] = map[string]int{}

		for field, text := range hash {
			n, err := strconv.Atoi(text)
			_, what, found := strings.Cut(field, lead.StatsSplit)
			if err != nil || !found || n < 0 && !lead.MayBeNegative(what) {
				d.Fault("%s counts %q of %q", key, text, field)
			}

			sums[day][by][what] += n
		}
	}

	for day, by := range sums {
		for _, g := range []lead.Grouping{lead.BySource, lead.ByRoute} {
			for what, n := range by[string(lead.All)] {
				if got := by[string(g)][what]; got != n {
					d.Fault("on %s there were %d of %s, and by %s %d", day, n, what, g, got)
				}
			}
		}
	}
}

// checkForgotten looks at who is forgotten.
func checkForgotten(d *store.Dump) {
	key := keys{}.forgotten()
	hash := d.Hashes[key]
	for field, text := range hash {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil && field != secretField {
			d.Fault("%s has %q for %s, which is no time", key, text, field)
		}
	}

	if len(hash) > 0 && hash[secretField] == "" {
		d.Fault("%s has no secret, so nobody in it is known", key)
	}
}

// checkFaults looks at which rules failed.
func checkFaults(d *store.Dump) {
	key := keys{}.faults()
	for rule, day := range d.Hashes[key] {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			d.Fault("%s has %q for %q, which is no day", key, day, rule)
		}
	}
}
