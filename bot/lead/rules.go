package lead

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"smarketer/store"
)

// RuleSpec says which leads are worth a rep's time, and who gets them.
type RuleSpec struct {
	Qualify []QualifySpec `yaml:"qualify"`
	Routes  []RouteSpec   `yaml:"routes"`
	// Channel is where a lead goes that no route matches, or whose route names
	// no channel.
	Channel string `yaml:"-"`
}

// QualifySpec is one condition that every announced lead meets.
type QualifySpec struct {
	Name string `yaml:"name"` // as people read it: "50 employees or more"
	When string `yaml:"when"` // an expression that is true or false
}

// RouteSpec says where the leads go that meet a condition.
type RouteSpec struct {
	Name    string   `yaml:"name"`
	When    string   `yaml:"when"`
	Channel string   `yaml:"channel,omitempty"`
	Assign  Assign   `yaml:"assign,omitempty"`
	Owners  []string `yaml:"owners,omitempty,flow"` // Slack user IDs
}

// Assign is how a lead finds its owner.
type Assign string

// A lead is open to whoever claims it first, or goes to the owners in turn.
const (
	AssignClaim      Assign = "claim"
	AssignRoundRobin Assign = "round_robin"
)

// Rules is a compiled [RuleSpec]. It may be used from several goroutines.
type Rules struct {
	qualify []condition
	routes  []compiledRoute
	channel string
}

type compiledRoute struct {
	condition
	route Route
}

// condition is one compiled expression.
type condition struct {
	name    string
	program *vm.Program
}

// Decision says whether a lead is qualified, and by which rules.
type Decision struct {
	Qualified bool
	Passed    []string // names of the rules that it meets
	Held      []string // names of the rules that hold it, faulty ones too
	Faulty    []string // rules that could not be decided for this lead, each with the reason
}

// Route says where a qualified lead goes.
type Route struct {
	Name    string // empty when no route matched
	Channel string // as it was configured: a name or an ID
	Assign  Assign
	Owners  []string // who takes turns, with [AssignRoundRobin]
	Faulty  []string // routes passed over because they could not be decided, each with the reason
}

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
	rules := &Rules{channel: spec.Channel}
	var errs []error
	names := make(map[string]bool)
	for i, rule := range spec.Qualify {
		field := fmt.Sprintf("qualify[%d]", i)
		compiled, err := compileCondition(field, rule.Name, rule.When)
		errs = append(errs, err, checkName(field, rule.Name, names))
		rules.qualify = append(rules.qualify, compiled)
	}
	clear(names)
	for i, route := range spec.Routes {
		field := fmt.Sprintf("routes[%d]", i)
		compiled, err := compileCondition(field, route.Name, route.When)
		errs = append(errs, err, checkName(field, route.Name, names), checkAssign(field, route))
		channel := route.Channel
		if channel == "" {
			channel = spec.Channel
		}
		assign := route.Assign
		if assign == "" {
			assign = AssignClaim
		}
		rules.routes = append(rules.routes, compiledRoute{compiled,
			Route{Name: route.Name, Channel: channel, Assign: assign, Owners: slices.Clone(route.Owners)}})
	}
	if err := errors.Join(errs...); err != nil {
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

func checkAssign(field string, route RouteSpec) error {
	switch route.Assign {
	case "", AssignClaim:
		if len(route.Owners) > 0 {
			return &RuleError{Field: field + ".owners", Name: route.Name,
				Message: "only round_robin has owners; set assign to round_robin, or leave the owners out"}
		}
	case AssignRoundRobin:
		if len(route.Owners) == 0 {
			return &RuleError{Field: field + ".owners", Name: route.Name,
				Message: "round_robin needs owners: user IDs such as [U0RAJ]"}
		}
	default:
		return &RuleError{Field: field + ".assign", Name: route.Name,
			Message: fmt.Sprintf("%q is unknown; write claim or round_robin", route.Assign)}
	}
	return nil
}

// Qualify decides whether a lead is worth a rep's time. It is when it meets
// every rule; with no rules every lead is. A rule that fails on this lead
// holds it and is reported.
func (r *Rules) Qualify(lead store.Lead, now time.Time) Decision {
	var decision Decision
	run := newRun(lead, now)
	for _, rule := range r.qualify {
		met, err := run.meets(rule)
		if err != nil {
			decision.Faulty = append(decision.Faulty, err.Error())
		}
		if met {
			decision.Passed = append(decision.Passed, rule.name)
		} else {
			decision.Held = append(decision.Held, rule.name)
		}
	}
	decision.Qualified = len(decision.Held) == 0
	return decision
}

// Route says where a lead goes: the way of the first route it meets, or else
// to the default channel, open to claim. A route that fails on this lead is
// passed over and reported.
func (r *Rules) Route(lead store.Lead, now time.Time) Route {
	var faulty []string
	run := newRun(lead, now)
	for _, candidate := range r.routes {
		met, err := run.meets(candidate.condition)
		if err != nil {
			faulty = append(faulty, err.Error())
		}
		if met {
			route := candidate.route
			route.Owners = slices.Clone(route.Owners)
			route.Faulty = faulty
			return route
		}
	}
	return Route{Channel: r.channel, Assign: AssignClaim, Faulty: faulty}
}

// ruleRun evaluates rules on one lead, one after the other.
type ruleRun struct {
	vm    vm.VM
	facts facts
}

// memoryBudget is how many items one rule may make: elements of lists, as expr
// counts them. A lead has at most [store.MaxTouches] touches.
const memoryBudget = 100 * store.MaxTouches

func newRun(lead store.Lead, now time.Time) *ruleRun {
	return &ruleRun{vm: vm.VM{MemoryBudget: memoryBudget}, facts: factsOf(lead, now)}
}

// meets says whether the lead meets the condition. Its error names the rule
// and the place, but not the lead's data: it may end up in a log.
func (r *ruleRun) meets(rule condition) (bool, error) {
	result, err := r.vm.Run(rule.program, &r.facts)
	if err != nil {
		place := "somewhere"
		if at, ok := errors.AsType[*file.Error](err); ok {
			place = fmt.Sprintf("at character %d", at.Column+1)
			if at.Line > 1 {
				place = fmt.Sprintf("at line %d, character %d", at.Line, at.Column+1)
			}
		}
		return false, fmt.Errorf("%s: can't be worked out for this lead (%s)", rule.name, place)
	}
	met, ok := result.(bool)
	if !ok {
		return false, fmt.Errorf("%s: is neither true nor false for this lead", rule.name)
	}
	return met, nil
}
