package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// ClaimLead makes a person the owner of an open lead: of any number who try,
// exactly one succeeds. The others get ErrConflict, and the lead with its
// owner.
func (s *Store) ClaimLead(ctx context.Context, op, id, by string, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		if l.Status != LeadOpen {
			return LeadEvent{}, ErrConflict
		}
		now := s.now()
		l.Status, l.Owner, l.ClaimedAt = LeadClaimed, by, now
		if l.ClaimTook == (Took{}) {
			l.ClaimTook = d.terms(*l).took(l, now)
		}
		return LeadEvent{Kind: EventClaimed, By: by}, nil
	})
}

// ReleaseLead opens a lead again that its owner gives back. The error is
// ErrConflict when that person doesn't have it any more.
func (s *Store) ReleaseLead(ctx context.Context, op, id, by string, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		if l.Owner != by || l.Status == LeadConverted {
			return LeadEvent{}, ErrConflict
		}
		l.Status, l.ContactedAt, l.AcceptedAt = LeadOpen, time.Time{}, time.Time{}
		return LeadEvent{Kind: EventReleased, By: by}, nil
	})
}

// ReassignLead gives a lead that is open, or somebody else's, to a person. Who
// may do that is for the caller to decide. An accepted lead stays accepted; any
// other is to be contacted anew.
func (s *Store) ReassignLead(ctx context.Context, op, id, by, to string, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		if !l.Status.Announced() || l.Owner == to {
			return LeadEvent{}, ErrConflict
		}
		if l.Status != LeadAccepted {
			l.Status, l.ContactedAt = LeadClaimed, time.Time{}
		}
		l.Owner, l.ClaimedAt = to, s.now()
		return LeadEvent{Kind: EventAssigned, By: by}, nil
	})
}

// ContactLead notes that its owner has reached out to a lead, which stops its
// clock. The error is ErrConflict when it is no longer theirs to contact.
func (s *Store) ContactLead(ctx context.Context, op, id, by string, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		if l.Owner != by || l.Status != LeadClaimed || !l.ContactedAt.IsZero() {
			return LeadEvent{}, ErrConflict
		}
		s.contacted(l, d)
		return LeadEvent{Kind: EventContacted, By: by}, nil
	})
}

func (s *Store) contacted(l *Lead, d LeadDesk) {
	if !l.ContactedAt.IsZero() {
		return
	}
	l.ContactedAt = s.now()
	if l.ContactTook == (Took{}) {
		l.ContactTook = d.terms(*l).took(l, l.ContactedAt)
	}
}

// AcceptLead notes that its owner finds a lead worth pursuing; that it was
// contacted goes without saying. The error is ErrConflict when it isn't theirs
// any more.
func (s *Store) AcceptLead(ctx context.Context, op, id, by string, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		if l.Owner != by || l.Status != LeadClaimed {
			return LeadEvent{}, ErrConflict
		}
		s.contacted(l, d)
		l.Status, l.AcceptedAt = LeadAccepted, s.now()
		return LeadEvent{Kind: EventAccepted, By: by}, nil
	})
}

// maxReturnDetail bounds what a rep writes about a return, in bytes.
const maxReturnDetail = 2000

