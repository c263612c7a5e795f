package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"smarketer/store/hours"
)

// LeadTerms is what the route of a lead asks of those who work on it.
type LeadTerms struct {
	Hours    hours.Hours   // in which the time allowed runs
	Claim    time.Duration // working time to be claimed; 0 for no limit
	Contact  time.Duration // working time to be contacted by its owner; 0 for no limit
	Managers []string      // Slack user IDs of who hears when it waits too long
	Turns    Turns         // among whom a lead goes that its owner let wait; else it is open to claim
}

// LeadDesk is what the store is told of a workspace in which leads are worked
// on. The zero value sets no limits and says nothing.
type LeadDesk struct {
	Terms func(Lead) LeadTerms
	// Say puts an event into a line for the thread of the lead's card; nil for
	// none. It names people and IDs, nothing else that is personal.
	Say func(Lead, LeadEvent) (json.RawMessage, error)
	// Digest is when marketing hears of a lead that is returned now; nil for
	// never. What has the same time is told together.
	Digest func(returned time.Time) time.Time
}

func (d LeadDesk) terms(l Lead) LeadTerms {
	if d.Terms == nil {
		return LeadTerms{}
	}
	return d.Terms(l)
}

// LeadClock is the working time that a lead may take for its next step: to be
// claimed while it is open, to be contacted once somebody has it.
type LeadClock struct {
	Allowed time.Duration `json:"allowed"`
	Since   time.Time     `json:"since"`           // it runs from here
	Spent   time.Duration `json:"spent,omitempty"` // what had run before it was put off
	Due     time.Time     `json:"due"`             // when the time is up
	Step    int           `json:"step,omitempty"`  // how many steps of the ladder were taken
	Next    time.Time     `json:"next,omitzero"`   // when the next one is due; zero after the last
}

// SLATimer wakes when the next step of a lead's ladder is due.
const SLATimer = "lead.sla"

// LeadStep is what is done about a lead that waits.
type LeadStep string

// The steps, in the order in which they follow each other. Nobody has an open
// lead, so there is nobody to remind.
const (
	StepRemind  LeadStep = "remind"  // its owner, before the time is up
	StepChannel LeadStep = "channel" // the channel, once
	StepManager LeadStep = "manager" // who may give it to somebody else
	StepPass    LeadStep = "pass"    // it goes to the next owner, or is open again
)

// rung is a step and when it is due, in quarters of the time allowed.
type rung struct {
	quarters time.Duration
	step     LeadStep
}

var (
	claimLadder   = []rung{{4, StepChannel}, {8, StepManager}, {12, StepPass}}
	contactLadder = []rung{{3, StepRemind}, {4, StepChannel}, {6, StepManager}, {8, StepPass}}
)

// ladder is what happens to a lead that waits, nil when nobody waits for it.
func (l Lead) ladder() []rung {
	switch {
	case l.Status == LeadOpen:
		return claimLadder
	case l.Status == LeadClaimed && l.ContactedAt.IsZero():
		return contactLadder
	}
	return nil
}

// waitsAnew tells whether the time allowed begins again with a change.
func waitsAnew(old, l Lead) bool {
	if l.ladder() == nil {
		return false
	}
	return old.ladder() == nil || l.Status != old.Status || l.Owner != old.Owner || l.Cycle != old.Cycle || l.Channel != old.Channel
}

// startClock begins the time allowed for a lead's next step.
func (l *Lead) startClock(t LeadTerms, now time.Time) {
	allowed := t.Contact
	if l.Status == LeadOpen {
		allowed = t.Claim
	}
	l.Clock = LeadClock{}
	if allowed > 0 {
		l.Clock = LeadClock{Allowed: allowed, Since: now}
		l.setClock(t.Hours)
	}
}

// setClock works out when the time is up and when the next step is due.
func (l *Lead) setClock(h hours.Hours) {
	k := &l.Clock
	k.Due, k.Next = k.after(h, 4), time.Time{}
	if ladder := l.ladder(); k.Step < len(ladder) {
		k.Next = k.after(h, ladder[k.Step].quarters)
	}
}

func (k LeadClock) after(h hours.Hours, quarters time.Duration) time.Time {
	return h.Add(k.Since, k.Allowed/4*quarters-k.Spent).UTC()
}

// timers are the timers that a lead needs, each with the time it is for; zero
// for one that it doesn't need now.
func (l Lead) timers() map[string]time.Time {
	var followUp time.Time
	if l.Return != nil && (l.Status == LeadRejected || l.Status == LeadRecycled) {
		followUp = l.Return.FollowUp
	}
	return map[string]time.Time{timerMember(SLATimer, l.ID): l.Clock.Next, timerMember(FollowUpTimer, l.ID): followUp}
}

// ring brings the timers from one state of a lead to another.
func (c *change) ring(old, l Lead) {
	before := old.timers()
	for timer, at := range l.timers() {
		switch {
		case at.Equal(before[timer]):
		case at.IsZero():
			c.calm(timer)
		default:
			c.wake(timer, at)
		}
	}
}

