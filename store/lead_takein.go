package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
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
	Reasons   []string // the rules that hold, or those that don't
	Route     string   // name of the route it goes
	Channel   string   // where it is to be announced
	Owner     string   // who gets it, if it is clear
	Turns     Turns    // else among whom it goes in turn; it is open to claim when nobody has a turn
	Note      string   // what to say of how it found its way
	NoTurn    string   // what to add when nobody had a turn
	Faults    []RuleFault
	Desk      LeadDesk
}

// RuleFault is a rule that can't be worked out for a lead, and who is told of
// that. They are told once a day, whatever number of leads it holds.
type RuleFault struct {
	Rule string
	Tell []Item
}

// TakeInLead stores a lead that came in, or adds what is new to the one that
// is known by the same source and external ID, or else by the same e-mail
// address. judge is asked about the lead as it will be kept; a lead that
// qualifies is announced in the channel it names, in the same commit.
func (s *Store) TakeInLead(ctx context.Context, in Lead, judge func(Lead) Judgement) (lead Lead, what Intake, err error) {
	return s.AddLead(ctx, "", in, judge)
}

// AddLead is TakeInLead for the request of a person. The error is ErrDuplicate,
// with the lead, when the request was carried out before.
func (s *Store) AddLead(ctx context.Context, op string, in Lead, judge func(Lead) Judgement) (lead Lead, what Intake, err error) {
	if op != "" {
		if id, done, err := s.Done(ctx, op); err != nil {
			return Lead{}, "", err
		} else if done {
			lead, err := s.Lead(ctx, id)
			return lead, IntakeDuplicate, cmp.Or(err, ErrDuplicate)
		}
	}
	in.ID = "" // given when it is known that the lead is new
	err = retryStale(ctx, func() error {
		c := s.change(op)
		defer c.done()
		lead, what, err = s.takeInLead(ctx, c, &in, judge)
		return err
	})
	return lead, what, err
}

// takeInLead gives in its ID when it is new, and leaves that when it is tried
// anew.
func (s *Store) takeInLead(ctx context.Context, c *change, in *Lead, judge func(Lead) Judgement) (Lead, Intake, error) {
	if gone, err := c.forgotten(ctx, namesOf(*in)); err != nil || gone {
		return Lead{}, IntakeForgotten, err
	}
	id, unknown, err := s.whois(ctx, *in)
	if err != nil {
		return Lead{}, "", err
	}
	if id != "" {
		return s.addToLead(ctx, c, id, unknown, *in, judge)
	}
	if in.ID == "" {
		if in.ID, err = s.nextID(ctx, "L"); err != nil {
			return Lead{}, "", err
		}
	}
	lead := *in
	lead.Touches = mergeTouches(nil, in.Touches)
	lead.Created = s.now()
	c.identify(lead.ID, unknown)
	what, err := s.settle(ctx, c, Lead{}, &lead, in.AddedBy, judge)
	if err != nil {
		return Lead{}, "", err
	}
	_, err = c.commitAs(ctx, lead.ID)
	return lead, what, err
}

// whois finds the lead that is known by the sender's ID or else by the e-mail
// address, "" for none, and tells which of these names nobody bears yet.
func (s *Store) whois(ctx context.Context, in Lead) (id string, unknown []string, err error) {
	names := namesOf(in)
	known, err := s.rdb.HMGet(ctx, s.keys.leadIdentity(), names...).Result()
	if err != nil {
		return "", nil, wrap("look for a lead", err)
	}
	for i, name := range names {
		if bearer, ok := known[i].(string); ok {
			id = cmp.Or(id, bearer)
		} else {
			unknown = append(unknown, name)
		}
	}
	return id, unknown, nil
}

// KnowsLead tells whether a lead that would come in is known already.
func (s *Store) KnowsLead(ctx context.Context, in Lead) (bool, error) {
	id, _, err := s.whois(ctx, in)
	return id != "", err
}

// namesOf is what a lead that comes in is known by.
func namesOf(in Lead) []string {
	names := []string{identityField(in.Source, in.ExternalID)}
	if in.Email != "" {
		names = append(names, emailField(in.Email))
	}
	return names
}

