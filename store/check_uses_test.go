package store

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

func TestCheckFindsWhatIsWrongWithUsesAndGaps(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"in use and not known", zrem("used:last", "C-1"), `used:last lacks "C-1"`},
		{"known and not in use", zadd("used:last", "C-9"), `used:last has "C-9"`},
		{"used a version that isn't", zadd("used:by:C-1:7", "U1"), "used:by:C-1:7 is about a version that doesn't exist"},
		{"library's count too high", hset("tallies", "works", "2"), "tallies counts 2 of works, and there are 1"},
		{"library's count forgotten", hdel("tallies", "works"), "tallies doesn't count 1 of works"},
		{"persona not counted", hdel("tally:C-1", "works:1:persona:cfo"), "tally:C-1 doesn't count 1 of works:1:persona:cfo"},
		{"persona counted no more", del("labels"), "verdicts are not counted by :persona:cfo, and there is room"},
		{"ranked too low", zadd("most:works", "C-1"), "most:works counts 0 of C-1, and there are 1"},
		{"not ranked", zrem("most:works", "C-1"), "most:works doesn't count 1 of C-1"},
		{"gap not open", zrem("gap:open", "G-1"), `gap:open lacks "G-1"`},
		{"gap open that isn't", zadd("gap:open", "G-2"), `gap:open has "G-2"`},
		{"gap ranked wrongly", zadd("gap:open", "G-1"), "G-1 ranks at"},
		{"gap without a name", hdel("gaps", "one"), `gaps lacks "one"`},
		{"somebody searched", zadd("gap:people:G-1", "U9"), "G-1 counts 1 people, and 2 searched"},
		{"somebody asked", zadd("gap:asked:G-1", "U9"), "G-1 counts 1 who asked, and there are 2"},
		{"somebody is never told", zadd("gap:asked:G-2", "U9"), "G-2 is declined, and 1 who asked will never be told"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := usedWorkspace(t)
			require.NoError(t, test.harm(t.Context(), testConn, func(k string) string { return s.keys.root + k }))
			require.ErrorContains(t, s.CheckInvariants(t.Context()), test.fault)
		})
	}
}

// usedWorkspace holds copy that was used, and gaps.
func usedWorkspace(t *testing.T) *Store {
	t.Helper()
	s := New(testConn, newTeam(), clockwork.NewFakeClockAt(start))
	id := mustImport(t, s, approved("a", "x"))
	require.NoError(t, s.ShareAsset(t.Context(), "", "C1", used(id, Shares, "U1", start)))
	_, err := s.AddVerdict(t.Context(), "", Feedback{Asset: id, Version: 1, Verdict: Works, Reporter: "U1", Persona: "cfo"})
	require.NoError(t, err)
	mustRecord(t, s, "one", "U1")
	mustRecord(t, s, "two", "U1")
	_, err = s.AskForGap(t.Context(), "", "G-1", "U1", "", "C9")
	require.NoError(t, err)
	_, err = s.CloseGap(t.Context(), "", "G-2", "U2", "", "no", "C9")
	require.NoError(t, err)
	wakeGaps(t, s)
	require.NoError(t, s.CheckInvariants(t.Context()))
	return s
}
