package lead

import (
	"time"

	"smarketer/store/errs"
)

// Contact notes that its owner has reached out to a lead, which stops its clock.
// The error is [errs.ErrConflict] when it is no longer theirs to contact, or has
// been contacted.
func Contact(l Lead, by string, now time.Time, p Policy) (Change, error) {
	if l.Owner != by || l.Status != Claimed || !l.ContactedAt.IsZero() {
		return Change{}, errs.ErrConflict
	}

	old := l
	l.contacted(now, p)
	return change(old, l, Event{Kind: EventContacted, By: by}, now, p)
}

// Accept notes that its owner finds a lead worth pursuing, and so has contacted
// it. The error is [errs.ErrConflict] when it isn't theirs to accept.
func Accept(l Lead, by string, now time.Time, p Policy) (Change, error) {
	if l.Owner != by || l.Status != Claimed {
		return Change{}, errs.ErrConflict
	}

	old := l
	l.contacted(now, p)
	l.Status, l.AcceptedAt = Accepted, now
	return change(old, l, Event{Kind: EventAccepted, By: by}, now, p)
}

// contacted notes the first contact by its owner.
func (l *Lead) contacted(now time.Time, p Policy) {
	if !l.ContactedAt.IsZero() {
		return
	}

	l.ContactedAt = now
	if l.ContactTook == (Took{}) {
		l.ContactTook = p.Terms(*l, now).took(*l, now)
	}
}

// took is how long it is since a lead was announced.
func (t Terms) took(l Lead, now time.Time) Took {
	return Took{Raw: now.Sub(l.OpenedAt), Working: t.Hours.Between(l.OpenedAt, now)}
}
