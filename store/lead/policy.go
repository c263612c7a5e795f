package lead

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"smarketer/store/hours"
	"smarketer/store/turns"
)

// Policy is what a workspace has decided about its leads, and what a decision
// needs to know of people. It is a value: nothing is asked while a change is
// decided. The zero Policy lets no lead qualify, sets no limits and says
// nothing.
type Policy struct {
	Rules    *Rules            // which leads qualify, and the routes they go; nil for none
	Channels map[string]string // channels as the rules name them → their IDs
	Words    Words

	// What only Slack knows is looked up before, where a decision needs it: one
	// that doesn't find it here fails with [Lacks].

	Accounts  map[string]Account // see [Policy.AddAccount]
	Marketing []string           // who hears of returns and of faulty rules; nil when not looked up
	Admins    []string           // who hears of a lead that waits where its route has no manager; nil when not looked up
}

// Account is who has a lead's account in the CRM, as far as Slack knows.
type Account struct {
	User string // Slack user ID; "" when nobody can be given the lead for it
	Note string // what to say of that on the card
}

// AddAccount notes who the owner of an account is that the CRM knows by an
// e-mail address. The policy's own map stays as it is.
func (p *Policy) AddAccount(email string, a Account) {
	all := map[string]Account{accountKey(email): a}
	maps.Copy(all, p.Accounts)

	p.Accounts = all
}

func accountKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Words put what happened into messages for Slack, encoded. They are pure: they
// look at what they are given and at nothing else. They name people and IDs,
// and nothing else that is personal. One that is nil, or returns nil, has nothing
// to say.
type Words struct {
	Event    func(Lead, Event) (json.RawMessage, error)                 // for the thread of the lead's card
	Waits    func(Lead, Step) (json.RawMessage, error)                  // for who hears that a lead waits
	FollowUp func(Lead) (json.RawMessage, error)                        // for who wanted to be reminded
	Returns  func([]Lead) (json.RawMessage, error)                      // for marketing, the last returned first
	Fault    func(l Lead, f Fault) (message json.RawMessage, err error) // for marketing
}

// Lacks is the error of a decision that needs to know what the policy doesn't
// have. Nothing is changed then: look it up, add it, and ask again.
type Lacks struct {
	Account   string // e-mail address of the owner in the CRM, "" for none
	Marketing bool
	Lead      string // with Marketing, the ID of the lead that a rule fails on
	Fault     string // with Marketing, the [Fault.Name] of that rule
	Admins    bool
}

// Error names what is lacking, without the address.
func (e *Lacks) Error() string {
	return fmt.Sprintf("the policy lacks what a decision needs (account %t, marketing %t, admins %t)", e.Account != "", e.Marketing, e.Admins)
}

// Terms is what holds on the route of a lead for those who work on it.
type Terms struct {
	Hours   hours.Hours   // in which the time allowed runs
	Claim   time.Duration // working time to be claimed; 0 for no limit
	Contact time.Duration // working time to be contacted by its owner; 0 for no limit
	Manager string        // Slack user ID of who hears when it waits too long; "" for the admins
	Turns   turns.Pool    // among whom a lead goes that its owner let wait; else it is open to claim
}

// Terms returns those of the route that a lead went: the zero Terms without rules.
// In Turns are those whose working hours it is at now.
func (p Policy) Terms(l Lead, now time.Time) Terms {
	if p.Rules == nil {
		return Terms{}
	}

	route := p.Rules.Named(l.Route)
	return Terms{Hours: route.Hours, Claim: route.SLA.Claim, Contact: route.SLA.Contact, Manager: route.Manager, Turns: route.pool(now)}
}

// managers are those who hear when a lead waits too long. The error is a [Lacks].
func (p Policy) managers(t Terms) ([]string, error) {
	switch {
	case t.Manager != "":
		return []string{t.Manager}, nil
	case p.Rules != nil && p.Admins == nil:
		return nil, &Lacks{Admins: true}
	}

	return p.Admins[:min(len(p.Admins), maxTold)], nil
}

// maxTold is how many admins hear at the most of a lead that waits.
const maxTold = 5

// Message is something to tell people in Slack, beside the cards.
type Message struct {
	To        string // a channel's ID, or a person's
	Under     string // the card in whose thread it goes, "" for none
	Broadcast bool   // with Under: into the channel as well
	Body      json.RawMessage
}

// toEach is one message to each of some people.
func toEach(people []string, body json.RawMessage) []Message {
	if body == nil {
		return nil
	}

	var all []Message
	for _, user := range people {
		all = append(all, Message{To: user, Body: body})
	}

	return all
}

// FaultMessages tell marketing of a rule that can't be worked out for a lead.
// The error is a [Lacks] when the policy doesn't know who that is.
func (p Policy) FaultMessages(l Lead, f Fault) ([]Message, error) {
	if p.Words.Fault == nil {
		return nil, nil
	}

	if p.Marketing == nil {
		return nil, &Lacks{Marketing: true, Lead: l.ID, Fault: f.Name()}
	}

	body, err := p.Words.Fault(l, f)
	if err != nil {
		return nil, err
	}

	return toEach(p.Marketing, body), nil
}
