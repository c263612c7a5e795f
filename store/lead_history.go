package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// LeadEventKind is what happened to a lead. The feed has it as "lead.claimed".
type LeadEventKind string

// Everything that can happen to a lead.
const (
	EventHeld      LeadEventKind = "held"      // came in, and didn't qualify
	EventOpened    LeadEventKind = "opened"    // qualified, and was announced
	EventClaimed   LeadEventKind = "claimed"   // somebody took it
	EventAssigned  LeadEventKind = "assigned"  // somebody was given it
	EventReleased  LeadEventKind = "released"  // its owner gave it back
	EventReopened  LeadEventKind = "reopened"  // it was taken from an owner who let it wait
	EventContacted LeadEventKind = "contacted" // its owner reached out
	EventAccepted  LeadEventKind = "accepted"  // worth pursuing
	EventReturned  LeadEventKind = "returned"  // back to marketing, with a reason
	EventConverted LeadEventKind = "converted" // became an opportunity
	EventDeal      LeadEventKind = "deal"      // that opportunity has another amount or stage
	EventSnoozed   LeadEventKind = "snoozed"   // its owner put it off
	EventReminded  LeadEventKind = "reminded"  // its owner was reminded
	EventEscalated LeadEventKind = "escalated" // its channel or a manager was told that it waits
	EventRerouted  LeadEventKind = "rerouted"  // marketing sent it another way
	EventUpdated   LeadEventKind = "updated"   // more is known of it
	EventForgotten LeadEventKind = "forgotten" // its data was removed
)

// LeadEventKinds lists every kind.
var LeadEventKinds = []LeadEventKind{EventHeld, EventOpened, EventClaimed, EventAssigned, EventReleased, EventReopened,
	EventContacted, EventAccepted, EventReturned, EventConverted, EventDeal, EventSnoozed, EventReminded, EventEscalated,
	EventRerouted, EventUpdated, EventForgotten}

// LeadEvent is an entry of a lead's history.
type LeadEvent struct {
	At     time.Time     `json:"at"`
	Kind   LeadEventKind `json:"kind"`
	By     string        `json:"by,omitempty"` // Slack user ID, [ByCRM], or "" for Smarketer itself
	From   LeadStatus    `json:"from,omitempty"`
	To     LeadStatus    `json:"to"`
	Owner  string        `json:"owner,omitempty"`  // who has it from then on
	Reason string        `json:"reason,omitempty"` // of a return, a promotion, an escalation
	Detail string        `json:"detail,omitempty"` // what somebody wrote about it
	Until  time.Time     `json:"until,omitzero"`   // of a snooze
	Rev    int64         `json:"rev"`              // of the lead from then on
}

// maxHistory is how many events a lead keeps, the newest.
const maxHistory = 200

// remember appends events to a lead's history, and tells the feed of each as
// "lead:L-31#7": the event that the seventh revision came with.
func (c *change) remember(l Lead, events []LeadEvent) error {
	key := c.store.keys.leadHistory(l.ID)
	for i, e := range events {
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode an event of %s: %w", l.ID, err)
		}
		// Events of one change keep their order by the fraction.
		c.do("ZADD", key, strconv.FormatFloat(float64(e.Rev)+float64(i)/8, 'f', -1, 64), string(body))
		c.note("lead."+string(e.Kind), fmt.Sprintf("%s#%d", l.Ref(), e.Rev))
	}
	c.do("ZREMRANGEBYRANK", key, 0, -1-maxHistory)
	return nil
}

// eventsOf tells what changed from old to l. what says what the change was
// meant to be; where it names no kind, that follows from the lead. What goes
// without saying comes first: a lead that is given to somebody at once was
// announced, and one that is accepted was contacted.
func eventsOf(old, l Lead, what LeadEvent) []LeadEvent {
	if what.Kind == "" {
		what.Kind = kindOf(old, l)
	}
	what.From, what.To, what.Owner, what.Rev = old.Status, l.Status, l.Owner, l.Rev
	var events []LeadEvent
	if l.Status == LeadClaimed && !old.Status.Announced() {
		opened := what
		opened.Kind, opened.To, opened.Owner = EventOpened, LeadOpen, ""
		what.Kind, what.From = EventAssigned, LeadOpen
		events = append(events, opened)
	}
	if what.Kind != EventContacted && old.ContactedAt.IsZero() && !l.ContactedAt.IsZero() {
		contacted := what
		contacted.Kind, contacted.To, contacted.Reason = EventContacted, old.Status, ""
		events = append(events, contacted)
	}
	return append(events, what)
}

func kindOf(old, l Lead) LeadEventKind {
	switch {
	case l.Status == old.Status && l.Owner != old.Owner:
		return EventAssigned
	case l.Status == old.Status:
		return EventUpdated
	}
	switch l.Status {
	case LeadHeld:
		return EventHeld
	case LeadOpen:
		return EventOpened
	case LeadClaimed:
		return EventClaimed
	case LeadAccepted:
		return EventAccepted
	case LeadConverted:
		return EventConverted
	default:
		return EventReturned
	}
}

// LeadHistory lists what happened to a lead, oldest first, at most the last
// 200 events. A lead that doesn't exist has none.
func (s *Store) LeadHistory(ctx context.Context, id string) ([]LeadEvent, error) {
	members, err := s.rdb.ZRange(ctx, s.keys.leadHistory(id), 0, -1).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, wrap("read the history of "+id, err)
	}
	return decodeEvents(id, members)
}

// LeadEvent reads the event that the feed calls so: kind "lead.claimed", ref
// "lead:L-31#7". The error is ErrNotFound when it is too long ago, or the lead
// is gone.
func (s *Store) LeadEvent(ctx context.Context, c Change) (id string, e LeadEvent, err error) {
	ref, rev, ok := strings.Cut(c.Ref, "#")
	at, numberErr := strconv.ParseInt(rev, 10, 64)
	id, isLead := strings.CutPrefix(ref, LeadRef(""))
	if !ok || !isLead || numberErr != nil {
		return "", LeadEvent{}, fmt.Errorf("%s %s is no event of a lead", c.Kind, c.Ref)
	}
	span := &redis.ZRangeBy{Min: strconv.FormatInt(at, 10), Max: "(" + strconv.FormatInt(at+1, 10)}
	members, err := s.rdb.ZRangeByScore(ctx, s.keys.leadHistory(id), span).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return id, LeadEvent{}, wrap("read an event of "+id, err)
	}
	events, err := decodeEvents(id, members)
	if err != nil {
		return id, LeadEvent{}, err
	}
	i := slices.IndexFunc(events, func(e LeadEvent) bool { return "lead."+string(e.Kind) == c.Kind })
	if i < 0 {
		return id, LeadEvent{}, fmt.Errorf("%s %s: %w", c.Kind, c.Ref, ErrNotFound)
	}
	return id, events[i], nil
}

func decodeEvents(id string, members []string) ([]LeadEvent, error) {
	events := make([]LeadEvent, len(members))
	for i, m := range members {
		if err := json.Unmarshal([]byte(m), &events[i]); err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", id, err)
		}
	}
	return events, nil
}
