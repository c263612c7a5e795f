package lead

import (
	"time"

	"smarketer/store/turns"
)

// Routing is what the rules decide on a lead: whether it qualifies and where it
// goes.
type Routing struct {
	Qualified bool
	Reasons   []string   // the rules that hold, or those that don't
	Route     string     // name of the route it goes
	Channel   string     // ID of the channel where it is to be announced
	Owner     string     // who gets it, if it is clear
	Turns     turns.Pool // else among whom it goes in turn; it is open to claim when nobody has a turn
	Note      string     // what to say of how it found its way
	NoTurn    string     // what to add when nobody had a turn
	Faults    []Fault
}

// Fault is a rule or a route that can't be worked out for a lead. Marketing is
// told of it once a day, whatever number of leads it fails on.
type Fault struct {
	What    FaultOf
	Problem string // its name and what is wrong
}

// FaultOf is what a [Fault] is in.
type FaultOf string

// What may fail on a lead.
const (
	FaultOfRule  FaultOf = "rule"
	FaultOfRoute FaultOf = "route"
)

// Name tells a fault from others.
func (f Fault) Name() string { return string(f.What) + " " + f.Problem }

func faults(of FaultOf, problems []string) []Fault {
	var all []Fault
	for _, problem := range problems {
		all = append(all, Fault{of, problem})
	}

	return all
}

// Judge applies the rules to a lead as it will be kept. The error is a [Lacks]
// when the lead goes to the owner of its account, and the policy doesn't know
// who that is.
func (p Policy) Judge(l Lead, now time.Time) (Routing, error) {
	if p.Rules == nil {
		return Routing{}, nil
	}

	d := p.Rules.Qualify(l, now)
	if !d.Qualified {
		return Routing{Reasons: d.Held, Faults: faults(FaultOfRule, d.Faulty)}, nil
	}

	r, err := p.Promoted(l, now)
	r.Qualified, r.Reasons = true, d.Passed
	return r, err
}

const noTurn = "Nobody whose turn it could be is free right now, so it is open to claim."

// Promoted finds the way of a lead as if it qualified: its channel, and its owner
// or who takes turns. Errors are as in Judge.
func (p Policy) Promoted(l Lead, now time.Time) (Routing, error) {
	if p.Rules == nil {
		return Routing{}, nil
	}

	route := p.Rules.Route(l, now)
	r := Routing{Route: route.Name, Channel: p.Channels[route.Channel], Faults: faults(FaultOfRoute, route.Faulty)}

	if route.Assign == AssignCRMOwner {
		account, err := p.account(l.OwnerEmail)
		if err != nil {
			return Routing{}, err
		}

		if r.Owner, r.Note = account.User, account.Note; r.Owner != "" {
			return r, nil
		}
	}

	if len(route.Owners) > 0 {
		r.Turns, r.NoTurn = route.pool(now), noTurn
	}

	return r, nil
}

// account is who has an account in the CRM.
func (p Policy) account(email string) (Account, error) {
	if email == "" {
		return Account{Note: "The CRM names no owner."}, nil
	}

	account, known := p.Accounts[accountKey(email)]
	if !known {
		return Account{}, &Lacks{Account: email}
	}

	return account, nil
}

// pool is among whom a route gives leads out: those whose working hours it is.
func (r Route) pool(now time.Time) turns.Pool {
	pool := turns.Pool{Name: r.Name, Day: r.Hours.Date(now)}
	for _, o := range r.Owners {
		if o.Hours.Open(now) {
			pool.Owners = append(pool.Owners, turns.Owner{User: o.User, Weight: o.Weight, Cap: o.Cap})
		}
	}

	return pool
}
