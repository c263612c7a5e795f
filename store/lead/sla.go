package lead

import (
	"errors"
	"time"

	"smarketer/store/errs"
)

// Step is what is done about a lead that waits.
type Step string

// The steps, in the order in which they follow each other. Nobody has an open
// lead, so there is nobody to remind.
const (
	StepRemind  Step = "remind"  // its owner, before the time is up
	StepChannel Step = "channel" // the channel, once
	StepManager Step = "manager" // who may give it to somebody else
	StepPass    Step = "pass"    // it goes to the next owner, or is open again
)

// ladderStep is a step and how many quarters of the time allowed are over when it
// is due.
type ladderStep struct {
	quarters time.Duration
	step     Step
}

var (
	claimLadder   = []ladderStep{{4, StepChannel}, {8, StepManager}, {12, StepPass}}
	contactLadder = []ladderStep{{3, StepRemind}, {4, StepChannel}, {6, StepManager}, {8, StepPass}}
)

// ladder is what happens to a lead that waits, nil when nobody waits for it.
func (l Lead) ladder() []ladderStep {
	switch {
	case l.Status == Open:
		return claimLadder
	case l.Status == Claimed && l.ContactedAt.IsZero():
		return contactLadder
	}

	return nil
}

// maxPassed is how often a lead is taken from one owner and given to the next,
// before it is open to whoever wants it.
const maxPassed = 2

// ErrNotDue is the error of [Escalate] for a lead whose next step is due later.
var ErrNotDue = errors.New("not due yet")

// Escalate takes the next step of a lead's ladder. A step that reaches nobody is
// passed over without an event. The error is [ErrNotDue] before l.Clock.Next,
// [errs.ErrConflict] when nobody waits for the lead, or a [Lacks].
func Escalate(l Lead, now time.Time, p Policy) (Change, error) {
	ladder := l.ladder()
	switch {
	case l.Clock.Next.IsZero() || l.Clock.Step >= len(ladder):
		return Change{}, errs.ErrConflict
	case now.Before(l.Clock.Next):
		return Change{}, ErrNotDue
	}

	old, terms := l, p.Terms(l, now)
	step := ladder[l.Clock.Step].step
	l.Clock.Step++
	l.setClock(terms.Hours)

	kind := EventEscalated
	switch step {
	case StepPass:
		return pass(old, l, terms, now, p)
	case StepRemind:
		kind = EventReminded
	}

	to, err := p.escalatesTo(l, step, terms)
	if err != nil {
		return Change{}, err
	}

	if len(to) == 0 {
		return quietChange(old, l, now, p), nil
	}

	c, err := change(old, l, Event{Kind: kind, Reason: string(step)}, now, p)
	if err != nil || p.Words.Waits == nil {
		return c, err
	}

	body, err := p.Words.Waits(c.New, step)
	if err != nil {
		return Change{}, err
	}

	for _, m := range to {
		if m.Body = body; body != nil {
			c.Messages = append(c.Messages, m)
		}
	}

	return c, nil
}

// escalatesTo lists whom a step tells of a lead that waits, as messages without a
// body. The error is a [Lacks].
func (p Policy) escalatesTo(l Lead, step Step, t Terms) ([]Message, error) {
	switch step {
	case StepRemind:
		return []Message{{To: l.Owner}}, nil
	case StepChannel:
		return []Message{{To: l.Channel, Under: l.Ref(), Broadcast: true}}, nil
	}

	people, err := p.managers(t)
	var to []Message
	for _, user := range people {
		to = append(to, Message{To: user})
	}

	return to, err
}

// pass gives a lead that waits to the next owner, or opens it again.
func pass(old, l Lead, t Terms, now time.Time, p Policy) (Change, error) {
	give := func(user string) (Change, error) {
		what := Event{Reason: string(StepPass)}
		switch {
		case user != "":
			what.Kind = EventAssigned
			l.Status, l.Owner, l.ClaimedAt = Claimed, user, now
			l.Passed++
		case l.Status == Claimed:
			what.Kind = EventReopened
			l.Status = Open
		default: // it is open, and there is nobody to give it to
			return quietChange(old, l, now, p), nil
		}

		return change(old, l, what, now, p)
	}

	if l.Passed < maxPassed && len(t.Turns.Owners) > 0 {
		return Change{Old: old, New: l, Turn: &Turn{Pool: t.Turns, Not: l.Owner, then: give}}, nil
	}

	return give("")
}
