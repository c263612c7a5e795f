package store

import (
	"slices"
	"strconv"
	"strings"
)

// checkLeadStats makes sure that the numbers of all leads are those of all
// sources and those of all routes.
func (d *Dump) checkLeadStats() {
	const begin = "lead:stats:"
	sums := map[string]map[string]map[string]int{} // by day, grouping and thing counted
	for key, hash := range d.Hashes {
		rest, ok := strings.CutPrefix(key, begin)
		if !ok {
			continue
		}
		by, day, _ := strings.Cut(rest, ":")
		if !slices.Contains(LeadGroupings, LeadGrouping(by)) {
			d.Fault("%s counts by something unknown", key)
		}
		for field, text := range hash {
			n, err := strconv.Atoi(text)
			_, what, found := strings.Cut(field, statsSplit)
			if err != nil || !found || n < 0 && !strings.HasPrefix(what, statAmount) {
				d.Fault("%s counts %q of %q", key, text, field)
			}
			if sums[day] == nil {
				sums[day] = map[string]map[string]int{}
			}
			if sums[day][by] == nil {
				sums[day][by] = map[string]int{}
			}
			sums[day][by][what] += n
		}
	}
	for day, by := range sums {
		for _, g := range []LeadGrouping{BySource, ByRoute} {
			for what, n := range by[string(AllLeads)] {
				if got := by[string(g)][what]; got != n {
					d.Fault("on %s there were %d of %s, and by %s %d", day, n, what, g, got)
				}
			}
		}
	}
}

// checkNames compares what leads are known by with where that leads.
func (d *Dump) checkNames(identity map[string]string) {
	const begin = "lead:names:"
	for name, id := range identity {
		if !slices.Contains(d.Sets[d.keys.leadNames(id)], name) {
			d.Fault("%s is not among what %s is known by", name, id)
		}
	}
	for key, names := range d.Sets {
		id, ok := strings.CutPrefix(key, begin)
		for _, name := range names {
			if ok && identity[name] != id {
				d.Fault("%s is known by a name that leads to %q", id, identity[name])
			}
		}
	}
}

// checkForgotten makes sure that nothing is left of a lead whose data was
// removed.
func (d *Dump) checkForgotten(l Lead) {
	left := Lead{ID: l.ID, Status: l.Status, Channel: l.Channel, Created: l.Created, Reasons: l.Reasons}
	left.Cycle, left.OpenedAt = l.Cycle, l.OpenedAt
	if len(l.Attributes) > 0 || len(l.Touches) > 0 || !sameLead(l, left) || l.Source != "" || l.ExternalID != "" || l.Return != nil {
		d.Fault("%s is forgotten, and something is left of it", l.ID)
	}
	if n := len(d.ZSets[d.keys.leadHistory(l.ID)]); n != 1 {
		d.Fault("%s is forgotten, and its history has %d events", l.ID, n)
	}
	for timer := range d.ZSets[d.keys.due()] {
		if strings.HasSuffix(timer, ":"+l.ID) {
			d.Fault("%s is forgotten, and the timer %s is set", l.ID, timer)
		}
	}
}
