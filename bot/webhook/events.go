package webhook

import (
	"slices"
	"strings"

	"smarketer/store/lead"
)

// areas are what events can be about, with the kinds of each.
var areas = map[string][]string{
	"lead":     leadKinds(),
	"feedback": {"new", "triaged", "planned", "actioned", "declined", "edited", "deleted"},
	"content":  {"approved", "retired"},
}

func leadKinds() []string {
	var kinds []string
	for _, k := range lead.EventKinds {
		kinds = append(kinds, string(k))
	}

	return kinds
}

// Kinds lists every event that an endpoint can be told of, and every area:
// "lead.claimed", "lead.*".
func Kinds() []string {
	var all []string
	for area, kinds := range areas {
		all = append(all, area+".*")
		for _, kind := range kinds {
			all = append(all, area+"."+kind)
		}
	}

	slices.Sort(all)
	return all
}

// wants tells whether an endpoint that asked for events wants one of a kind.
func wants(events []string, kind string) bool {
	area, name, _ := strings.Cut(kind, ".")
	if !slices.Contains(areas[area], name) {
		return false
	}

	return slices.Contains(events, kind) || slices.Contains(events, area+".*")
}

// recordOf is the record that an event is about: "lead:L-31" for
// "lead:L-31#7".
func recordOf(ref string) string {
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "@")
	return ref
}
