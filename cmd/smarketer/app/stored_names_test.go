package app

import (
	"context"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
)

// storedNames lists the names that were stored in Redis or posted to Slack before
// Redis held a schema version. Names may be added to the program, but none of
// these may go, or a card that was posted long ago stops working.
const storedNames = "../../../store/testdata/stored-names-v1.txt"

// TestStoredNamesStillWork asks the router of the program, wired as it runs, for
// every name that an older one may have left behind.
func TestStoredNamesStillWork(t *testing.T) {
	t.Parallel()
	c, err := LoadConfig("")
	require.NoError(t, err)
	known := registered(t, new(rooms).router(c))

	text, err := os.ReadFile(storedNames)
	require.NoError(t, err)

	asked := map[string]int{}
	for line := range strings.Lines(string(text)) {
		kind, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		names, ours := known[kind]
		if !ours {
			continue // a comment, or one of the names that package storetest looks after
		}

		asked[kind]++
		require.True(t, names[name], "nobody answers to the %s %q any more", kind, name)
	}

	for kind := range known {
		require.NotZero(t, asked[kind], "the list names no %s", kind)
	}
}

// TestOverflowMenusKeepTheirAction: the action ID of every overflow menu is the
// one name that no route may have.
func TestOverflowMenusKeepTheirAction(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }
	require.Panics(t, func() { bot.NewRouter().Action("more", nothing) })
}

// registered is what a router knows, by kind: requests by the names of their
// kinds, "card" and "timer". It looks into the router, because what the router
// can be asked for from outside would also carry it out.
func registered(t *testing.T, rt *bot.Router) map[string]map[string]bool {
	t.Helper()
	inside := reflect.ValueOf(rt).Elem()
	known := map[string]map[string]bool{
		"card":  keysOf(inside.FieldByName("cards")),
		"timer": keysOf(inside.FieldByName("timers")),
	}

	routes := inside.FieldByName("routes").MapRange()
	for routes.Next() {
		known[routes.Key().String()] = keysOf(routes.Value())
	}
	return known
}

// keysOf is the keys of a map from strings.
func keysOf(m reflect.Value) map[string]bool {
	keys := map[string]bool{}
	for _, k := range m.MapKeys() {
		keys[k.String()] = true
	}
	return keys
}
