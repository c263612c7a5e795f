package store

import (
	"context"
	"strings"
)

// CheckInvariants reads the whole workspace and reports everything in it that
// contradicts something else, as one error that joins all faults; nil when
// there is none. It is slow, takes as much memory as the workspace, and isn't
// atomic: while others change the workspace it sees faults that are none. It
// is for tests, and for an operator who has a reason to ask.
func (s *Store) CheckInvariants(ctx context.Context) error {
	d, err := s.ReadDump(ctx)
	if err != nil {
		return err
	}
	leads := Records[Lead](d, "lead:L")
	feedback := Records[Feedback](d, "feedback:F")
	assets := Records[Asset](d, "asset:C")
	d.checkLeads(leads)
	d.checkFeedback(feedback, assets)
	d.checkAssets(assets)
	d.checkUses(assets)
	d.checkReviews(assets)
	d.checkGaps(Records[Gap](d, "gap:G"))
	d.checkTimers(leads)
	d.checkTurns()
	d.checkLeadStats()
	d.checkNotes()
	d.checkKeys()
	d.CheckEngine()
	return d.Err()
}

func (d *Dump) checkTimers(leads map[string]Lead) {
	want := map[string]bool{}
	for _, l := range leads {
		for timer, at := range l.timers() {
			if want[timer] = !at.IsZero(); !want[timer] {
				continue
			}
			if _, set := d.ZSets[d.keys.due()][timer]; !set {
				d.Fault("timer %s is not set, and %s needs it", timer, l.ID)
			}
		}
	}
	for timer := range d.ZSets[d.keys.due()] {
		name, _, _ := strings.Cut(timer, ":")
		if (name == SLATimer || name == FollowUpTimer) && !want[timer] {
			d.Fault("timer %s is set, and nobody needs it", timer)
		}
	}
}
