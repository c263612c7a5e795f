package lead

import (
	"strings"
	"time"
)

// Intake says what became of a lead that came in.
type Intake string

// What can become of a lead that comes in.
const (
	IntakeOpen      Intake = "open"      // qualified; it will be announced
	IntakeHeld      Intake = "held"      // kept for marketing to look at
	IntakeUpdated   Intake = "updated"   // known already; something new was added
	IntakeDuplicate Intake = "duplicate" // known already, and nothing new
	IntakeForgotten Intake = "forgotten" // its person asked to be forgotten: nothing is kept
)

// Add takes in a lead that nobody knows yet, under the ID that it gets. The
// rules decide on it as it will be kept. The error may be a [Lacks].
func Add(in Lead, id string, now time.Time, p Policy) (Intake, Change, error) {
	l := in
	l.ID, l.Created = id, now
	l.Touches = mergeTouches(nil, in.Touches)
	return judge(Lead{}, l, in.AddedBy, now, p)
}

// Update adds what is new in a lead that came in to the one that is known. When
// there is nothing new, it is IntakeDuplicate; newName says that the lead has a
// name that it wasn't known by, which is news by itself. The error may be a
// [Lacks].
func Update(old, in Lead, newName bool, now time.Time, p Policy) (Intake, Change, error) {
	merged := merge(old, in)
	if saysTheSame(old, merged) && !newName {
		return IntakeDuplicate, Change{Old: old, New: old}, nil
	}

	return judge(old, merged, in.AddedBy, now, p)
}

// judge lets the rules decide on a lead that nobody works on. old is the lead as
// it was, zero for a new one. One that was returned opens again only when it has
// been in touch with us since. by is who added to it, "" for a program.
func judge(old, l Lead, by string, now time.Time, p Policy) (Intake, Change, error) {
	isNew := old.Status == ""
	if !isNew && old.Status != Held && !(old.Status.Returned() && touchedSince(old, l)) {
		c, err := change(old, l, Event{By: by}, now, p)
		return IntakeUpdated, c, err
	}

	r, err := p.Judge(l, now)
	if err != nil {
		return "", Change{}, err
	}

	l.Reasons, l.Promotion = r.Reasons, nil

	if r.Qualified {
		c, err := dispatch(old, l, r, Event{By: by}, now, p)
		return IntakeOpen, c, err
	}

	what := IntakeUpdated
	if isNew {
		l.Status, what = Held, IntakeHeld
	}

	c, err := change(old, l, Event{By: by}, now, p)
	c.Faults = r.Faults

	return what, c, err
}

// dispatch sends a lead the way that was decided: to its owner, to whose turn it
// is, or to whoever claims it.
func dispatch(old, l Lead, r Routing, what Event, now time.Time, p Policy) (Change, error) {
	l.Status, l.Route, l.Channel, l.RouteNote = Open, r.Route, r.Channel, r.Note

	give := func(user string) (Change, error) {
		switch {
		case user != "":
			l.Status, l.Owner, l.ClaimedAt = Claimed, user, now
		case r.NoTurn != "":
			l.RouteNote = strings.TrimSpace(r.Note + " " + r.NoTurn)
		}

		c, err := change(old, l, what, now, p)
		c.Faults = r.Faults
		return c, err
	}
	if r.Owner == "" && len(r.Turns.Owners) > 0 {
		return Change{Old: old, New: l, Turn: &Turn{Pool: r.Turns, then: give}}, nil
	}

	return give(r.Owner)
}
