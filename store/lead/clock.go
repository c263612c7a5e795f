package lead

import (
	"time"

	"smarketer/store/hours"
)

// Clock is the working time that a lead may take for its next step: to be
// claimed while it is open, to be contacted once somebody has it.
type Clock struct {
	Allowed time.Duration `json:"allowed"`
	Since   time.Time     `json:"since"`           // it runs from here
	Spent   time.Duration `json:"spent,omitempty"` // what had run before it was put off
	Due     time.Time     `json:"due"`             // when the time is up
	Step    int           `json:"step,omitempty"`  // how many steps of the ladder were taken
	Next    time.Time     `json:"next,omitzero"`   // when the next one is due; zero after the last
}

// waitsAnew tells whether the time allowed begins again with a change.
func waitsAnew(old, l Lead) bool {
	if l.ladder() == nil {
		return false
	}

	return old.ladder() == nil || l.Status != old.Status || l.Owner != old.Owner ||
		l.Announcements != old.Announcements || l.Channel != old.Channel
}

// startClock begins the time allowed for a lead's next step.
func (l *Lead) startClock(t Terms, now time.Time) {
	allowed := t.Contact
	if l.Status == Open {
		allowed = t.Claim
	}

	l.Clock = Clock{}

	if allowed > 0 {
		l.Clock = Clock{Allowed: allowed, Since: now}
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

// after is when so many quarters of the time allowed are over.
func (k Clock) after(h hours.Hours, quarters time.Duration) time.Time {
	return h.Add(k.Since, k.Allowed/4*quarters-k.Spent).UTC()
}
