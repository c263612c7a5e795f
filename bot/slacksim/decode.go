package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds a request; a view may be 250 KB, escaped in a form.
const maxBody = 4 << 20

// arguments are what a Web API method was called with: a form's strings or a JSON
// object's values.
type arguments struct {
	form    map[string]string
	object  map[string]json.RawMessage
	token   string // from the form; the Authorization header comes first
	team    string // clients of several workspaces add team_id to every call
	charset bool   // whether JSON named its charset
	lenient bool   // whether unknown names are passed over
}

// isJSON says whether the arguments came as a JSON object.
func (a arguments) isJSON() bool { return a.object != nil }

// raw returns the arguments as one JSON object without the token, for the record.
func (a arguments) raw() json.RawMessage {
	var v any = a.form
	if a.isJSON() {
		v = a.object
	}

	out, err := json.Marshal(v)
	if err != nil {
		return nil // the body was no JSON, which its caller reports
	}

	return out
}

func invalidArguments(at, format string, args ...any) error {
	return &Invalid{"invalid_arguments", []Problem{{at, fmt.Sprintf(format, args...)}}}
}

// readArguments reads a query, a form or a JSON object. It returns an *Invalid for
// what can't be read.
func readArguments(r *http.Request) (arguments, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return arguments{}, invalidArguments("", "the body can't be read: %v", err)
	}

	return parseArguments(r.Header.Get("Content-Type"), r.URL.RawQuery, body)
}

func parseArguments(contentType, query string, body []byte) (arguments, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil && len(body) > 0 {
		return arguments{}, invalidArguments("", "Content-Type %q is not understood", contentType)
	}

	a := arguments{charset: params["charset"] != ""}
	values, err := url.ParseQuery(query)
	if err != nil {
		return arguments{}, invalidArguments("", "the query is not well-formed: %v", err)
	}

	values.Del("token") // Slack takes no tokens from queries of apps made since 2021
	switch {
	case kind == "application/json" && len(bytes.TrimSpace(body)) > 0:
		if len(values) > 0 {
			return arguments{}, invalidArguments("", "arguments are in the query and in a JSON body")
		}

		if err := json.Unmarshal(body, &a.object); err != nil || a.object == nil {
			return arguments{}, &Invalid{"invalid_json", []Problem{{"", "the body must be one JSON object"}}}
		}

		a.team = strings.Trim(string(a.object["team_id"]), `"`)
		delete(a.object, "token")
		delete(a.object, "team_id")
		return a, nil
	case kind == "application/x-www-form-urlencoded":
		sent, err := url.ParseQuery(string(body))
		if err != nil {
			return arguments{}, &Invalid{"invalid_form_data", []Problem{{"", "the form is not well-formed: " + err.Error()}}}
		}

		maps.Copy(values, sent)
	case kind == "multipart/form-data":
		if values, err = parseMultipart(values, params["boundary"], body); err != nil {
			return arguments{}, err
		}
	case kind != "application/json" && len(body) > 0:
		return arguments{}, &Invalid{"invalid_post_type", []Problem{{"", "Content-Type must be a form or JSON, not " + kind}}}
	}

	a.form = map[string]string{}
	for name, list := range values {
		if len(list) > 1 {
			return arguments{}, invalidArguments("/"+name, "is given %d times", len(list))
		}

		a.form[name] = list[0]
	}

	a.token, a.team = a.form["token"], a.form["team_id"]
	delete(a.form, "token")
	delete(a.form, "team_id")
	return a, nil
}

// into fills the struct that dst points to by the json tags of its fields. A field
// tagged `slack:"required"` must be there; names that dst doesn't have are refused,
// unless the arguments are lenient.
func (a arguments) into(dst any) error {
	problems, known := a.fillStruct(reflect.ValueOf(dst).Elem(), nil, map[string]bool{})
	for _, name := range slices.Concat(slices.Collect(maps.Keys(a.form)), slices.Collect(maps.Keys(a.object))) {
		if !known[name] && !a.lenient {
			problems = append(problems, Problem{"/" + name, "unknown argument: " + name})
		}
	}

	if len(problems) > 0 {
		slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Pointer, b.Pointer) })
		return &Invalid{"invalid_arguments", problems}
	}

	return nil
}

// fillStruct also goes into embedded structs; it adds to problems and known names.
func (a arguments) fillStruct(v reflect.Value, problems []Problem, known map[string]bool) ([]Problem, map[string]bool) {
	for field, value := range v.Fields() {
		if field.Anonymous {
			problems, known = a.fillStruct(value, problems, known)
			continue
		}

		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		known[name] = true
		given, err := a.fill(name, value)
		if err == nil && !given && field.Tag.Get("slack") == "required" {
			err = fmt.Errorf("missing required field: %s", name)
		}

		if err != nil {
			problems = append(problems, Problem{"/" + name, err.Error()})
		}
	}

	return problems, known
}

func (a arguments) fill(name string, field reflect.Value) (given bool, err error) {
	if a.isJSON() {
		raw, ok := a.object[name]
		if !ok || string(raw) == "null" || string(raw) == `""` && field.Kind() != reflect.Pointer {
			return false, nil
		}

		return true, fillJSON(raw, field)
	}

	s, ok := a.form[name]
	if !ok || s == "" && field.Kind() != reflect.Pointer {
		return false, nil
	}

	return true, fillForm(s, field)
}

var rawType = reflect.TypeFor[json.RawMessage]()

func fillJSON(raw json.RawMessage, field reflect.Value) error {
	var s string
	isString := json.Unmarshal(raw, &s) == nil
	switch {
	case isString && field.Kind() != reflect.String:
		return fillForm(s, field) // JSON, a number or a boolean in a string is accepted too
	case field.Type() == rawType:
		field.SetBytes(raw)
		return nil
	}

	if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
		return fmt.Errorf("must provide a %s", field.Type())
	}

	return nil
}

func fillForm(s string, field reflect.Value) error {
	switch {
	case field.Kind() == reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return fillForm(s, field.Elem())
	case field.Type() == rawType:
		if !json.Valid([]byte(s)) {
			return fmt.Errorf("must be valid JSON")
		}

		field.SetBytes([]byte(s))
	case field.Kind() == reflect.String:
		field.SetString(s)
	case field.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("must be true or false")
		}

		field.SetBool(b)
	case field.Kind() == reflect.Int:
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("must be an integer")
		}

		field.SetInt(int64(n))
	case field.Type() == reflect.TypeFor[[]string]() && !strings.HasPrefix(s, "["):
		for part := range strings.SplitSeq(s, ",") {
			field.Set(reflect.Append(field, reflect.ValueOf(strings.TrimSpace(part))))
		}
	default:
		d := json.NewDecoder(strings.NewReader(s))
		d.DisallowUnknownFields()
		if err := d.Decode(field.Addr().Interface()); err != nil {
			return fmt.Errorf("must be JSON: %w", err)
		}
	}

	return nil
}
