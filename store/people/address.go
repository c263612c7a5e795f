package people

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Removed stands where an e-mail address was.
const Removed = "[removed]"

// Address is an e-mail address to look for, in lower case.
type Address string

// NewAddress is an address as people type it.
func NewAddress(email string) Address { return Address(lowerASCII(strings.TrimSpace(email))) }

// In tells whether the address stands in a text, in any case, also where the
// text is JSON.
func (a Address) In(text string) bool {
	low := lowerASCII(text)
	if !strings.Contains(low, string(a)) && !strings.Contains(low, inJSON(string(a))) {
		return false // most texts
	}

	return a.Redact(text) != text
}

// inJSON is a text as it stands in JSON that this program wrote.
func inJSON(text string) string {
	body, _ := json.Marshal(text)
	return strings.Trim(string(body), `"`)
}

// Redact replaces the address in a text by [Removed]. Where JSON begins in it,
// its strings are looked at one by one: an escaped line break would look like a
// letter before the address. What was JSON is JSON afterwards.
func (a Address) Redact(text string) string {
	begin := strings.IndexAny(text, "{[")
	if begin < 0 || !json.Valid([]byte(text[begin:])) {
		return a.replace(text)
	}

	decoder := json.NewDecoder(strings.NewReader(text[begin:]))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return a.replace(text)
	}

	value, changed := a.replaceInStrings(value)
	head := a.replace(text[:begin])
	if !changed {
		return head + text[begin:]
	}

	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return a.replace(text)
	}

	return head + strings.TrimSuffix(out.String(), "\n")
}

// replaceInStrings replaces the address in every string of a JSON value, and
// reports whether there was one.
func (a Address) replaceInStrings(value any) (_ any, changed bool) {
	switch v := value.(type) {
	case string:
		text := a.replace(v)
		return text, text != v

	case []any:
		for i := range v {
			item, c := a.replaceInStrings(v[i])
			v[i], changed = item, changed || c
		}

	case map[string]any:
		for _, name := range slices.Collect(maps.Keys(v)) {
			item, c := a.replaceInStrings(v[name])
			clean := a.replace(name)
			if clean != name {
				delete(v, name)
			}

			v[clean] = item
			changed = changed || c || clean != name
		}
	}

	return value, changed
}

// replace replaces the address wherever it stands as a whole in plain text: not
// as the end of joann@x.example, nor as the beginning of ann@x.example.org.
func (a Address) replace(text string) string {
	low := lowerASCII(text)
	var out strings.Builder
	from := 0
	for at := 0; ; {
		i := strings.Index(low[at:], string(a))
		if i < 0 {
			break
		}

		begin, end := at+i, at+i+len(a)
		at = end
		if begin > 0 && continues(low[begin-1], ".%+_") || end < len(low) && continues(low[end], "_") ||
			end+1 < len(low) && low[end] == '.' && continues(low[end+1], "") {
			continue
		}

		out.WriteString(text[from:begin] + Removed)
		from = end
	}

	return out.String() + text[from:]
}

// continues tells whether a byte is a part of an address: a letter, a digit, a
// hyphen or one of more.
func continues(b byte, more string) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b >= 0x80 || strings.IndexByte(more, b) >= 0
}

// lowerASCII changes no byte's place.
func lowerASCII(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}

	return string(b)
}
