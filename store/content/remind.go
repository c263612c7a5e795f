package content

import (
	"time"

	"smarketer/store/hours"
)

// Reminder says whom to remind of a proposal that waits for a decision, and when
// to look again.
type Reminder struct {
	To    Reminded
	Again time.Time // zero for never
}

// Reminded is who is reminded of a proposal.
type Reminded int

// Who is reminded of a proposal.
const (
	RemindNobody  Reminded = iota
	RemindDecider          // who was asked to decide
	RemindChannel          // the channel where the proposal is shown
)

// RemindPolicy says when people are reminded.
type RemindPolicy struct {
	Hours  hours.Hours
	Within time.Duration // working time after which who is to decide is reminded
}

// NextReminder decides on a reminder of the version at hand that is due now: the
// first time who is to decide, and the next time the channel; after that the
// proposal waits in the review queue. It is the zero Reminder when the version
// waits for no decision.
func NextReminder(s State, p RemindPolicy, now time.Time) Reminder {
	v := s.Version
	switch {
	case !s.Asset.waits(v):
		return Reminder{}
	case !p.Hours.Open(now):
		return Reminder{Again: p.Hours.Next(now)}
	case v.Proposal.Reminded == 0 && v.Proposal.Decider != "":
		return Reminder{RemindDecider, p.Hours.Add(now, p.Within)}
	default:
		return Reminder{To: RemindChannel}
	}
}

// Remind notes that somebody is reminded of the version at hand.
func Remind(s State, r Reminder, now time.Time) Change {
	var c Change
	if r.To != RemindNobody {
		v := s.Version
		p := *v.Proposal
		p.Reminded++
		v.Proposal = &p
		c = s.write(s.Asset, now, v)
	}

	if !r.Again.IsZero() {
		c.Set = append(c.Set, Timer{DecideTimer, s.Asset.ID, r.Again})
	}

	return c
}
