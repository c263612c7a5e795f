package lead

import "time"

// EventKind is what happened to a lead. The feed has it as "lead.claimed".
type EventKind string

// Everything that can happen to a lead.
const (
	EventHeld      EventKind = "held"      // came in, and didn't qualify
	EventOpened    EventKind = "opened"    // qualified, and was announced
	EventClaimed   EventKind = "claimed"   // somebody took it
	EventAssigned  EventKind = "assigned"  // somebody was given it
	EventReleased  EventKind = "released"  // its owner gave it back
	EventReopened  EventKind = "reopened"  // it was taken from an owner who let it wait
	EventContacted EventKind = "contacted" // its owner reached out
	EventAccepted  EventKind = "accepted"  // worth pursuing
	EventReturned  EventKind = "returned"  // back to marketing, with a reason
	EventConverted EventKind = "converted" // became an opportunity
	EventDeal      EventKind = "deal"      // that opportunity has another amount or stage
	EventSnoozed   EventKind = "snoozed"   // its owner put it off
	EventReminded  EventKind = "reminded"  // its owner was reminded
	EventEscalated EventKind = "escalated" // its channel or a manager was told that it waits
	EventRerouted  EventKind = "rerouted"  // marketing sent it another way
	EventUpdated   EventKind = "updated"   // more is known of it
	EventForgotten EventKind = "forgotten" // its data was removed
)

// EventKinds lists every kind.
var EventKinds = []EventKind{EventHeld, EventOpened, EventClaimed, EventAssigned, EventReleased, EventReopened,
	EventContacted, EventAccepted, EventReturned, EventConverted, EventDeal, EventSnoozed, EventReminded, EventEscalated,
	EventRerouted, EventUpdated, EventForgotten}

// Event is an entry of a lead's history.
type Event struct {
	At     time.Time `json:"at"`
	Kind   EventKind `json:"kind"`
	By     string    `json:"by,omitempty"` // Slack user ID, [ByCRM], or "" for Smarketer itself
	From   Status    `json:"from,omitempty"`
	To     Status    `json:"to"`
	Owner  string    `json:"owner,omitempty"`  // who has it from then on
	Reason string    `json:"reason,omitempty"` // of a return, a promotion, an escalation
	Detail string    `json:"detail,omitempty"` // what somebody wrote about it
	Until  time.Time `json:"until,omitzero"`   // of a snooze
	Rev    int64     `json:"rev"`              // of the lead from then on
}

// Name is what the feed calls the kind: "lead.claimed".
func (k EventKind) Name() string { return "lead." + string(k) }

// events tells what a change from old to l brings into the history. what says
// what the change was meant to be; where it names no kind, that follows from the
// lead. What is implied comes first: a lead that is given to somebody at once
// was announced, and one that is accepted was contacted.
func events(old, l Lead, what Event) []Event {
	if what.Kind == "" {
		what.Kind = kindOf(old, l)
	}

	what.From, what.To, what.Owner, what.Rev = old.Status, l.Status, l.Owner, l.Rev

	var all []Event
	if l.Status == Claimed && !old.Status.Announced() {
		opened := what
		opened.Kind, opened.To, opened.Owner = EventOpened, Open, ""
		what.Kind, what.From = EventAssigned, Open
		all = append(all, opened)
	}

	if what.Kind != EventContacted && old.ContactedAt.IsZero() && !l.ContactedAt.IsZero() {
		contacted := what
		contacted.Kind, contacted.To, contacted.Reason = EventContacted, old.Status, ""
		all = append(all, contacted)
	}

	return append(all, what)
}

// kindOf tells what a change from old to l was.
func kindOf(old, l Lead) EventKind {
	switch {
	case l.Status == old.Status && l.Owner != old.Owner:
		return EventAssigned
	case l.Status == old.Status:
		return EventUpdated
	}

	switch l.Status {
	case Held:
		return EventHeld
	case Open:
		return EventOpened
	case Claimed:
		return EventClaimed
	case Accepted:
		return EventAccepted
	case Converted:
		return EventConverted
	default:
		return EventReturned
	}
}
