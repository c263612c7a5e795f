package app

import (
	"bytes"
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v4"
)

// decodeConfig reads a configuration over the defaults. It goes on after a
// mistake, so that all are reported, in the order of the file.
func decodeConfig(text []byte) (Config, []configProblem) {
	config := defaultConfig()
	decoder := configDecoder{values: map[string]*yaml.Node{}, keys: map[string]*yaml.Node{}, reported: map[string]bool{}}
	root, problem := parseYAML(text)
	if problem != nil {
		return Config{}, []configProblem{*problem}
	}

	if root == nil {
		return config, nil
	}

	if hours := valueOf(root, "hours"); hours != nil && hours.Kind == yaml.MappingNode {
		config.Hours = defaultHours()
	}

	decoder.decode("", root, reflect.ValueOf(&config).Elem())
	decoder.check(&config)
	slices.SortStableFunc(decoder.problems, func(a, b configProblem) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})

	return config, decoder.problems
}

// parseYAML returns the root of the only document, nil when the file is empty.
func parseYAML(text []byte) (*yaml.Node, *configProblem) {
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return nil, &configProblem{line: 1, column: 1, message: err.Error()}
	}

	var document, second yaml.Node
	err = loader.Load(&document)
	if errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0 {
		return nil, nil
	}

	if err == nil {
		if err = loader.Load(&second); err == nil {
			return nil, &configProblem{line: second.Line, column: second.Column, message: "a second document begins here (---); there can be only one"}
		}
	}

	if !errors.Is(err, io.EOF) {
		problem := &configProblem{line: 1, column: 1, message: err.Error()}
		if at, ok := errors.AsType[*yaml.LoadError](err); ok {
			problem.line, problem.column = max(1, at.Mark.Line), max(1, at.Mark.Column)
			problem.message = "this is not YAML: " + at.Message
		}

		return nil, problem
	}

	return document.Content[0], nil
}

// configDecoder copies YAML nodes into the configuration, whose types say what
// is allowed, and remembers where everything stands.
//
// No library does this. goccy/go-yaml in strict mode ends at its first mistake.
// go-yaml with known fields goes on, but not past a key that is there twice; it
// gives lines without paths, and says "cannot construct !!str into int" where
// people need "must be a whole number" and "did you mean". The checks that
// follow decoding need the place of each value in any case.
type configDecoder struct {
	values   map[string]*yaml.Node // by path
	keys     map[string]*yaml.Node
	reported map[string]bool // paths of values with a problem
	problems []configProblem
}

// report notes a problem with the value at a path or, when the file doesn't
// have it, with what it is missing from. What follows from a problem already
// reported, with the same value or with one that it is part of, is no news.
func (d *configDecoder) report(path, format string, args ...any) {
	for part := path; part != ""; part = parentPath(part) {
		if d.reported[part] {
			return
		}
	}

	d.reported[path] = true
	place := path
	for place != "" && d.values[place] == nil {
		place = parentPath(place)
	}

	d.reportAt(d.values[place], path, format, args...)
}

// reportAt notes a problem with a key.
func (d *configDecoder) reportAt(node *yaml.Node, path, format string, args ...any) {
	d.problems = append(d.problems, configProblem{max(1, node.Line), max(1, node.Column), path, fmt.Sprintf(format, args...)})
}

// parentPath is "leads.routes" for "leads.routes[0]".
func parentPath(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

func (d *configDecoder) decode(path string, node *yaml.Node, into reflect.Value) {
	d.values[path] = node
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		d.report(path, "anchors and aliases (& and *) are not supported; write the value out")
		return
	}

	if short, ok := reflect.TypeAssert[encoding.TextUnmarshaler](into.Addr()); ok && (node.Kind == yaml.ScalarNode || into.Kind() != reflect.Struct) {
		d.decodeShort(path, node, short)
		return
	}

	if into.Kind() != reflect.String && isNull(node) {
		return // "roles:" with nothing under it, or only comments
	}

	switch into.Kind() {
	case reflect.Struct:
		d.decodeStruct(path, node, into)
	case reflect.Map:
		if node.Kind != yaml.MappingNode {
			d.report(path, "must be names with values")
			return
		}

		d.eachPair(path, node, func(key, at string, value *yaml.Node) {
			element := reflect.New(into.Type().Elem()).Elem()
			d.decode(at, value, element)
			into.SetMapIndex(reflect.ValueOf(key), element)
		})
	case reflect.Slice:
		d.decodeList(path, node, into)
	case reflect.Int:
		d.decodeNumber(path, node, into)
	case reflect.Bool:
		if node.ShortTag() != "!!bool" {
			d.report(path, "must be true or false")
			return
		}

		into.SetBool(strings.EqualFold(node.Value, "true"))
	case reflect.String:
		if text, ok := d.text(path, node); ok {
			into.SetString(text)
		}
	default:
		panic(fmt.Sprintf("%s: %s can't be configured", path, into.Type()))
	}
}

