package lead

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smarketer/store/errs"
	"smarketer/store/hours"
)

// RuleSpec says which leads are worth a rep's time, and who gets them.
type RuleSpec struct {
	Qualify []QualifySpec `yaml:"qualify"`
	Routes  []RouteSpec   `yaml:"routes"`
	// SLA is how long a lead may wait whose route doesn't say.
	SLA SLASpec `yaml:"sla"`
	// Channel is where a lead goes that no route matches, or whose route names
	// no channel.
	Channel string `yaml:"-"`
	// Hours are the working hours of routes that have none of their own.
	Hours hours.Hours `yaml:"-"`
}

// QualifySpec is one condition that every announced lead meets.
type QualifySpec struct {
	Name string `yaml:"name"` // as people read it: "50 employees or more"
	When string `yaml:"when"` // an expression that is true or false
	// Held is what people read when a lead doesn't meet it: "fewer than 50
	// employees". Without it they read "not: 50 employees or more".
	Held string `yaml:"held,omitempty"`
}

// RouteSpec says where the leads go that meet a condition.
type RouteSpec struct {
	Name    string      `yaml:"name"`
	When    string      `yaml:"when"`
	Channel string      `yaml:"channel,omitempty"`
	Assign  Assign      `yaml:"assign,omitempty"`
	Owners  []OwnerSpec `yaml:"owners,omitempty"`
	// Hours, when set, are the working hours of this route: its times run within
	// them, and nobody gets a turn outside them.
	Hours   hours.Spec `yaml:"hours,omitempty"`
	Manager string     `yaml:"manager,omitempty"` // Slack user ID of who may reassign its leads
	SLA     SLASpec    `yaml:"sla,omitempty"`
}

// OwnerSpec is one of those who get leads in turn. Its short form is the ID.
type OwnerSpec struct {
	User   string `yaml:"user"`             // Slack user ID
	Weight int    `yaml:"weight,omitempty"` // how many turns for one of somebody with 1; 0 counts as 1
	Cap    int    `yaml:"cap,omitempty"`    // how many leads a day at the most; 0 for no limit
	// Hours, when set, are those in which this person gets turns.
	Hours hours.Spec `yaml:"hours,omitempty"`
}

// UnmarshalText reads the short form.
func (o *OwnerSpec) UnmarshalText(text []byte) error {
	*o = OwnerSpec{User: string(text)}
	return nil
}

// MarshalYAML writes the short form where that says it all.
func (o OwnerSpec) MarshalYAML() (any, error) {
	if o.Weight == 0 && o.Cap == 0 && o.Hours.IsZero() {
		return o.User, nil
	}

	type long OwnerSpec // without this method
	return long(o), nil
}

// SLASpec is the working time that a lead may wait, as it is configured; what
// is left out is as it is for every lead.
type SLASpec struct {
	Claim   hours.WorkingTime `yaml:"claim,omitempty"`
	Contact hours.WorkingTime `yaml:"contact,omitempty"`
}

// SLA is the working time that a lead may wait.
type SLA struct {
	Claim   time.Duration // to be claimed; 0 for no limit
	Contact time.Duration // to be contacted, once claimed; 0 for no limit
}

// Assign is how a lead finds its owner.
type Assign string

// A lead is open to whoever claims it first, goes to the owners in turn, or to
// who has the account in the CRM.
const (
	AssignClaim      Assign = "claim"
	AssignRoundRobin Assign = "round_robin"
	AssignCRMOwner   Assign = "crm_owner"
)

// maxWeight bounds the turns of one person for one of another.
const maxWeight = 100

// RuleError is one mistake in a [RuleSpec].
type RuleError struct {
	Field   string // as it is written: "routes[1].when"
	Name    string // the rule's name, when it has one
	Line    int    // place in the expression, from 1; 0 when the mistake is elsewhere
	Column  int
	Message string
}

func (e *RuleError) Error() string {
	text := e.Field
	if e.Name != "" {
		text += fmt.Sprintf(" (%s)", e.Name)
	}

	return text + ": " + e.Problem()
}

// Problem is the error without the rule that it is in.
func (e *RuleError) Problem() string {
	switch {
	case e.Line == 0:
		return e.Message
	case e.Line == 1:
		return fmt.Sprintf("%s (at character %d)", e.Message, e.Column)
	default:
		return fmt.Sprintf("%s (at line %d, character %d)", e.Message, e.Line, e.Column)
	}
}

