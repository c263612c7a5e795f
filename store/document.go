package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// During a rolling update a process may read a document that a newer version
// wrote, with fields that it doesn't know. It must not drop them when it writes
// the document again: decode notices them, and Encode puts them back.

// decode reads a document into doc, a pointer, and reports whether it has fields
// that doc has no place for.
func decode(body string, doc any) (unknown bool, err error) {
	strict := json.NewDecoder(strings.NewReader(body))
	strict.DisallowUnknownFields()
	if strict.Decode(doc) == nil {
		return false, nil
	}
	return true, json.Unmarshal([]byte(body), doc)
}

// Encode writes a document. before is how it stood until now, "" for a new one:
// fields in it that the type of doc doesn't know are kept, at any depth. In a
// list that changes, they are kept for those elements that stay as they are.
func Encode(doc any, before string) (string, error) {
	body, err := json.Marshal(doc)
	if err != nil || before == "" {
		return string(body), err
	}

	// What the type of doc makes of the document as it was lacks just what it
	// doesn't know.
	known := reflect.New(reflect.Indirect(reflect.ValueOf(doc)).Type()).Interface()
	unknown, err := decode(before, known)
	if err != nil || !unknown {
		return string(body), err
	}
	understood, err := json.Marshal(known)
	if err != nil {
		return "", err
	}

	var was, had, is any
	for text, into := range map[string]*any{before: &was, string(understood): &had, string(body): &is} {
		if err := decodeAny(text, into); err != nil {
			return "", err
		}
	}
	body, err = json.Marshal(keepUnknown(was, had, is))
	return string(body), err
}

// decodeAny reads a document as it is, without changing its numbers.
func decodeAny(text string, into *any) error {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read a document: %w", err)
	}
	return nil
}

// keepUnknown adds to a value what stood in it before and was not understood.
// was is the value before, had what was understood of it, is the value now.
func keepUnknown(was, had, is any) any {
	switch now := is.(type) {
	case map[string]any:
		before, _ := was.(map[string]any)
		understood, _ := had.(map[string]any)
		for name, value := range before {
			part, ok := understood[name]
			switch {
			case !ok:
				if _, taken := now[name]; !taken {
					now[name] = value
				}
			case now[name] != nil:
				now[name] = keepUnknown(value, part, now[name])
			}
		}

	case []any:
		before, _ := was.([]any)
		understood, _ := had.([]any)
		for i, element := range now {
			for j := range min(len(understood), len(before)) {
				if reflect.DeepEqual(element, understood[j]) {
					now[i] = before[j]
					break
				}
			}
		}
	}
	return is
}