func (d *configDecoder) decodeStruct(path string, node *yaml.Node, into reflect.Value) {
	fields := configFields(into)
	known := slices.Sorted(maps.Keys(fields))
	if node.Kind != yaml.MappingNode {
		d.report(path, "must be settings with values: %s", strings.Join(known, ", "))
		return
	}

	d.eachPair(path, node, func(key, at string, value *yaml.Node) {
		if field, ok := fields[key]; ok {
			d.decode(at, value, field)
			return
		}

		d.reportAt(d.keys[at], at, "unknown key; %s", nearestKey(key, known))
	})
}

func (d *configDecoder) decodeList(path string, node *yaml.Node, into reflect.Value) {
	if node.Kind != yaml.SequenceNode {
		d.report(path, "must be a list, such as [one, two]")
		return
	}

	into.SetZero() // the file's list replaces the default
	if len(node.Content) > 0 {
		into.Set(reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content)))
	}

	for i, item := range node.Content {
		d.decode(fmt.Sprintf("%s[%d]", path, i), item, into.Index(i))
	}
}

// eachPair visits the keys of a mapping in their order, each once.
func (d *configDecoder) eachPair(path string, node *yaml.Node, visit func(key, at string, value *yaml.Node)) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode {
			d.reportAt(key, path, "a key must be a word")
			continue
		}

		at := strings.TrimPrefix(path+"."+key.Value, ".")
		if first := d.keys[at]; first != nil {
			d.reportAt(key, at, "is here a second time; the first is on line %d", first.Line)
			continue
		}

		d.keys[at] = key
		visit(key.Value, at, node.Content[i+1])
	}
}

func (d *configDecoder) text(path string, node *yaml.Node) (text string, ok bool) {
	switch tag := node.ShortTag(); {
	case node.Kind != yaml.ScalarNode:
		d.report(path, "must be a text")
	case isNull(node):
		d.report(path, `is empty; text that begins with # needs quotes: "#leads"`)
	case tag != "!!str" && tag != "!!timestamp": // a date is text here
		d.report(path, "must be a text; put it in quotes: %q", node.Value)
	default:
		return node.Value, true
	}

	return "", false
}

// decodeShort reads what has a form of its own, such as a length of time.
func (d *configDecoder) decodeShort(path string, node *yaml.Node, into encoding.TextUnmarshaler) {
	if node.Kind != yaml.ScalarNode {
		d.report(path, `must be one length of time, such as "12h"`)
		return
	}

	if err := into.UnmarshalText([]byte(node.Value)); err != nil {
		d.report(path, "%v", err)
	}
}

func (d *configDecoder) decodeNumber(path string, node *yaml.Node, into reflect.Value) {
	number, err := strconv.Atoi(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil {
		d.report(path, "must be a whole number")
		return
	}

	into.SetInt(int64(number))
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" }

// valueOf returns what a key of a mapping holds, nil when it is not there.
func valueOf(node *yaml.Node, key string) *yaml.Node {
	if node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				return node.Content[i+1]
			}
		}
	}

	return nil
}

// configFields returns a struct's fields by the keys that they have in YAML.
func configFields(of reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for field, value := range of.Fields() {
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			maps.Copy(fields, configFields(value))
		case key != "-":
			fields[key] = value
		}
	}

	return fields
}

// nearestKey says which key was probably meant, or which there are.
func nearestKey(word string, known []string) string {
	distance := func(key string) int { return levenshtein.ComputeDistance(strings.ToLower(word), key) }
	best := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	if distance(best) <= max(1, len(word)/3) {
		return fmt.Sprintf("did you mean %q?", best)
	}

	return "there are " + strings.Join(known, ", ")
}
