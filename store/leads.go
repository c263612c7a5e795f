package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Intake says what became of a lead that came in.
type Intake string

// What can become of a lead that comes in.
const (
	IntakeOpen      Intake = "open"      // qualified; it will be announced
	IntakeHeld      Intake = "held"      // kept for marketing to look at
	IntakeUpdated   Intake = "updated"   // known already; something new was added
	IntakeDuplicate Intake = "duplicate" // known already, and nothing new
)

// Judgement is what the rules say of a lead: whether it qualifies and where it
// goes.
type Judgement struct {
	Qualified bool
	Reasons   []string  // the rules that hold, or those that don't
	Channel   string    // where it is to be announced
	ClaimBy   time.Time // when somebody should have claimed it; zero for no limit
	Turns     string    // the name under which Owners take turns
	Owners    []string  // who gets it in turn; empty when it is open to claim
	// Tell is what to send when the lead was given to an owner.
	Tell func(Lead) ([]Item, error)
}

// UnclaimedTimer wakes when nobody has claimed a lead in time.
const UnclaimedTimer = "lead.unclaimed"

// TakeInLead stores a lead that came in, or adds what is new to the one that
// is known by the same source and external ID, or else by the same e-mail
// address. judge is asked about the lead as it will be kept; a lead that
// qualifies is announced in the channel it names, in the same commit.
func (s *Store) TakeInLead(ctx context.Context, in Lead, judge func(Lead) Judgement) (lead Lead, what Intake, err error) {
	err = retryStale(ctx, func() error {
		lead, what, err = s.takeInLead(ctx, in, judge)
		return err
	})
	return lead, what, err
}

func (s *Store) takeInLead(ctx context.Context, in Lead, judge func(Lead) Judgement) (Lead, Intake, error) {
	names := []string{identityField(in.Source, in.ExternalID)}
	if in.Email != "" {
		names = append(names, emailField(in.Email))
	}
	known, err := s.rdb.HMGet(ctx, s.keys.leadIdentity(), names...).Result()
	if err != nil {
		return Lead{}, "", wrap("look for a lead", err)
	}
	id, unknown := "", []string(nil)
	for i, name := range names {
		if bearer, ok := known[i].(string); ok {
			id = cmp.Or(id, bearer)
		} else {
			unknown = append(unknown, name)
		}
	}
	if id != "" {
		return s.addToLead(ctx, id, unknown, in, judge)
	}
	in.Touches = mergeTouches(nil, in.Touches)
	in.Created = s.now()
	if in.ID, err = s.nextID(ctx, "L"); err != nil {
		return Lead{}, "", err
	}
	c := s.change("")
	c.identify(in.ID, unknown)
	what, err := s.settle(ctx, c, Lead{}, &in, judge)
	if err != nil {
		return Lead{}, "", err
	}
	_, err = c.commit(ctx, in.ID)
	return in, what, err
}

// identify makes a lead known by names that nobody bears yet.
func (c *change) identify(id string, names []string) {
	hash := c.store.keys.leadIdentity()
	for _, name := range names {
		c.expect(hash, name, "")
		c.do("HSET", hash, name, id)
	}
}

// settle lets the rules decide on a lead that nobody works on, and writes it.
// old is the lead as it was, zero for a new one. One that ended opens again
// only when it has been in touch with us since.
func (s *Store) settle(ctx context.Context, c *change, old Lead, l *Lead, judge func(Lead) Judgement) (Intake, error) {
	what, was := IntakeUpdated, old.Status
	ended := was == LeadRejected || was == LeadRecycled
	if was == "" || was == LeadHeld || (ended && !slices.Equal(old.Touches, l.Touches)) {
		j := judge(*l)
		l.Reasons = j.Reasons
		if j.Qualified {
			l.Status, l.Channel = LeadOpen, j.Channel
			what = IntakeOpen
			if len(j.Owners) > 0 {
				if err := s.assign(ctx, c, l, j); err != nil {
					return "", err
				}
			} else if !j.ClaimBy.IsZero() {
				c.wake(timerMember(UnclaimedTimer, l.ID), j.ClaimBy)
			}
		} else if was == "" {
			l.Status, what = LeadHeld, IntakeHeld
		}
	}
	if err := s.putLead(c, old, l); err != nil {
		return "", err
	}
	if l.Status == LeadHeld {
		return what, nil
	}
	return what, c.send(Item{Channel: l.Channel, Card: l.Ref()})
}

