package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// hidden stands for what [Fault.Plain] doesn't show.
const hidden = "…"

// verbatim is shown as it is: what Redis said, which names keys and no values.
type verbatim string

var (
	// plainID is the ID of a record ("L-1"), of a version of one ("C-12@3"), of
	// an item in the outbox, or of an entry of the feed, or a small number.
	plainID = regexp.MustCompile(`^([A-Z]-\d{1,12}(@\d{1,6})?|\d{16}|\d{13}-\d{1,5}|\d-\d|\d{1,4})$`)
	// slackID is the ID of a person, a channel or a user group; it has a digit.
	slackID = regexp.MustCompile(`^[A-Z][A-Z0-9]*\d[A-Z0-9]*$`)
	// plainWord is one of the program's own words, such as a status, or the name
	// of a timer.
	plainWord = regexp.MustCompile(`^[a-z_.]{0,30}$`)
)

// plain words a fault without anything personal; see [Fault.Plain].
func (d *Dump) plain(format string, args []any) string {
	shown := make([]any, len(args))
	for i, arg := range args {
		shown[i] = d.plainArgument(arg)
	}

	return fmt.Sprintf(strings.ReplaceAll(format, "%w", "%v"), shown...)
}

func (d *Dump) plainArgument(arg any) any {
	switch arg := arg.(type) {
	case nil:
		return "none"
	case error:
		return plainError(arg)
	case Timer:
		return d.plainText(arg.String())
	case verbatim:
		return arg
	case string:
		return d.plainText(arg)
	}

	// A type of its own is a word of the program's, such as a status. Redis may
	// hold anything all the same.
	v := reflect.ValueOf(arg)
	switch {
	case v.Kind() != reflect.String:
		return arg
	case plainWord.MatchString(v.String()):
		return v.String()
	}

	return hidden
}

// plainText shows keys, and IDs that stand alone or are joined with others and
// with words of the program's: "C1|lead:L-9", "lead.sla:L-1".
func (d *Dump) plainText(text string) string {
	if text == "" || d.isKey(text) {
		return text
	}

	if strings.Contains(text, "//") {
		return hidden // an address in the web
	}

	ids := 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("|:/#", r) }) {
		isID := plainID.MatchString(part) || slackID.MatchString(part)
		if isID {
			ids++
		} else if !plainWord.MatchString(part) {
			return hidden
		}
	}

	if ids == 0 {
		return hidden
	}

	return text
}

// isKey tells the name of a key: of one that is there, or that somebody answers
// for.
func (d *Dump) isKey(text string) bool {
	_, isHash := d.Hashes[text]
	_, isZSet := d.ZSets[text]
	_, isSet := d.Sets[text]
	_, isString := d.Strings[text]
	return isHash || isZSet || isSet || isString || slices.Contains(d.known.exact, text) ||
		slices.ContainsFunc(d.known.begins, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// plainError shows why a document can't be read, which names its fields and not
// what they hold.
func plainError(err error) string {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Error()
	case errors.As(err, &mismatch):
		return "the field " + mismatch.Field + " is not a " + mismatch.Type.String()
	}

	return hidden
}
