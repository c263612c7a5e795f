package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
		if _, err := strict.Token(); !errors.Is(err, io.EOF) {
			return false, errors.New("something follows the document")
		}

		return false, nil
	}

	return true, json.Unmarshal([]byte(body), doc)
}

// LoadRedacted reads a record as part of a change: as it is, and with words in its
// document replaced. redact is given the document (JSON), must return one, and
// must be pure. What [Tx.Put] then writes of the record keeps also what this
// version doesn't know of it, redacted. The error is [errs.ErrNotFound] when there
// is none.
func LoadRedacted[T any](ctx context.Context, tx *Tx, ref string, redact func(text string) string) (was, is T, err error) {
	if _, err := tx.Load(ctx, ref, &was); err != nil {
		return was, is, err
	}

	known := tx.loaded[ref]
	known.body = redact(known.body)
	if known.unknown, err = decode(known.body, &is); err != nil {
		return was, is, fmt.Errorf("redact %s: %w", ref, err)
	}

	tx.loaded[ref] = known
	return was, is, nil
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
	err = errors.Join(decodeAny([]byte(before), &was), decodeAny(understood, &had), decodeAny(body, &is))
	if err != nil {
		return "", err
	}

	body, err = json.Marshal(keepUnknown(was, had, is))
	return string(body), err
}

// decodeAny reads a document as it is, without changing its numbers.
func decodeAny(text []byte, into *any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
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
			here, taken := now[name]
			switch {
			case taken: // also what was left out because it was zero
				now[name] = keepUnknown(value, part, here)
			case !ok:
				now[name] = value
			}
		}

	case []any:
		before, _ := was.([]any)
		understood, _ := had.([]any)
		places := map[string][]int{} // those that are alike stay in their order
		for j := range min(len(understood), len(before)) {
			text := encodeAny(understood[j])
			places[text] = append(places[text], j)
		}

		for i, element := range now {
			text := encodeAny(element)
			if at := places[text]; len(at) > 0 {
				now[i], places[text] = before[at[0]], at[1:]
			}
		}
	}

	return is
}

// encodeAny writes what decodeAny has read; what is the same is written the same.
func encodeAny(value any) string {
	text, _ := json.Marshal(value) // it was JSON before
	return string(text)
}
