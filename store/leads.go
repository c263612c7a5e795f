package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// Lead reads a lead by its ID. The error is ErrNotFound when there is none.
func (s *Store) Lead(ctx context.Context, id string) (Lead, error) {
	var l Lead
	rev, err := s.load(ctx, LeadRef(id), &l)
	l.Rev = rev
	return l, err
}

// putLead writes a lead that was old, zero for a new one, with everything that
// follows: see [Store.writeLead]. what says what the change was; what it leaves
// out is taken from the lead. It goes into the history, the feed and the
// thread of the lead's card.
func (s *Store) putLead(c *change, old Lead, l *Lead, d LeadDesk, what LeadEvent) error {
	if err := s.writeLead(c, old, l, d); err != nil {
		return err
	}
	what.At = s.now()
	events := eventsOf(old, *l, what)
	c.tallyLead(old, *l, events)
	if err := c.remember(*l, events); err != nil {
		return err
	}
	if d.Say == nil || !l.Status.Announced() && !l.Status.Ended() {
		return nil
	}
	line, err := d.Say(*l, events[len(events)-1])
	if err != nil || line == nil {
		return err
	}
	return c.send(Item{Channel: l.Channel, Under: l.Ref(), Message: line})
}

// writeLead writes a lead's record, its place in the indexes, its timer and
// its cards, wherever they are. A status without an owner takes the owner
// away, and a new announcement begins the work on it anew.
func (s *Store) writeLead(c *change, old Lead, l *Lead, d LeadDesk) error {
	now := s.now()
	if l.Status.Announced() && !old.Status.Announced() {
		l.LeadWork = LeadWork{Cycle: old.Cycle + 1, OpenedAt: now, ClaimedAt: l.ClaimedAt, ReturnedAt: old.ReturnedAt, Return: old.Return}
	}
	if !l.Status.Owned() {
		l.Owner, l.ClaimedAt = "", time.Time{}
	}
	if l.Owner != old.Owner {
		l.Snoozes, l.Snoozed = 0, time.Time{}
		if l.Owner != "" {
			l.Hands++
		}
	}
	l.FirstOwner = cmp.Or(l.FirstOwner, l.Owner)
	switch {
	case l.ladder() == nil:
		l.Clock = LeadClock{}
	case waitsAnew(old, *l):
		l.startClock(d.terms(*l), now)
	}
	c.ring(old, *l)
	s.indexLead(c, old, *l)
	err := c.put(l.Ref(), l.Rev, l)
	l.Rev++
	if err != nil {
		return err
	}
	return c.sendAll(leadCards(old, *l))
}

// indexLead brings the indexes from one state of a lead to another.
func (s *Store) indexLead(c *change, old, l Lead) {
	now := s.now().UnixMilli()
	if was, is := old.worker(), l.worker(); was != is {
		if was != "" {
			c.do("ZREM", s.keys.leadsByOwner(was), l.ID)
		}
		if is != "" {
			c.do("ZADD", s.keys.leadsByOwner(is), now, l.ID)
		}
	}
	if l.Status != old.Status {
		if old.Status != "" {
			c.do("ZREM", s.keys.leadsByStatus(old.Status), l.ID)
		}
		c.do("ZADD", s.keys.leadsByStatus(l.Status), now, l.ID)
	}
}

// leadCards are the cards that a change touches: those of the channel and the
// owner, and of those it had before. Nobody has a card of a lead that was never
// announced.
func leadCards(old, l Lead) []Item {
	if l.Status == LeadHeld {
		return nil
	}
	cards := []Item{{Channel: l.Channel, Card: l.Ref()}}
	if old.Channel != "" && old.Channel != l.Channel {
		cards = append(cards, Item{Channel: old.Channel, Card: l.Ref()})
	}
	if l.Owner != "" {
		cards = append(cards, Item{Channel: l.Owner, Card: l.OwnerCard()})
	}
	if old.Owner != "" && old.Owner != l.Owner {
		cards = append(cards, Item{Channel: old.Owner, Card: old.OwnerCard()})
	}
	return cards
}

// changeLead changes a lead. decide looks at the lead as it is, changes it, and
// tells what that was, or refuses with an error. With ErrConflict and
// ErrDuplicate comes the lead as it is now.
func (s *Store) changeLead(ctx context.Context, op, id string, d LeadDesk, decide func(*change, *Lead) (LeadEvent, error)) (lead Lead, err error) {
	err = retryStale(ctx, func() error {
		if lead, err = s.Lead(ctx, id); err != nil {
			return err
		}
		c, moved := s.change(op), lead
		defer c.done()
		what, err := decide(c, &moved)
		if err == nil && moved.Status != lead.Status && !slices.Contains(lead.Status.To(), moved.Status) {
			err = ErrConflict
		}
		if err != nil {
			if again := s.refused(ctx, op); !errors.Is(again, ErrConflict) {
				return again
			}
			return err
		}
		if err := s.putLead(c, lead, &moved, d, what); err != nil {
			return err
		}
		if _, err = c.commitAs(ctx, id); err == nil {
			lead = moved
		}
		return err
	})
	if errors.Is(err, ErrDuplicate) { // perhaps carried out after lead was read
		now, readErr := s.Lead(ctx, id)
		return now, cmp.Or(readErr, err)
	}
	return lead, err
}

// inChannel addresses items that name no channel to one.
func inChannel(channel string, items []Item) []Item {
	items = slices.Clone(items)
	for i := range items {
		items[i].Channel = cmp.Or(items[i].Channel, channel)
	}
	return items
}

// LeadsOf lists the leads that a person works on now, the newest first, after
// so many, and how many there are in all.
func (s *Store) LeadsOf(ctx context.Context, user string, after, limit int) ([]Lead, int, error) {
	return s.leadsIn(ctx, s.keys.leadsByOwner(user), after, limit)
}

// LeadsWith lists the leads that have a status now, the newest first, after so
// many, and how many there are in all.
func (s *Store) LeadsWith(ctx context.Context, status LeadStatus, after, limit int) ([]Lead, int, error) {
	return s.leadsIn(ctx, s.keys.leadsByStatus(status), after, limit)
}

func (s *Store) leadsIn(ctx context.Context, index string, after, limit int) ([]Lead, int, error) {
	pipe := s.rdb.Pipeline()
	ids := pipe.ZRevRange(ctx, index, int64(after), int64(after+limit)-1)
	all := pipe.ZCard(ctx, index)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, wrap("list leads", err)
	}
	leads, err := loadAll(ctx, s, ids.Val(), LeadRef, func(l *Lead, rev int64) { l.Rev = rev })
	return leads, int(all.Val()), err
}
