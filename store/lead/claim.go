package lead

import (
	"time"

	"smarketer/store/errs"
)

// Claim makes a person the owner of an open lead. The error is
// [errs.ErrConflict] when it isn't open, perhaps because somebody was faster.
func Claim(l Lead, by string, now time.Time, p Policy) (Change, error) {
	if l.Status != Open {
		return Change{}, errs.ErrConflict
	}

	old := l
	l.Status, l.Owner, l.ClaimedAt = Claimed, by, now
	if l.ClaimTook == (Took{}) {
		l.ClaimTook = p.Terms(l, now).took(l, now)
	}

	return change(old, l, Event{Kind: EventClaimed, By: by}, now, p)
}

// Release opens a lead again that its owner gives back. The error is
// [errs.ErrConflict] when that person doesn't have it any more, or it became an
// opportunity.
func Release(l Lead, by string, now time.Time, p Policy) (Change, error) {
	if l.Owner != by || l.Status == Converted {
		return Change{}, errs.ErrConflict
	}

	old := l
	l.Status, l.ContactedAt, l.AcceptedAt = Open, time.Time{}, time.Time{}
	return change(old, l, Event{Kind: EventReleased, By: by}, now, p)
}

// Reassign gives a lead that is open, or somebody else's, to a person. Who may
// do that is for the caller to decide. An accepted lead stays accepted; any
// other is to be contacted anew. The error is [errs.ErrConflict] when sales
// doesn't have it, or the person does already.
func Reassign(l Lead, by, to string, now time.Time, p Policy) (Change, error) {
	if !l.Status.Announced() || l.Owner == to {
		return Change{}, errs.ErrConflict
	}

	old := l
	if l.Status != Accepted {
		l.Status, l.ContactedAt = Claimed, time.Time{}
	}

	l.Owner, l.ClaimedAt = to, now
	return change(old, l, Event{Kind: EventAssigned, By: by}, now, p)
}
