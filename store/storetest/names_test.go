package storetest_test

import (
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/storetest"
)

// namesV1 lists the names that the state of [stateV1] may hold.
const namesV1 = "../testdata/stored-names-v1.txt"

// names are the names of one kind, and how often the state holds each of them.
type names map[string]int

// find counts a name under the pattern that fits it best: the longest.
func (n names) find(name string) (known bool) {
	best := ""
	for pattern := range n {
		if fits, _ := path.Match(pattern, name); fits && len(pattern) > len(best) {
			best = pattern
		}
	}

	if best == "" {
		return false
	}

	n[best]++
	return true
}

// readNames reads the names by their kinds.
func readNames(t *testing.T) map[string]names {
	t.Helper()
	text, err := os.ReadFile(namesV1)
	require.NoError(t, err)

	all := map[string]names{}
	for line := range strings.Lines(string(text)) {
		kind, name, named := strings.Cut(strings.TrimSpace(line), " ")
		if !named || kind == "#" {
			continue
		}

		if all[kind] == nil {
			all[kind] = names{}
		}

		all[kind][name] = 0
	}

	return all
}

// TestTheStateHoldsEveryStoredName holds the state and the list of names against
// each other: whoever goes on from this state has met every name.
func TestTheStateHoldsEveryStoredName(t *testing.T) {
	t.Parallel()
	f, err := storetest.Read(stateV1)
	require.NoError(t, err)
	known := readNames(t)

	for _, k := range f.Keys {
		_, name, _ := strings.Cut(k.Name, "}:")
		require.True(t, known["key"].find(k.Type+" "+strings.ReplaceAll(name, "/", "-")), "the key %s is not listed", k.Name)
		countCards(t, known, name, k)
	}

	countTimersAndFeed(t, known, f)

	for _, kind := range []string{"key", "part", "card", "timer", "feed"} {
		for name, times := range known[kind] {
			require.NotZero(t, times, "the state has no %s %q", kind, name)
		}
	}
}

// countCards counts the cards that a record notes, or that wait in the outbox.
func countCards(t *testing.T, known map[string]names, key string, k storetest.Key) {
	t.Helper()
	count := func(kind, part string) {
		require.True(t, known["card"].find(kind), "the card %s is not listed", kind)

		if part != "" {
			require.True(t, known["part"].find(kind+" "+part), "the card %s/%s is not listed", kind, part)
		}
	}

	kind, _, _ := strings.Cut(key, ":")
	for field, value := range k.Hash {
		if of := strings.Split(field, ":"); of[0] == "card" {
			count(kind, of[1])
		}

		if card, _, _ := strings.Cut(string(value), "\n"); key == "ob:item" && card != "" {
			ref, part, _ := strings.Cut(card, "/")
			kind, _, _ := strings.Cut(ref, ":")
			count(kind, part)
		}
	}
}

func countTimersAndFeed(t *testing.T, known map[string]names, f storetest.Fixture) {
	t.Helper()

	due, _ := f.Key("due")
	for _, m := range due.Sorted {
		name, _, _ := strings.Cut(m.Member, ":")
		require.True(t, known["timer"].find(name), "the timer %s is not listed", name)
	}

	feed, _ := f.Key("feed")
	for _, e := range feed.Stream {
		require.True(t, known["feed"].find(e.Fields["kind"]), "the feed's kind %s is not listed", e.Fields["kind"])
	}
}
