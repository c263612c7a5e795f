package blocks

import (
	"regexp"
	"strings"
)

// mark is what Slack puts between < and > in a message: what is meant, and
// after a bar what people see
// (https://docs.slack.dev/messaging/formatting-message-text).
var mark = regexp.MustCompile(`<([@#!][^<>|]*|[a-z][a-z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>`)

// Plain is the text of a message as people read it, made of the text as Slack
// sends it: links, mentions and dates are written out, and the escapes of &, <
// and > are undone. A link keeps its address beside its words. A mention whose
// name Slack doesn't send along keeps its ID.
func Plain(text string) string {
	return Unescape(mark.ReplaceAllStringFunc(text, func(m string) string {
		parts := mark.FindStringSubmatch(m)
		return written(parts[1], parts[2])
	}))
}

// written is one mark as people read it.
func written(target, label string) string {
	kind, rest := target[:1], target[1:]
	switch kind {
	case "@", "#":
		if label == "" {
			label = rest
		}

		return kind + strings.TrimPrefix(label, kind)
	case "!":
		return special(rest, label)
	}

	address := strings.TrimPrefix(strings.TrimPrefix(target, "mailto:"), "tel:")
	if label == "" || label == address || strings.TrimSuffix(withoutScheme(address), "/") == strings.TrimSuffix(withoutScheme(label), "/") {
		return address
	}

	return label + " (" + address + ")"
}

// special writes out what begins with an exclamation mark: a mention of many,
// or a date.
func special(what, label string) string {
	name, id, _ := strings.Cut(what, "^")
	switch {
	case label != "":
		return label
	case name == "subteam":
		return "@" + id
	}

	return "@" + name
}

func withoutScheme(address string) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		return address
	}

	return rest
}
