package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Lead reads a lead by its ID. The error is ErrNotFound when there is none.
func (s *Store) Lead(ctx context.Context, id string) (Lead, error) {
	var l Lead
	rev, err := s.load(ctx, LeadRef(id), &l)
	l.Rev = rev
	return l, err
}

// putLead writes a lead that was old, zero for a new one: the record, its
// place in the indexes, and its status to the feed when that is new. A status
// without an owner takes the owner away.
func (s *Store) putLead(c *change, old Lead, l *Lead) error {
	now := s.now().UnixMilli()
	if !l.Status.Owned() {
		l.Owner, l.ClaimedAt = "", time.Time{}
	}
	if l.Owner != old.Owner {
		if old.Owner != "" {
			c.do("ZREM", s.keys.leadsByOwner(old.Owner), l.ID)
		}
		if l.Owner != "" {
			c.do("ZADD", s.keys.leadsByOwner(l.Owner), now, l.ID)
		}
	}
	if l.Status != old.Status {
		if old.Status != "" {
			c.do("ZREM", s.keys.leadsByStatus(old.Status), l.ID)
		}
		c.do("ZADD", s.keys.leadsByStatus(l.Status), now, l.ID)
		c.note("lead."+string(l.Status), l.Ref())
	}
	err := c.put(l.Ref(), l.Rev, l)
	l.Rev++
	return err
}

// moveLead brings a lead from one status to another. decide looks at the lead
// as it is, changes what else changes with the move, and refuses with an
// error. With ErrConflict and ErrDuplicate comes the lead as it is now.
func (s *Store) moveLead(ctx context.Context, op, id string, to LeadStatus, decide func(*change, *Lead) error, then []Item) (lead Lead, err error) {
	err = retryStale(ctx, func() error {
		if lead, err = s.Lead(ctx, id); err != nil {
			return err
		}
		c := s.change(op)
		moved := lead
		moved.Status = to
		err := ErrConflict
		if slices.Contains(lead.Status.To(), to) {
			err = decide(c, &moved)
		}
		if errors.Is(err, ErrConflict) {
			return s.refused(ctx, op)
		}
		if err != nil {
			return err
		}
		if err := s.putLead(c, lead, &moved); err != nil {
			return err
		}
		if err := c.send(Item{Channel: moved.Channel, Card: moved.Ref()}); err != nil {
			return err
		}
		if err := c.sendAll(inChannel(moved.Channel, then)); err != nil {
			return err
		}
		if _, err = c.commit(ctx, id); err == nil {
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

// refused tells a request that came twice from one that came too late.
func (s *Store) refused(ctx context.Context, op string) error {
	if _, done, err := s.Done(ctx, op); err != nil {
		return err
	} else if done {
		return ErrDuplicate
	}
	return ErrConflict
}

// ClaimLead makes a person the owner of an open lead: of any number who try,
// exactly one succeeds. The others get ErrConflict, and the lead with its
// owner. then is sent with the claim: to the lead's channel where it names none.
func (s *Store) ClaimLead(ctx context.Context, op, id, by string, then ...Item) (Lead, error) {
	return s.moveLead(ctx, op, id, LeadClaimed, func(c *change, l *Lead) error {
		l.Owner, l.ClaimedAt = by, s.now()
		c.calm(timerMember(UnclaimedTimer, id))
		return nil
	}, then)
}

// ReleaseLead opens a lead again that its owner gives back, to be claimed by a
// time that begins anew; zero for no limit. The error is ErrConflict when it
// isn't claimed by that person any more.
func (s *Store) ReleaseLead(ctx context.Context, op, id, by string, claimBy time.Time, then ...Item) (Lead, error) {
	return s.moveLead(ctx, op, id, LeadOpen, func(c *change, l *Lead) error {
		if l.Owner != by {
			return ErrConflict
		}
		if !claimBy.IsZero() {
			c.wake(timerMember(UnclaimedTimer, id), claimBy)
		}
		return nil
	}, then)
}

// RemindOfLead has messages sent about a lead that is still open when its
// timer wakes, and settles the timer. A lead that is no longer open needs no
// reminder.
func (s *Store) RemindOfLead(ctx context.Context, t Timer, remind func(Lead) ([]Item, error)) error {
	lead, err := s.Lead(ctx, t.Ref)
	if errors.Is(err, ErrNotFound) {
		return s.DropTimer(ctx, t)
	}
	if err != nil {
		return err
	}
	if lead.Status != LeadOpen {
		return s.DropTimer(ctx, t)
	}
	items, err := remind(lead)
	if err != nil {
		return err
	}
	c := s.change("")
	c.expect(s.keys.record(lead.Ref()), "rev", fmt.Sprint(lead.Rev))
	c.settle(t)
	if err := c.sendAll(items); err != nil {
		return err
	}
	if _, err := c.commit(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil // when stale, the timer comes back after its lease
}

// LeadsOf lists the newest leads a person has now, newest first.
func (s *Store) LeadsOf(ctx context.Context, user string, limit int) ([]Lead, error) {
	return s.leadsIn(ctx, s.keys.leadsByOwner(user), limit)
}

// LeadsWith lists the newest leads that have a status now, newest first.
func (s *Store) LeadsWith(ctx context.Context, status LeadStatus, limit int) ([]Lead, error) {
	return s.leadsIn(ctx, s.keys.leadsByStatus(status), limit)
}

func (s *Store) leadsIn(ctx context.Context, index string, limit int) ([]Lead, error) {
	ids, err := s.rdb.ZRevRange(ctx, index, 0, int64(limit)-1).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, wrap("list leads", err)
	}
	return loadAll(ctx, s, ids, LeadRef, func(l *Lead, rev int64) { l.Rev = rev })
}