// identify makes a lead known by names that nobody bears yet.
func (c *change) identify(id string, names []string) {
	hash := c.store.keys.leadIdentity()
	for _, name := range names {
		c.expect(hash, name, "")
		c.do("HSET", hash, name, id)
		c.do("SADD", c.store.keys.leadNames(id), name)
	}
}

// settle lets the rules decide on a lead that nobody works on, and writes it.
// old is the lead as it was, zero for a new one. One that ended opens again
// only when it has been in touch with us since. by is who added to it, "" for
// a program.
func (s *Store) settle(ctx context.Context, c *change, old Lead, l *Lead, by string, judge func(Lead) Judgement) (Intake, error) {
	what, was := IntakeUpdated, old.Status
	var desk LeadDesk
	if was == "" || was == LeadHeld || (was == LeadRejected || was == LeadRecycled) && touchedSince(old, *l) {
		j := judge(*l)
		l.Reasons, l.Promotion, desk = j.Reasons, nil, j.Desk
		if err := s.tellFaults(ctx, c, j.Faults); err != nil {
			return "", err
		}
		if j.Qualified {
			what = IntakeOpen
			if err := s.dispatch(ctx, c, l, j); err != nil {
				return "", err
			}
		} else if was == "" {
			l.Status, what = LeadHeld, IntakeHeld
		}
	}
	return what, s.putLead(c, old, l, desk, LeadEvent{By: by})
}

// touchedSince tells whether a lead that was returned has been in touch again
// since. What comes in late, of before, is no reason to bother sales anew.
func touchedSince(old, l Lead) bool {
	return slices.ContainsFunc(l.Touches, func(t Touch) bool {
		return t.At.After(old.ReturnedAt) && !slices.Contains(old.Touches, t)
	})
}

// dispatch sends a lead the way that it was judged to go: to its owner, to whose
// turn it is, or to whoever claims it.
func (s *Store) dispatch(ctx context.Context, c *change, l *Lead, j Judgement) error {
	l.Status, l.Route, l.Channel, l.RouteNote = LeadOpen, j.Route, j.Channel, j.Note
	owner := j.Owner
	if owner == "" && len(j.Turns.Owners) > 0 {
		var err error
		if owner, err = c.takeTurn(ctx, j.Turns); err != nil {
			return err
		}
	}
	switch {
	case owner != "":
		l.Status, l.Owner, l.ClaimedAt = LeadClaimed, owner, s.now()
	case j.NoTurn != "":
		l.RouteNote = strings.TrimSpace(j.Note + " " + j.NoTurn)
	}
	return nil
}

// tellFaults has people told of rules that fail, unless they know.
func (s *Store) tellFaults(ctx context.Context, c *change, faults []RuleFault) error {
	today, told := s.now().Format(time.DateOnly), s.keys.ruleFaults()
	for _, f := range faults {
		last, err := s.rdb.HGet(ctx, told, f.Rule).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return wrap("look for a fault of a rule", err)
		}
		if last == today {
			continue
		}
		c.expect(told, f.Rule, last)
		c.do("HSET", told, f.Rule, today)
		if err := c.sendAll(f.Tell); err != nil {
			return err
		}
	}
	return nil
}

// addToLead brings what is new in a lead to the one that is known, which will
// be known by the unknown names, too.
func (s *Store) addToLead(ctx context.Context, c *change, id string, unknown []string, in Lead, judge func(Lead) Judgement) (Lead, Intake, error) {
	old, err := s.Lead(ctx, id)
	if err != nil {
		return Lead{}, "", err
	}
	merged := mergeLead(old, in)
	if sameLead(old, merged) && len(unknown) == 0 {
		return old, IntakeDuplicate, nil
	}
	c.identify(id, unknown)
	what, err := s.settle(ctx, c, old, &merged, in.AddedBy, judge)
	if err != nil {
		return Lead{}, "", err
	}
	_, err = c.commitAs(ctx, id)
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
