package intake

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// maxItems is how many items one request may hold.
const maxItems = 500

// leadJSON is a lead as senders write it.
type leadJSON struct {
	ID         string                    `json:"id"`
	Source     string                    `json:"source"`
	Email      string                    `json:"email"`
	Name       string                    `json:"name"`
	Title      string                    `json:"title"`
	Company    string                    `json:"company"`
	Domain     string                    `json:"domain"`
	Country    string                    `json:"country"`
	Industry   string                    `json:"industry"`
	Employees  int                       `json:"employees"`
	Score      float64                   `json:"score"`
	Interest   string                    `json:"interest"`
	OwnerEmail string                    `json:"owner_email"`
	URL        string                    `json:"url"`
	Touches    []touchJSON               `json:"touches"`
	Attributes map[string]jsontext.Value `json:"attributes"`
}

type touchJSON struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"`
	Title string    `json:"title"`
	URL   string    `json:"url"`
}

// split takes the items out of a request: one, or {"<list>": […]}. Each comes
// with its path.
func split(body []byte, list string) (items []jsontext.Value, paths []string, err error) {
	var object map[string]jsontext.Value
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, nil, &fieldError{inJSON(err, "")}
	}

	all, many := object[list]
	if !many {
		return []jsontext.Value{body}, []string{""}, nil
	}

	if len(object) > 1 {
		return nil, nil, &fieldError{Fault{Field: list, Message: "must be the only field beside a list of " + list}}
	}

	if err := json.Unmarshal(all, &items); err != nil {
		return nil, nil, &fieldError{inJSON(err, list)}
	}

	if len(items) == 0 || len(items) > maxItems {
		return nil, nil, &fieldError{Fault{Field: list, Message: fmt.Sprintf("has %d entries: send 1 to %d", len(items), maxItems)}}
	}

	for i := range items {
		paths = append(paths, fmt.Sprintf("%s[%d]", list, i))
	}

	return items, paths, nil
}

// fieldError is a Fault as an error.
type fieldError struct{ Fault }

func (e *fieldError) Error() string { return strings.TrimSpace(e.Field + " " + e.Message) }

// decode reads one lead. Unknown and repeated fields are errors: a misspelt
// field would silently be lost otherwise.
func decode(body jsontext.Value, path string) (lead.Lead, error) {
	var in leadJSON
	if err := json.Unmarshal(body, &in, json.RejectUnknownMembers(true)); err != nil {
		return lead.Lead{ExternalID: in.ID}, &fieldError{inJSON(err, path)}
	}

	l := lead.Lead{
		ExternalID: in.ID, Source: in.Source, Email: in.Email, Name: in.Name, Title: in.Title, Company: in.Company,
		Domain: in.Domain, Country: in.Country, Industry: in.Industry, Employees: in.Employees, Score: in.Score,
		Interest: in.Interest, OwnerEmail: in.OwnerEmail, URL: in.URL,
	}
	for _, t := range in.Touches {
		l.Touches = append(l.Touches, lead.Touch{At: t.At, Kind: t.Kind, Title: t.Title, URL: t.URL})
	}

	for name, value := range in.Attributes {
		text, err := scalar(value)
		if err != nil {
			return l, &fieldError{Fault{Field: join(path, "attributes."+cmp.Or(blocks.Cut(name, maxName), `""`)), Message: err.Error()}}
		}

		if l.Attributes == nil {
			l.Attributes = map[string]string{}
		}

		l.Attributes[name] = text
	}

	return l, nil
}

// scalar is an attribute's value as text.
func scalar(value jsontext.Value) (string, error) {
	switch value.Kind() {
	case '"':
		var text string
		err := json.Unmarshal(value, &text)
		return text, err
	case '{', '[':
		return "", errors.New("must be a text, a number, true or false: attributes are flat")
	case 'n':
		return "", nil
	default:
		return value.String(), nil
	}
}

var quoted = regexp.MustCompile(`"[^"]*"`)

// inJSON says where and what is wrong in JSON that can't be read, without
// repeating what it holds.
func inJSON(err error, path string) Fault {
	f := Fault{Field: path, Message: "is not valid JSON"}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		f.Field = join(path, dotted(e.JSONPointer))
		if errors.Is(e.Err, jsontext.ErrDuplicateName) {
			f.Message = "appears more than once"
		} else {
			f.Message = fmt.Sprintf("is not valid JSON (byte %d)", e.ByteOffset)
		}
	}

	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		f.Field = join(path, dotted(e.JSONPointer))
		switch {
		case errors.Is(e.Err, json.ErrUnknownName):
			f.Message = "is not a field I know; what you want to add goes into attributes"
		case e.GoType != nil:
			f.Message = "must be " + wanted(e.GoType.String())
		default:
			f.Message = quoted.ReplaceAllString(e.Err.Error(), "…")
		}
	}

	return f
}

func wanted(goType string) string {
	switch goType {
	case "string":
		return "a text"
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "time.Time":
		return "a time such as 2026-11-21T09:30:00Z"
	case "intake.touchJSON", "intake.leadJSON", "intake.feedbackJSON", "intake.outcomeJSON", "map[string]jsontext.Value":
		return "an object"
	default:
		return "a list"
	}
}

// maxName is how much of a field's name an error repeats, in characters.
const maxName = 100

var index = regexp.MustCompile(`\.(\d+)`)

// dotted writes a JSON pointer the way people write paths: touches[3].at.
func dotted(p jsontext.Pointer) string {
	var parts []string
	for token := range p.Tokens() {
		parts = append(parts, cmp.Or(token, `""`))
	}

	return blocks.Cut(index.ReplaceAllString(strings.Join(parts, "."), "[$1]"), maxName)
}

func join(path, field string) string {
	switch {
	case path == "":
		return field
	case field == "":
		return path
	case strings.HasPrefix(field, "["):
		return path + field
	}

	return path + "." + field
}
