package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// surface is where blocks are shown; some blocks and elements belong to some only.
type surface string

const (
	onMessage surface = "message"
	onModal   surface = "modal"
	onHome    surface = "home"
)

// checker walks decoded JSON and collects what breaks Slack's rules.
type checker struct {
	surface    surface
	problems   []Problem
	blockIDs   map[string]bool
	actionIDs  map[string]bool // of the block at hand
	characters int             // in all text objects
	hasInput   bool
}

func newChecker(on surface) *checker {
	return &checker{surface: on, blockIDs: map[string]bool{}, actionIDs: map[string]bool{}}
}

func (c *checker) fail(at, format string, args ...any) {
	c.problems = append(c.problems, Problem{at, fmt.Sprintf(format, args...)})
}

func (c *checker) result(code string) error {
	if len(c.problems) == 0 {
		return nil
	}

	return &Invalid{Code: code, Problems: c.problems}
}

// decode parses raw as exactly one JSON value.
func (c *checker) decode(at string, raw json.RawMessage) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = fmt.Errorf("text after the value")
		}
	}

	if err != nil {
		c.fail(at, "must be valid JSON: %v", err)
		return nil, false
	}

	return v, true
}

func (c *checker) blocks(at string, raw json.RawMessage, most int) {
	if v, ok := c.decode(at, raw); ok {
		list(0, most, checkBlock)(c, at, v)
	}
}

// rule checks the value found at a JSON pointer.
type rule func(c *checker, at string, v any)

// fields are the rules of an object's fields; names that aren't there are refused.
type fields map[string]rule

// object checks an object: required names are separated by spaces. Each check in
// also sees the whole object once its fields are known to be well-formed.
func object(required string, known fields, also ...func(c *checker, at string, o map[string]any)) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.fail(at, "must provide an object")
			return
		}

		before := len(c.problems)
		for name := range strings.FieldsSeq(required) {
			if o[name] == nil {
				c.fail(at, "missing required field: %s", name)
			}
		}

		for _, name := range slices.Sorted(maps.Keys(o)) {
			switch check, there := known[name]; {
			case !there:
				c.fail(at, "invalid additional property: %s", name)
			case o[name] != nil:
				check(c, at+"/"+name, o[name])
			}
		}

		if len(c.problems) > before {
			return
		}

		for _, check := range also {
			check(c, at, o)
		}
	}
}

// list checks an array and each of its items.
func list(least, most int, item rule) rule {
	return func(c *checker, at string, v any) {
		items, ok := v.([]any)
		if !ok {
			c.fail(at, "must provide an array")
			return
		}

		if len(items) < least {
			c.fail(at, "no fewer than %d items allowed", least)
		}

		if len(items) > most {
			c.fail(at, "no more than %d items allowed, not %d", most, len(items))
			return
		}

		for i, v := range items {
			item(c, fmt.Sprintf("%s/%d", at, i), v)
		}
	}
}

func str(least, most int) rule {
	return func(c *checker, at string, v any) {
		s, ok := v.(string)
		switch {
		case !ok:
			c.fail(at, "must provide a string")
		case length(s) < least:
			c.fail(at, "must be more than %d characters", least-1)
		case length(s) > most:
			c.fail(at, "must be less than %d characters, not %d", most+1, length(s))
		}
	}
}

func length(s string) int { return utf8.RuneCountInString(s) }

// oneOf accepts any of some strings.
func oneOf(allowed ...string) rule {
	return func(c *checker, at string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(allowed, s) {
			c.fail(at, "must be one of: %s", strings.Join(allowed, ", "))
		}
	}
}

func boolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.fail(at, "must provide a boolean")
	}
}

func integer(least, most int64) rule {
	return func(c *checker, at string, v any) {
		number, _ := v.(json.Number)
		n, err := number.Int64()
		switch {
		case err != nil:
			c.fail(at, "must provide an integer")
		case n < least || n > most:
			c.fail(at, "must be between %d and %d, not %d", least, most, n)
		}
	}
}

// either of two kinds of text object.
var anyText = []string{"plain_text", "mrkdwn"}

// text checks a text object of a kind: "plain_text", "mrkdwn" or "" for either.
func text(kind string, most int) rule {
	kinds := anyText
	if kind != "" {
		kinds = []string{kind}
	}

	shape := object("type text", fields{
		"type": oneOf(kinds...), "text": str(1, most), "emoji": boolean, "verbatim": boolean,
	})
	return func(c *checker, at string, v any) {
		shape(c, at, v)
		if o, ok := v.(map[string]any); ok {
			s, _ := o["text"].(string)
			c.characters += length(s)
		}
	}
}

func plain(most int) rule { return text("plain_text", most) }

// identifier checks an ID chosen by the app.
var identifier = str(1, maxID)

// actionID checks an action_id, which is unique within its block.
func actionID(c *checker, at string, v any) {
	identifier(c, at, v)
	if id, ok := v.(string); ok {
		if c.actionIDs[id] {
			c.fail(at, "action_id %q already exists in this block", id)
		}

		c.actionIDs[id] = true
	}
}

// byType dispatches on an object's "type" among those allowed.
func byType(shapes map[string]rule, allowed []string) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.fail(at, "must provide an object")
			return
		}

		kind, _ := o["type"].(string)
		shape, known := shapes[kind]
		switch {
		case o["type"] == nil:
			c.fail(at, "missing required field: type")
		case !known:
			c.fail(at+"/type", "unsupported type: %s", kind)
		case !slices.Contains(allowed, kind):
			c.fail(at+"/type", "%s is not allowed here", kind)
		default:
			shape(c, at, v)
		}
	}
}