// CompileRules checks and compiles rules. It reports all mistakes at once,
// each as a [*RuleError].
func CompileRules(spec RuleSpec) (*Rules, error) {
	rules := &Rules{fallback: Route{Channel: spec.Channel, Assign: AssignClaim, Hours: spec.Hours, SLA: spec.SLA.over(SLA{})}}
	var mistakes []error
	names := make(map[string]bool)
	for i, rule := range spec.Qualify {
		field := fmt.Sprintf("qualify[%d]", i)
		compiled, err := compileCondition(field, rule.Name, rule.When)
		mistakes = append(mistakes, err, checkName(field, rule.Name, names))
		rules.qualify = append(rules.qualify, qualification{compiled, rule})
	}

	clear(names)

	for i, route := range spec.Routes {
		field := fmt.Sprintf("routes[%d]", i)
		compiled, err := compileCondition(field, route.Name, route.When)
		whole, routeErr := route.compile(field, rules.fallback)
		mistakes = append(mistakes, err, checkName(field, route.Name, names), routeErr)
		rules.routes = append(rules.routes, compiledRoute{compiled, whole})
	}

	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}

	return rules, nil
}

// checkName makes sure that people can tell the rules of a list apart.
func checkName(field, name string, taken map[string]bool) error {
	switch {
	case strings.TrimSpace(name) == "":
		return &RuleError{Field: field + ".name", Message: "is missing; people read it beside the lead"}
	case taken[name]:
		return &RuleError{Field: field + ".name", Message: fmt.Sprintf("%q is the name of an earlier one; give each its own", name)}
	}

	taken[name] = true
	return nil
}

// compile checks a route and fills in what it leaves out.
func (r RouteSpec) compile(field string, fallback Route) (Route, error) {
	route := fallback
	route.Name, route.Manager, route.When, route.SLA = r.Name, r.Manager, r.When, r.SLA.over(fallback.SLA)
	if r.Channel != "" {
		route.Channel = r.Channel
	}

	if r.Assign != "" {
		route.Assign = r.Assign
	}

	mistakes := []error{checkAssign(field, r)}
	var err error
	var turns hours.Hours // of those who have no hours of their own
	if !r.Hours.IsZero() {
		route.Hours, err = compileHours(field+".hours", r.Name, r.Hours)
		turns = route.Hours
		mistakes = append(mistakes, err)
	}

	for i, o := range r.Owners {
		at := fmt.Sprintf("%s.owners[%d]", field, i)
		owner := Owner{OwnerSpec: o, Hours: turns}
		if !o.Hours.IsZero() {
			owner.Hours, err = compileHours(at+".hours", r.Name, o.Hours)
			mistakes = append(mistakes, err)
		}

		switch {
		case o.Weight < 0 || o.Weight > maxWeight:
			mistakes = append(mistakes, &RuleError{Field: at + ".weight", Name: r.Name, Message: fmt.Sprintf("must be a whole number from 1 to %d", maxWeight)})
		case o.Cap < 0:
			mistakes = append(mistakes, &RuleError{Field: at + ".cap", Name: r.Name, Message: "must be the number of leads a day, such as 5"})
		}

		route.Owners = append(route.Owners, owner)
	}

	return route, errors.Join(mistakes...)
}

// compileHours names the field of each mistake in working hours.
func compileHours(field, name string, spec hours.Spec) (hours.Hours, error) {
	hours, err := hours.New(spec)
	var mistakes []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			if bad, ok := errors.AsType[*errs.Invalid](part); ok {
				mistakes = append(mistakes, &RuleError{Field: field + "." + bad.Field, Name: name, Message: bad.Message})
			}
		}
	}

	return hours, errors.Join(mistakes...)
}

func checkAssign(field string, route RouteSpec) error {
	bad := func(key, message string) error {
		return &RuleError{Field: field + key, Name: route.Name, Message: message}
	}
	switch route.Assign {
	case "", AssignClaim, AssignCRMOwner:
	case AssignRoundRobin:
		if len(route.Owners) == 0 {
			return bad(".owners", "round_robin needs owners: user IDs such as [U0RAJ]")
		}
	default:
		return bad(".assign", fmt.Sprintf("%q is unknown; write claim, round_robin or crm_owner", route.Assign))
	}

	if route.Assign != AssignRoundRobin && route.Assign != AssignCRMOwner && len(route.Owners) > 0 {
		return bad(".owners", "only round_robin and crm_owner have owners; set assign, or leave the owners out")
	}

	if i := slices.IndexFunc(route.Owners, func(o OwnerSpec) bool { return o.User == "" }); i >= 0 {
		return bad(fmt.Sprintf(".owners[%d].user", i), "is missing: a user ID such as U0RAJ")
	}

	return nil
}

// over fills in what is left out.
func (s SLASpec) over(all SLA) SLA {
	if s.Claim > 0 {
		all.Claim = time.Duration(s.Claim)
	}

	if s.Contact > 0 {
		all.Contact = time.Duration(s.Contact)
	}

	return all
}
