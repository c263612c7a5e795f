package lead

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// facts is what a rule can ask about.
type facts struct {
	Lead           *leadFacts  `expr:"lead"`
	Touches        []touchFact `expr:"touches"`          // oldest first
	DaysSinceTouch float64     `expr:"days_since_touch"` // since the newest touch; noTouch when there is none
	Now            time.Time   `expr:"now"`
}

// leadFacts has a lead's fields under the names that the webhook knows.
type leadFacts struct {
	ID         string            `expr:"id"`
	Source     string            `expr:"source"`
	Email      string            `expr:"email"`
	Name       string            `expr:"name"`
	Title      string            `expr:"title"`
	Company    string            `expr:"company"`
	Domain     string            `expr:"domain"`
	Country    string            `expr:"country"`
	Industry   string            `expr:"industry"`
	Employees  int               `expr:"employees"`
	Score      float64           `expr:"score"`
	Interest   string            `expr:"interest"`
	OwnerEmail string            `expr:"owner_email"`
	URL        string            `expr:"url"`
	Attributes map[string]string `expr:"attributes"` // one that the lead lacks reads ""
}

type touchFact struct {
	At    time.Time `expr:"at"`
	Kind  string    `expr:"kind"`
	Title string    `expr:"title"`
	URL   string    `expr:"url"`
}

// noTouch is the number of days since the last touch of a lead that has none:
// longer ago than any rule asks for.
const noTouch = 100_000

func factsOf(l Lead, now time.Time) facts {
	f := facts{DaysSinceTouch: noTouch, Now: now, Lead: &leadFacts{
		ID: l.ExternalID, Source: l.Source, Email: l.Email, Name: l.Name, Title: l.Title,
		Company: l.Company, Domain: l.Domain, Country: l.Country, Industry: l.Industry,
		Employees: l.Employees, Score: l.Score, Interest: l.Interest, OwnerEmail: l.OwnerEmail,
		URL: l.URL, Attributes: l.Attributes,
	}}
	for _, touch := range l.Touches {
		f.Touches = append(f.Touches, touchFact(touch))
		days := max(0, now.Sub(touch.At).Hours()/24)
		f.DaysSinceTouch = min(f.DaysSinceTouch, days)
	}

	return f
}

// Limits keep a rule's cost in bounds whatever it says. One loop over at most
// [MaxTouches] touches of at most maxNodes steps is some ten thousand
// steps. Loops in loops, ranges, variables, patterns that come with the lead,
// and functions that multiply text could take minutes or all memory.
const (
	maxExpression = 2000 // bytes
	maxNodes      = 200  // operators, names and values
)

// allowedFunctions have no side effects, and their results are no larger than
// what they are given.
var allowedFunctions = []string{
	"all", "none", "any", "one", "filter", "find", "findLast", "count", "sum",
	"len", "abs", "ceil", "floor", "round", "int", "float", "string", "max", "min", "mean", "median", "first", "last",
	"trim", "trimPrefix", "trimSuffix", "upper", "lower", "split", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix",
	"date", "duration", "timezone",
}

func compileCondition(field, name, source string) (condition, error) {
	program, err := compileExpression(source)
	if err == nil {
		return condition{name, program}, nil
	}

	ruleErr := &RuleError{Field: field + ".when", Name: name, Message: err.Error()}
	if at, ok := errors.AsType[*file.Error](err); ok {
		ruleErr.Message, ruleErr.Line, ruleErr.Column = plainMessage(at.Message), at.Line, at.Column+1
	}

	return condition{}, ruleErr
}

func compileExpression(source string) (*vm.Program, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("is empty; write true to match every lead")
	}

	if len(source) > maxExpression {
		return nil, fmt.Errorf("is too long: %d characters are the most; split it into several rules", maxExpression)
	}

	// The limits are checked on a tree of its own, since compiling it already
	// unrolls constant ranges.
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}

	var check limits
	ast.Walk(&tree.Node, &check)
	if check.nodes > maxNodes {
		return nil, errors.New("is too complicated; split it into several rules")
	}

	if check.err != nil {
		return nil, check.err.Bind(tree.Source)
	}

	return expr.Compile(source, expr.Env(&facts{}), expr.AsBool(), expr.WarnOnAny(), expr.DisableBuiltin("now"))
}

// limits finds what a rule may not contain, and keeps the first of it.
type limits struct {
	nodes int
	err   *file.Error
}

func (l *limits) Visit(node *ast.Node) {
	l.nodes++
	switch n := (*node).(type) {
	case *ast.BuiltinNode:
		if n.Name == "now" {
			l.refuse(n, "write now, without brackets")
		} else if !slices.Contains(allowedFunctions, n.Name) {
			l.refuse(n, n.Name+" can't be used in rules")
		}
	case *ast.PredicateNode:
		var inner loops
		if ast.Walk(&n.Node, &inner); inner > 0 {
			l.refuse(n, "a loop within a loop can't be used in rules")
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			l.refuse(n, "ranges can't be used in rules; compare with <= and >=")
		}

		if _, constant := n.Right.(*ast.StringNode); n.Operator == "matches" && !constant {
			l.refuse(n, "the pattern after matches must be a text in quotes")
		}
	case *ast.VariableDeclaratorNode:
		l.refuse(n, "variables can't be used in rules")
	case *ast.SequenceNode:
		l.refuse(n, "a rule is one expression, without semicolons")
	}
}

func (l *limits) refuse(node ast.Node, why string) {
	if l.err == nil {
		l.err = &file.Error{Location: node.Location(), Message: why}
	}
}

// loops counts the loops in a tree: all, any, count and the like.
type loops int

func (l *loops) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.PredicateNode); ok {
		*l++
	}
}

var (
	unknownName  = regexp.MustCompile(`^unknown name (\w+)$`)
	unknownField = regexp.MustCompile(`^type \S*\b(leadFacts|touchFact) has no field (\w+)$`)
)

// plainMessage turns expr's words for a misspelt name into ours, with the name
// that was probably meant; the rest of its messages speak for themselves.
func plainMessage(message string) string {
	if match := unknownName.FindStringSubmatch(message); match != nil {
		return fmt.Sprintf("unknown name %q%s", match[1], nearest(match[1], slices.Concat(fieldNames[facts](), allowedFunctions)))
	}

	if match := unknownField.FindStringSubmatch(message); match != nil {
		owner, fields := "a lead", fieldNames[leadFacts]()
		if match[1] == "touchFact" {
			owner, fields = "a touch", fieldNames[touchFact]()
		}

		return fmt.Sprintf("%s has no field %q%s", owner, match[2], nearest(match[2], fields))
	}

	return message
}

func fieldNames[T any]() []string {
	var names []string
	for field := range reflect.TypeFor[T]().Fields() {
		names = append(names, field.Tag.Get("expr"))
	}

	return names
}

// nearest suggests the candidate that a word was probably meant to be, or
// lists them when it is like none.
func nearest(word string, candidates []string) string {
	distance := func(candidate string) int { return levenshtein.ComputeDistance(strings.ToLower(word), candidate) }
	best := slices.MinFunc(candidates, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	if distance(best) <= max(1, len(word)/3) {
		return fmt.Sprintf("; did you mean %q?", best)
	}

	return "; there are " + strings.Join(candidates, ", ")
}
