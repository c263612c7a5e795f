package content

import (
	"time"

	"smarketer/store/errs"
)

// MayDecide reports whether somebody in marketing may decide on a version now.
// Nobody decides on what they wrote, and where somebody was asked nobody else
// does.
func (a Asset) MayDecide(v Version, by string) bool {
	return a.waits(v) && v.Author != by && (v.Proposal.Decider == "" || v.Proposal.Decider == by)
}

// MayReject reports whether somebody in marketing may turn a version down now:
// one to decide on, or one that was sent back to its author and forgotten.
func (a Asset) MayReject(v Version, by string) bool {
	forgotten := a.Proposed == v.Number && v.Status == Draft && v.Author != by
	return a.MayDecide(v, by) || forgotten
}

// waits reports whether a version waits for a decision.
func (a Asset) waits(v Version) bool {
	return v.Proposal != nil && a.Proposed == v.Number && v.Status == InReview
}

// Approve approves the proposed version: from now on it is served, in place of
// the one before it, until the day given. The error of this and of the other
// decisions is [errs.ErrConflict] when the version is not by's to decide on.
func Approve(s State, by string, reviewBy, now time.Time) (Change, error) {
	a, v := s.Asset, s.Version
	if !a.MayDecide(v, by) {
		return Change{}, errs.ErrConflict
	}

	v.Status, v.ApprovedBy, v.ApprovedAt, v.ReviewBy = Approved, by, now, reviewBy
	a.setPurpose(v.Proposal.Purpose)
	if a.Owner == "" {
		a.Owner = by
	}

	c := s.write(a, now, v)
	c.Gap = v.Proposal.Gap
	return c, nil
}

// AskForChanges sends the proposed version back to its author.
func AskForChanges(s State, by, reason string, now time.Time) (Change, error) {
	if !s.Asset.MayDecide(s.Version, by) {
		return Change{}, errs.ErrConflict
	}

	return s.decide(Draft, by, reason, now), nil
}

// Reject turns the proposed version down; see [Asset.MayReject].
func Reject(s State, by, reason string, now time.Time) (Change, error) {
	if !s.Asset.MayReject(s.Version, by) {
		return Change{}, errs.ErrConflict
	}

	return s.decide(Rejected, by, reason, now), nil
}

// Retire takes the approved version out of use: it isn't served any more, and
// who used it is told. The error is [errs.ErrConflict] when the version at hand
// isn't the approved one.
func Retire(s State, by, reason string, now time.Time) (Change, error) {
	if s.Asset.Approved != s.Version.Number {
		return Change{}, errs.ErrConflict
	}

	return s.decide(Retired, by, reason, now), nil
}

// decide gives the version at hand a status for a reason.
func (s State) decide(status Status, by, reason string, now time.Time) Change {
	v := s.Version
	v.Status, v.Decided = status, Decision{By: by, At: now, Reason: reason}
	return s.write(s.Asset, now, v)
}

// TakeOver makes somebody the one who decides on the proposed version. The
// error is [errs.ErrConflict] when it is their own, theirs already, or decided.
func TakeOver(s State, by string, now time.Time) (Change, error) {
	v := s.Version
	if !s.Asset.waits(v) || v.Author == by || v.Proposal.Decider == by {
		return Change{}, errs.ErrConflict
	}

	p := *v.Proposal
	p.Decider = by
	v.Proposal = &p
	return s.write(s.Asset, now, v), nil
}
