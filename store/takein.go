package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
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
