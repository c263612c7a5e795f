package lead

import (
	"time"

	"smarketer/store/errs"
)

// Limits of putting a lead off.
const (
	MaxSnoozes    = 2 // times an owner may do it
	MaxSnoozeDays = 3 // working days each time
)

// Snooze stops the clock of a lead until a time, at most [MaxSnoozeDays] working
// days ahead and [MaxSnoozes] times; else the error is an [errs.Invalid]. Only
// its owner may, and only until it is contacted; else it is [errs.ErrConflict].
func Snooze(l Lead, by string, until, now time.Time, p Policy) (Change, error) {
	if l.Owner != by || l.Status != Claimed || !l.ContactedAt.IsZero() {
		return Change{}, errs.ErrConflict
	}

	t := p.Terms(l, now)
	switch {
	case l.Snoozes >= MaxSnoozes:
		return Change{}, &errs.Invalid{Field: "until", Message: "can't be chosen: this lead has been put off twice already. Contact it, give it back, or return it"}
	case !until.After(now):
		return Change{}, &errs.Invalid{Field: "until", Message: "must be in the future"}
	case until.After(t.Hours.DaysLater(now, MaxSnoozeDays)):
		return Change{}, &errs.Invalid{Field: "until", Message: "must be within three working days"}
	}

	old := l
	l.Snoozes++
	l.Snoozed = until.UTC().Truncate(time.Millisecond)

	if l.Clock.Allowed > 0 {
		l.Clock.Spent += t.Hours.Between(l.Clock.Since, now)
		l.Clock.Since = l.Snoozed
		l.setClock(t.Hours)
	}

	return change(old, l, Event{Kind: EventSnoozed, By: by, Until: l.Snoozed}, now, p)
}
