package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Fixture is everything that Redis holds of one workspace at one moment.
type Fixture struct {
	About string    `json:"about,omitempty"` // what it shows, and how it came about
	Team  string    `json:"team"`            // ID of the workspace, the hash tag of every key
	At    time.Time `json:"at"`              // the time on the program's clock
	Keys  []Key     `json:"keys"`            // by name
}

// Key is one key of a fixture. Of Text, Hash, Set, Sorted and Stream, only the
// one for its type is there.
type Key struct {
	Name string `json:"key"`
	Type string `json:"type"`             // as Redis calls it: string, hash, set, zset, stream
	TTL  int64  `json:"ttl_ms,omitempty"` // how long it still lives, ms; 0 for no end

	Text   Value            `json:"string,omitempty"`
	Hash   map[string]Value `json:"hash,omitempty"`
	Set    []string         `json:"set,omitempty"`    // in alphabetical order
	Sorted []Member         `json:"zset,omitempty"`   // by score, then in alphabetical order
	Stream []Entry          `json:"stream,omitempty"` // oldest first
}

// Member is a member of a sorted set.
type Member struct {
	Member string  `json:"member"`
	Score  float64 `json:"score"`
}

// Entry is an entry of a stream.
type Entry struct {
	ID     string            `json:"id"` // "1763884800000-0"
	Fields map[string]string `json:"fields"`
}

// Value is a text that Redis holds. In a fixture's file a text that is a JSON
// object or array in its shortest form stands as that object or array, so that
// records can be read; any other text stands as a string. Either way the text
// is kept to the byte.
type Value string

// MarshalJSON writes the value as the type's comment says.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.isDocument() {
		return []byte(v), nil
	}

	return encode(string(v))
}

// UnmarshalJSON undoes MarshalJSON.
func (v *Value) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return json.Unmarshal(text, (*string)(v))
	}

	var short bytes.Buffer
	if err := json.Compact(&short, text); err != nil {
		return err
	}

	*v = Value(short.String())
	return nil
}

// isDocument reports whether the value is a JSON object or array without any
// space that the file's layout would change.
func (v Value) isDocument() bool {
	if !strings.HasPrefix(string(v), "{") && !strings.HasPrefix(string(v), "[") {
		return false
	}

	var short bytes.Buffer
	err := json.Compact(&short, []byte(v))
	return err == nil && short.String() == string(v)
}

// Read reads a fixture from a file that [Fixture.Write] wrote.
func Read(file string) (Fixture, error) {
	var f Fixture
	text, err := os.ReadFile(file)
	if err != nil {
		return f, err
	}

	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("fixture %s: %w", file, err)
	}

	return f, nil
}

// Write writes the fixture into a file: the same bytes for the same state.
func (f Fixture) Write(file string) error {
	short, err := encode(f)
	if err != nil {
		return fmt.Errorf("fixture %s: %w", file, err)
	}

	var text bytes.Buffer
	if err := json.Indent(&text, short, "", " "); err != nil {
		return fmt.Errorf("fixture %s: %w", file, err)
	}

	text.WriteByte('\n')
	return os.WriteFile(file, text.Bytes(), 0o644)
}

// For is the same state in another workspace, so that tests which share a Redis
// don't meet in it. Only the names of the keys change.
func (f Fixture) For(team string) Fixture {
	moved := f
	moved.Team = team
	moved.Keys = make([]Key, len(f.Keys))

	for i, k := range f.Keys {
		k.Name = strings.Replace(k.Name, hashTag(f.Team), hashTag(team), 1)
		moved.Keys[i] = k
	}

	return moved
}

// Key finds a key by its name without what is the same for all of them:
// "asset:C-12" for "sm:{T0123}:asset:C-12".
func (f Fixture) Key(name string) (Key, bool) {
	for _, k := range f.Keys {
		if k.Name == prefix(f.Team)+name {
			return k, true
		}
	}

	return Key{}, false
}

func hashTag(team string) string { return "{" + team + "}" }

// prefix is what the names of all keys of a workspace begin with.
func prefix(team string) string { return "sm:" + hashTag(team) + ":" }

// encode is json.Marshal that leaves <, > and & as they are: people read this.
func encode(v any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}

	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// errBinary is the error for what JSON can't hold.
var errBinary = errors.New("holds a text that is not UTF-8")

// readable makes sure that JSON can hold these texts unchanged.
func readable(texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return errBinary
		}
	}

	return nil
}