// assign gives a lead to whose turn it is. A turn is lost when the change is
// not committed; nobody gets two leads for one.
func (s *Store) assign(ctx context.Context, c *change, l *Lead, j Judgement) error {
	turn, err := s.rdb.Incr(ctx, s.keys.turns(j.Turns)).Result()
	if err != nil {
		return wrap("take turns", err)
	}
	l.Owner = j.Owners[int(turn-1)%len(j.Owners)]
	l.Status, l.ClaimedAt = LeadClaimed, s.now()
	items, err := j.Tell(*l)
	if err != nil {
		return err
	}
	return c.sendAll(items)
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

// addToLead brings what is new in a lead to the one that is known, which will
// be known by the unknown names, too.
func (s *Store) addToLead(ctx context.Context, id string, unknown []string, in Lead, judge func(Lead) Judgement) (Lead, Intake, error) {
	old, err := s.Lead(ctx, id)
	if err != nil {
		return Lead{}, "", err
	}
	merged := mergeLead(old, in)
	if sameLead(old, merged) && len(unknown) == 0 {
		return old, IntakeDuplicate, nil
	}
	c := s.change("")
	c.identify(id, unknown)
	what, err := s.settle(ctx, c, old, &merged, judge)
	if err != nil {
		return Lead{}, "", err
	}
	_, err = c.commit(ctx, id)
	return merged, what, err
}

// mergeLead takes over what the newer report says, keeps what it leaves out,
// and joins the touches.
func mergeLead(old, in Lead) Lead {
	m := old
	for to, from := range map[*string]string{
		&m.Name: in.Name, &m.Title: in.Title, &m.Company: in.Company, &m.Domain: in.Domain, &m.Email: in.Email,
		&m.Country: in.Country, &m.Industry: in.Industry, &m.Interest: in.Interest, &m.OwnerEmail: in.OwnerEmail, &m.URL: in.URL,
	} {
		*to = cmp.Or(from, *to)
	}
	m.Employees, m.Score = cmp.Or(in.Employees, m.Employees), cmp.Or(in.Score, m.Score)
	m.Attributes = maps.Clone(old.Attributes)
	if m.Attributes == nil && len(in.Attributes) > 0 {
		m.Attributes = map[string]string{}
	}
	maps.Copy(m.Attributes, in.Attributes)
	m.Touches = mergeTouches(old.Touches, in.Touches)
	return m
}

// mergeTouches joins two lists in order of time, drops what is in both, and
// keeps the newest [MaxTouches].
func mergeTouches(a, b []Touch) []Touch {
	all := slices.Concat(a, b)
	for i := range all {
		all[i].At = all[i].At.UTC().Truncate(time.Millisecond)
	}
	slices.SortStableFunc(all, func(x, y Touch) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Title, y.Title), cmp.Compare(x.URL, y.URL))
	})
	all = slices.Compact(all)
	return all[max(0, len(all)-MaxTouches):]
}

func sameLead(a, b Lead) bool {
	same := maps.Equal(a.Attributes, b.Attributes) && slices.Equal(a.Touches, b.Touches)
	return same && a.Name == b.Name && a.Title == b.Title && a.Company == b.Company && a.Domain == b.Domain &&
		a.Email == b.Email && a.Country == b.Country && a.Industry == b.Industry && a.Interest == b.Interest &&
		a.OwnerEmail == b.OwnerEmail && a.URL == b.URL && a.Employees == b.Employees && a.Score == b.Score
}

// Lead reads a lead by its ID. The error is ErrNotFound when there is none.
func (s *Store) Lead(ctx context.Context, id string) (Lead, error) {
	var l Lead
	rev, err := s.load(ctx, LeadRef(id), &l)
	l.Rev = rev
	return l, err
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

// ReleaseLead opens a lead again that its owner gives back. The error is
// ErrConflict when it isn't claimed by that person any more.
func (s *Store) ReleaseLead(ctx context.Context, op, id, by string, then ...Item) (Lead, error) {
	return s.moveLead(ctx, op, id, LeadOpen, func(_ *change, l *Lead) error {
		if l.Owner != by {
			return ErrConflict
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
