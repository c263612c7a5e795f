package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseQuery reads what people type: `price objection for:cfo stage:"late
// stage"`. Taken out of the text are for: or persona:, stage:, kind: or type:,
// industry: and channel:, in any case, each with a value, several with commas
// between, or one in quotation marks of any sort. All else stays in the text:
// keys that aren't known, keys without a value, quotation marks without a
// partner. There is nothing that it can't read.
func ParseQuery(text string) Query {
	var q Query
	var words []string

	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		values, after, isFilter := q.filter(rest)
		if isFilter {
			*values.field = append(*values.field, values.given...)
			rest = after
			continue
		}

		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}

		words = append(words, rest[:end])
		rest = rest[end:]
	}

	q.Text = strings.Join(words, " ")
	return q
}

type filterValues struct {
	field *[]string
	given []string
}

// filter reads a filter at the start of the text, and gives what follows it.
func (q *Query) filter(text string) (filterValues, string, bool) {
	key, rest, found := strings.Cut(text, ":")
	if !found {
		return filterValues{}, "", false
	}

	var v filterValues
	switch strings.ToLower(key) {
	case "kind", "type":
		v.field = &q.Kind
	case "for", "persona":
		v.field = &q.Persona
	case "stage":
		v.field = &q.Stage
	case "industry":
		v.field = &q.Industry
	case "channel":
		v.field = &q.Channel
	default:
		return filterValues{}, "", false
	}

	for {
		var value string
		value, rest = filterValue(rest)
		if strings.ContainsFunc(value, isWordRune) {
			v.given = append(v.given, value)
		}

		if !strings.HasPrefix(rest, ",") {
			return v, rest, len(v.given) > 0
		}

		rest = rest[1:]
	}
}

// filterValue reads one value: in quotation marks, or up to a comma or space.
// Keyboards turn marks as they like, so any double mark closes any other.
func filterValue(text string) (value, rest string) {
	for _, marks := range [...]string{"\"“”„«»", "'‘’‚"} {
		first, size := utf8.DecodeRuneInString(text)
		if size == 0 || !strings.ContainsRune(marks, first) {
			continue
		}

		if end := strings.IndexAny(text[size:], marks); end >= 0 {
			_, closing := utf8.DecodeRuneInString(text[size+end:])
			return strings.TrimSpace(text[size : size+end]), text[size+end+closing:]
		}
	}

	end := strings.IndexFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if end < 0 {
		end = len(text)
	}

	return strings.TrimFunc(text[:end], func(r rune) bool { return !isWordRune(r) && !unicode.IsMark(r) }), text[end:]
}
