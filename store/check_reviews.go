package store

import (
	"encoding/json"
	"strings"
)

// checkReviews compares proposals and flags with the review queue and the
// timers.
func (d *Dump) checkReviews(assets map[string]Asset) {
	queue := Index{}
	for id, a := range assets {
		open := a.OpenFlags()
		if a.Proposed > 0 || len(open) > 0 {
			queue.Add(d.keys.reviews(), id, "")
		}
		for i, f := range a.Flags {
			if i > 0 && f.Number <= a.Flags[i-1].Number {
				d.Fault("%s has two flags with the number %d", id, f.Number)
			}
		}
		past := false
		for _, f := range open {
			past = past || f.Why == PastDate
			if f.Version != a.Approved {
				d.Fault("%s has an open flag about version %d, and the approved one is %d", id, f.Version, a.Approved)
			}
		}
		d.checkProposals(a)
		v := d.version(a, a.Approved)
		_, wakes := d.ZSets[d.keys.due()][timerMember(ReviewTimer, id)]
		if a.Approved > 0 && !v.ReviewBy.IsZero() && !wakes && !past {
			d.Fault("the approval of %s runs out, and no timer wakes", id)
		}
	}
	d.CompareZSets(queue, d.keys.reviews())
	for timer := range d.ZSets[d.keys.due()] {
		name, id, _ := strings.Cut(timer, ":")
		a := assets[id]
		if name == ReviewTimer && a.Approved == 0 || name == DecideTimer && d.version(a, a.Proposed).Status != InReview {
			d.Fault("timer %s is set, and there is nothing to wake for", timer)
		}
	}
}

// checkProposals looks at who decides on what.
func (d *Dump) checkProposals(a Asset) {
	for number := range a.Latest {
		v := d.version(a, number+1)
		if v.Status == InReview && v.Number != a.Proposed {
			d.Fault("version %d of %s is in review, and the proposed one is %d", v.Number, a.ID, a.Proposed)
		}
		if v.Proposal == nil {
			continue
		}
		if v.Proposal.Decider == v.Author {
			d.Fault("%s is to decide on version %d of %s, which is theirs", v.Author, v.Number, a.ID)
		}
		if next := v.Proposal.Next; next > 0 && d.version(a, next).Proposal == nil {
			d.Fault("version %d of %s gave way to %d, which is no proposal", v.Number, a.ID, next)
		}
	}
	if v := d.version(a, a.Proposed); a.Proposed > 0 && (v.Proposal == nil || v.Status != InReview && v.Status != Draft) {
		d.Fault("version %d of %s is proposed and is %s", a.Proposed, a.ID, v.Status)
	}
}

// version is one version of an asset, its zero value when there is none.
func (d *Dump) version(a Asset, number int) Version {
	var v Version
	_ = json.Unmarshal([]byte(d.Hashes[AssetRef(a.ID)][versionField(number)]), &v)
	return v
}
