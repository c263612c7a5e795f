package bottest_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim"
	"smarketer/store"
	"smarketer/store/check"
	"smarketer/store/storetest"
)

// TestTheProgramGoesOnFromAnOlderState starts the program on what one wrote before
// Redis held a schema version, which stopped in the middle of its work.
func TestTheProgramGoesOnFromAnOlderState(t *testing.T) {
	t.Parallel()
	f, err := storetest.Read("../../store/testdata/state-v1.json")
	require.NoError(t, err)
	f = f.For("T" + rand.Text()[:12])

	rdb, err := store.Connect(redis)
	require.NoError(t, err)
	defer rdb.Close()

	require.NoError(t, f.Load(t.Context(), rdb))

	// Nobody has to see what is told: what the older program posted isn't in this
	// Slack, so lines below its cards have no thread.
	clock := clockwork.NewFakeClockAt(f.At)
	require.NoError(t, check.Err(t.Context(), store.New(rdb, f.Team, clock)))
	s := bottest.Start(t, bottest.Options{Redis: redis, Clock: clock, Bare: true, Unwatched: true, Change: func(w *slacksim.Workspace) {
		w.Team.ID = f.Team
		for i := range w.Channels {
			w.Channels[i].Members = append(w.Channels[i].Members, raj, lea, mia, ada)
		}
	}})

	for _, c := range []struct{ what, who, words string }{
		{"a message that waited", ada, "A one-off message"},
		{"a card that waited", raj, "L-23 is yours."},
		{"what came of a flag", raj, "You flagged C-8 as out of date."},
		{"a recall", lea, "Please stop using *C-8*"},
		{"an answer to who asked", raj, "There is some now: Too expensive"},
		{"a step that spreads to joined feedback", lea, "plans to act on your feedback *F-11*"},
		{"a reminder of a lead", raj, "L-13 is yours."},
	} {
		person := s.Person(c.who)
		passes(s, clock, c.what+" has arrived", func() bool {
			return slices.ContainsFunc(s.Slack.Posts(person.Direct()), func(m slacksim.Message) bool { return strings.Contains(bottest.Words(m), c.words) })
		})
	}

	passes(s, clock, "everything is delivered", func() bool {
		h, err := s.Store.OutboxHealth(t.Context())
		return err == nil && h.Waiting == 0
	})
	require.NoError(t, check.Err(t.Context(), s.Store))
	require.NotContains(t, s.Log.String(), "nobody ", "every timer and every card is somebody's")
}