// took is how long it is since a lead was announced.
func (t LeadTerms) took(l *Lead, now time.Time) Took {
	return Took{Raw: now.Sub(l.OpenedAt), Working: t.Hours.Between(l.OpenedAt, now)}
}

// Limits of putting a lead off.
const (
	MaxSnoozes    = 2 // times an owner may do it
	MaxSnoozeDays = 3 // working days each time
)

// SnoozeLead stops the clock of a lead until a time, at most [MaxSnoozeDays]
// working days ahead and [MaxSnoozes] times. Only its owner may, and only
// until it is contacted; else the error is ErrConflict.
func (s *Store) SnoozeLead(ctx context.Context, op, id, by string, until time.Time, d LeadDesk) (Lead, error) {
	return s.changeLead(ctx, op, id, d, func(_ *change, l *Lead) (LeadEvent, error) {
		now, t := s.now(), d.terms(*l)
		if l.Owner != by || l.Status != LeadClaimed || !l.ContactedAt.IsZero() {
			return LeadEvent{}, ErrConflict
		}
		switch {
		case l.Snoozes >= MaxSnoozes:
			return LeadEvent{}, &Invalid{Field: "until", Message: "can't be chosen: this lead has been put off twice already. Contact it, give it back, or return it"}
		case !until.After(now):
			return LeadEvent{}, &Invalid{Field: "until", Message: "must be in the future"}
		case until.After(t.Hours.DaysLater(now, MaxSnoozeDays)):
			return LeadEvent{}, &Invalid{Field: "until", Message: "must be within three working days"}
		}
		l.Snoozes++
		l.Snoozed = until.UTC().Truncate(time.Millisecond)
		if l.Clock.Allowed > 0 {
			l.Clock.Spent += t.Hours.Between(l.Clock.Since, now)
			l.Clock.Since = l.Snoozed
			l.setClock(t.Hours)
		}
		return LeadEvent{Kind: EventSnoozed, By: by, Until: l.Snoozed}, nil
	})
}

// maxPassed is how often a lead is taken from one owner and given to the next,
// before it is open to whoever wants it.
const maxPassed = 2

// StepLead takes the step that a timer woke for, and settles the timer. tell
// says what people are to be told of it besides the line in the card's thread.
// A step that reaches nobody is passed over, and a lead that nobody waits for
// any more is left alone.
func (s *Store) StepLead(ctx context.Context, timer Timer, d LeadDesk, tell func(Lead, LeadStep) ([]Item, error)) error {
	lead, err := s.Lead(ctx, timer.Ref)
	if errors.Is(err, ErrNotFound) || err == nil && lead.Clock.Next.IsZero() {
		return s.DropTimer(ctx, timer)
	}
	if err != nil {
		return err
	}
	if s.now().Before(lead.Clock.Next) {
		return nil // put off since it was leased; the timer is set for later
	}
	moved, step := lead, lead.ladder()[lead.Clock.Step].step
	c := s.change("")
	defer c.done()
	c.settle(timer)
	event, err := s.take(ctx, c, step, &moved, d.terms(lead))
	if err != nil {
		return err
	}
	if event.Kind == "" {
		err = s.writeLead(c, lead, &moved, d)
	} else if err = s.putLead(c, lead, &moved, d, event); err == nil {
		var items []Item
		if items, err = tell(moved, step); err == nil {
			err = c.sendAll(inChannel(moved.Channel, items))
		}
	}
	if err != nil {
		return err
	}
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil // when stale, the timer comes back after its lease, or was set anew
}

// take changes a lead as a step of its ladder has it. The event is empty when
// there is nobody for the step to reach.
func (s *Store) take(ctx context.Context, c *change, step LeadStep, l *Lead, t LeadTerms) (e LeadEvent, err error) {
	l.Clock.Step++
	l.setClock(t.Hours)
	e.Reason = string(step)
	switch {
	case step == StepRemind:
		e.Kind = EventReminded
	case step == StepChannel, step == StepManager && len(t.Managers) > 0:
		e.Kind = EventEscalated
	case step == StepPass:
		e.Kind, err = s.passOn(ctx, c, l, t)
	}
	return e, err
}

// passOn gives a lead that waits to the next owner, or opens it again.
func (s *Store) passOn(ctx context.Context, c *change, l *Lead, t LeadTerms) (kind LeadEventKind, err error) {
	next := ""
	if l.Passed < maxPassed {
		if next, err = c.takeTurn(ctx, t.Turns, l.Owner); err != nil {
			return "", err
		}
	}
	switch {
	case next != "":
		l.Status, l.Owner, l.ClaimedAt = LeadClaimed, next, s.now()
		l.Passed++
		return EventAssigned, nil
	case l.Status == LeadClaimed:
		l.Status = LeadOpen
		return EventReopened, nil
	}
	return "", nil
}