// ReturnLead gives a lead back to marketing, for good or, with nurture, to be
// warmed up again. r.By is who does: its owner, anyone while it is open, or
// [ByCRM]; for others the error is ErrConflict.
func (s *Store) ReturnLead(ctx context.Context, op, id string, r Return, nurture bool, d LeadDesk) (Lead, error) {
	switch {
	case r.Reason == "":
		return Lead{}, &Invalid{Field: "reason", Message: "is missing: marketing learns from it"}
	case len(r.Detail) > maxReturnDetail:
		return Lead{}, &Invalid{Field: "detail", Message: fmt.Sprintf("is too long: at most %d bytes", maxReturnDetail)}
	}
	return s.changeLead(ctx, op, id, d, func(c *change, l *Lead) (LeadEvent, error) {
		if !l.Status.Announced() || l.Status != LeadOpen && l.Owner != r.By && r.By != ByCRM {
			return LeadEvent{}, ErrConflict
		}
		l.Status = LeadRejected
		if nurture {
			l.Status = LeadRecycled
		}
		l.ReturnedAt, l.Return = s.now(), &r
		if d.Digest != nil {
			at := d.Digest(l.ReturnedAt)
			c.wake(timerMember(ReturnsTimer, digestRef(at)), at)
		}
		return LeadEvent{Kind: EventReturned, By: r.By, Reason: r.Reason, Detail: r.Detail, Until: r.FollowUp}, nil
	})
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// check names the first field of a deal that is wrong.
func (d Deal) check() error {
	switch {
	case d.Cents < 0 || d.Cents > maxCents:
		return &Invalid{Field: "amount", Message: "must be from 0 to 1,000,000,000,000"}
	case d.Cents > 0 && d.Currency == "":
		return &Invalid{Field: "currency", Message: "is missing: a code such as EUR"}
	case d.Currency != "" && !currencyCode.MatchString(d.Currency):
		return &Invalid{Field: "currency", Message: "must be a code of three capitals, such as EUR"}
	case len(d.Stage) > maxStage:
		return &Invalid{Field: "stage", Message: fmt.Sprintf("is too long: at most %d bytes", maxStage)}
	}
	return nil
}

// news tells whether a deal says something else than what is known, and not
// something older.
func (d Deal) news(known Deal) bool {
	stale := d.At.Before(known.At)
	d.At = known.At
	return !stale && d != known
}

// Limits of a deal.
const (
	maxCents = 100_000_000_000_000
	maxStage = 300
)

// ConvertLead notes that a lead became an opportunity, or that this has
// another amount or stage by now. by is its owner, or [ByCRM], which may report
// it of any lead that was ever announced; for others the error is ErrConflict.
func (s *Store) ConvertLead(ctx context.Context, op, id, by string, deal Deal, d LeadDesk) (Lead, error) {
	if err := deal.check(); err != nil {
		return Lead{}, err
	}
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		if deal.At.IsZero() {
			deal.At = l.Deal.At
		}
		if l.Status == LeadHeld || by != ByCRM && l.Owner != by || l.Status == LeadConverted && !deal.news(l.Deal) {
			return LeadEvent{}, ErrConflict
		}
		kind := EventDeal
		if l.Status != LeadConverted {
			kind = EventConverted
			if l.Owner != "" {
				s.contacted(l, d)
			}
			l.ConvertedAt = s.now()
		}
		l.Status, l.Deal = LeadConverted, deal
		return LeadEvent{Kind: kind, By: by, Reason: deal.Stage}, nil
	})
}

// FollowUpTimer wakes on the day for which a return asked to be followed up.
const FollowUpTimer = "lead.followup"

// FollowUpLead has who returned a lead reminded on the day they asked for, and
// settles the timer. A lead that is no longer with marketing needs no reminder.
func (s *Store) FollowUpLead(ctx context.Context, timer Timer, tell func(Lead) ([]Item, error)) error {
	lead, err := s.Lead(ctx, timer.Ref)
	if errors.Is(err, ErrNotFound) || err == nil && lead.timers()[timerMember(FollowUpTimer, lead.ID)].IsZero() {
		return s.DropTimer(ctx, timer)
	}
	if err != nil {
		return err
	}
	items, err := tell(lead)
	if err != nil {
		return err
	}
	done, back := lead, *lead.Return
	back.FollowUp, done.Return = time.Time{}, &back
	c := s.change("")
	defer c.done()
	c.settle(timer)
	if err := errors.Join(s.writeLead(c, lead, &done, LeadDesk{}), c.sendAll(items)); err != nil {
		return err
	}
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil // when stale, the timer comes back after its lease
}

// RouteLead has a lead announced in another channel, where it is open to
// claim: one that was returned, or one that is open and went the wrong way.
func (s *Store) RouteLead(ctx context.Context, op, id, by, route, channel string, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		ended := l.Status == LeadRejected || l.Status == LeadRecycled
		if !ended && l.Status != LeadOpen || l.Status == LeadOpen && l.Channel == channel {
			return LeadEvent{}, ErrConflict
		}
		l.Status, l.Route, l.Channel = LeadOpen, route, channel
		return LeadEvent{Kind: EventRerouted, By: by, Reason: route}, nil
	})
}
