package lead

import (
	"errors"
	"fmt"
	"time"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"smarketer/store/hours"
)

// Rules is a compiled [RuleSpec]. It may be used from several goroutines.
type Rules struct {
	qualify  []qualification
	routes   []compiledRoute
	fallback Route // of leads that no route matches
}

type qualification struct {
	condition
	spec QualifySpec
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
	Held      []string // why it is held: a text for each rule that isn't met, faulty ones too
	Missed    []string // names of these rules
	Faulty    []string // rules that could not be decided for this lead, each with the reason
}

// Route says where a qualified lead goes, and what holds for it there.
type Route struct {
	Name    string // empty when no route matched
	When    string // its condition, as it was configured
	Channel string // as it was configured: a name or an ID
	Assign  Assign
	Owners  []Owner     // who takes turns
	Hours   hours.Hours // in which its times run
	Manager string      // Slack user ID of who may reassign its leads; "" for nobody but admins
	SLA     SLA
	Faulty  []string // routes passed over because they could not be decided, each with the reason
}

// Owner is one of those who take turns on a route.
type Owner struct {
	OwnerSpec
	Hours hours.Hours // in which they get turns: theirs, or else those that the route sets
}

// Qualify decides whether a lead is worth a rep's time. It is when it meets
// every rule; with no rules every lead is. A rule that fails on this lead
// holds it and is reported.
func (r *Rules) Qualify(l Lead, now time.Time) Decision {
	var decision Decision
	run := newRun(l, now)
	for _, rule := range r.qualify {
		met, err := run.meets(rule.condition)
		if err != nil {
			decision.Faulty = append(decision.Faulty, err.Error())
		}

		if met {
			decision.Passed = append(decision.Passed, rule.name)
		} else {
			decision.Held = append(decision.Held, rule.spec.heldWords(err))
			decision.Missed = append(decision.Missed, rule.name)
		}
	}

	decision.Qualified = len(decision.Held) == 0
	return decision
}

// Route says where a lead goes: the way of the first route it meets, or else
// to the default channel, open to claim. A route that fails on this lead is
// passed over and reported.
func (r *Rules) Route(l Lead, now time.Time) Route {
	var faulty []string
	run := newRun(l, now)
	for _, candidate := range r.routes {
		met, err := run.meets(candidate.condition)
		if err != nil {
			faulty = append(faulty, err.Error())
		}

		if met {
			route := candidate.route
			route.Faulty = faulty
			return route
		}
	}

	route := r.fallback
	route.Faulty = faulty

	return route
}

// Named is the route that a lead took: by its name, or the one of leads that
// no route matches when there is none of that name any more.
func (r *Rules) Named(name string) Route {
	for _, candidate := range r.routes {
		if candidate.name == name {
			return candidate.route
		}
	}

	return r.fallback
}

// Routes lists every route in the order in which they are tried, the one of
// leads that none of them matches last.
func (r *Rules) Routes() []Route {
	var all []Route
	for _, candidate := range r.routes {
		all = append(all, candidate.route)
	}

	return append(all, r.fallback)
}

// Hours are the working hours of leads that no route matches, and of routes that
// have none of their own.
func (r *Rules) Hours() hours.Hours { return r.fallback.Hours }

// Qualifications lists the rules that a lead must meet.
func (r *Rules) Qualifications() []QualifySpec {
	var all []QualifySpec
	for _, rule := range r.qualify {
		all = append(all, rule.spec)
	}

	return all
}

// heldWords says why a lead is held by this rule.
func (q QualifySpec) heldWords(err error) string {
	switch {
	case err != nil:
		return "can't tell: " + q.Name
	case q.Held != "":
		return q.Held
	}

	return "not: " + q.Name
}

// ruleRun evaluates rules on one lead, one after the other.
type ruleRun struct {
	vm    vm.VM
	facts facts
}

// memoryBudget is how many items one rule may make: elements of lists, as expr
// counts them. A lead has at most [MaxTouches] touches.
const memoryBudget = 100 * MaxTouches

func newRun(l Lead, now time.Time) *ruleRun {
	return &ruleRun{vm: vm.VM{MemoryBudget: memoryBudget}, facts: factsOf(l, now)}
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
