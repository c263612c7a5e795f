package app

import (
	"context"
	"os"
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
	known := new(rooms).router(c).Names()

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
		require.Contains(t, names, name, "nobody answers to the %s %q any more", kind, name)
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
