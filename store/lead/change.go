package lead

import (
	"cmp"
	"slices"
	"time"

	"smarketer/store/errs"
	"smarketer/store/turns"
)

// Change is what a transition makes of a lead, and what follows from that. All of
// it is to be stored in one commit.
type Change struct {
	Old, New Lead    // Old is zero for a new lead
	Events   []Event // for the history, the feed and the numbers; none when only the clock moved
	Messages []Message
	Digest   time.Time // when marketing is to hear of a return; zero for never
	Faults   []Fault   // rules that could not be worked out, of which marketing is told once a day

	// Turn, when not nil, says that the change depends on whose turn it is. Then
	// the rest isn't complete, and what [Turn.Taken] returns is to be stored in its
	// place.
	Turn *Turn
}

// Turn asks whose turn it is in a pool.
type Turn struct {
	Pool turns.Pool
	Not  string // Slack user ID of who is left out this time, "" for nobody
	then func(user string) (Change, error)
}

// Taken completes the change: user is the Slack user ID of whose turn it is, "" for
// nobody's. The error is that of the policy's words.
func (t *Turn) Taken(user string) (Change, error) { return t.then(user) }

// change completes a transition from old to l, with an event for the history. The
// error is [errs.ErrConflict] when the status of l may not follow that of old.
func change(old, l Lead, what Event, now time.Time, p Policy) (Change, error) {
	if old.Status != "" && l.Status != old.Status && !slices.Contains(old.Status.To(), l.Status) {
		return Change{}, errs.ErrConflict
	}

	c := quietChange(old, l, now, p)
	what.At = now
	c.Events = events(old, c.New, what)

	if p.Words.Event == nil || !l.Status.Announced() && !l.Status.Ended() {
		return c, nil
	}

	line, err := p.Words.Event(c.New, c.Events[len(c.Events)-1])
	if err != nil {
		return Change{}, err
	}

	if line != nil {
		c.Messages = append(c.Messages, Message{To: c.New.Channel, Under: c.New.Ref(), Body: line})
	}

	return c, nil
}

// quietChange completes a transition without an event: a status
// without an owner takes the owner away, a new announcement begins the work on
// the lead anew, and the clock is set.
func quietChange(old, l Lead, now time.Time, p Policy) Change {
	if l.Status.Announced() && !old.Status.Announced() {
		l.Work = Work{Announcements: old.Announcements + 1, OpenedAt: now, ClaimedAt: l.ClaimedAt, ReturnedAt: old.ReturnedAt, Return: old.Return}
	}

	if !l.Status.Owned() {
		l.Owner, l.ClaimedAt = "", time.Time{}
	}

	if l.Owner != old.Owner {
		l.Snoozes, l.Snoozed = 0, time.Time{}
		if l.Owner != "" {
			l.OwnerCount++
		}
	}

	l.FirstOwner = cmp.Or(l.FirstOwner, l.Owner)

	switch {
	case l.ladder() == nil:
		l.Clock = Clock{}
	case waitsAnew(old, l):
		l.startClock(p.Terms(l, now), now)
	}

	l.Rev = old.Rev + 1

	return Change{Old: old, New: l}
}

// Card is a card of a lead, and the channel or person that has it.
type Card struct{ To, Name string }

// Cards are the cards that a change touches: those of the channel and the
// owner, and of those it had before. Nobody has a card of a lead that was never
// announced.
func (c Change) Cards() []Card {
	old, l := c.Old, c.New
	if l.Status == Held {
		return nil
	}

	cards := []Card{{l.Channel, l.Ref()}}
	if old.Channel != "" && old.Channel != l.Channel {
		cards = append(cards, Card{old.Channel, l.Ref()})
	}

	if l.Owner != "" {
		cards = append(cards, Card{l.Owner, l.OwnerCard()})
	}

	if old.Owner != "" && old.Owner != l.Owner {
		cards = append(cards, Card{old.Owner, old.OwnerCard()})
	}

	return cards
}

// Timers of a lead, by the name under which they are set.
const (
	SLATimer      = "lead.sla"      // the next step of its ladder is due
	FollowUpTimer = "lead.followup" // the day for which a return asked to be followed up
)

// Timers are the timers of a lead, each with the time it is for; zero for one
// that the lead doesn't need now.
func (l Lead) Timers() map[string]time.Time {
	var followUp time.Time
	if l.Return != nil && l.Status.Returned() {
		followUp = l.Return.FollowUp
	}

	return map[string]time.Time{SLATimer: l.Clock.Next, FollowUpTimer: followUp}
}
