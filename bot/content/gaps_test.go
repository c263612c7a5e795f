package content

import (
	"log/slog"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/errs"
	"smarketer/store/search"
)

// fixed finds the same whatever is searched for.
type fixed struct{ results search.Results }

func (f fixed) Search(search.Query) search.Results { return f.results }
func (f fixed) Key(q search.Query) string          { return q.Text }
func (f fixed) Ready() bool                        { return true }

// roomWith is a room on a workspace of its own.
func roomWith(t *testing.T, s *contentrepo.Repo, found search.Results) *Room {
	return &Room{
		Assets: s, Search: fixed{found}, Counter: NewCounter(s, clockwork.NewFakeClockAt(noon), slog.New(slog.DiscardHandler)),
		Log: slog.New(slog.DiscardHandler),
	}
}

func TestNothingFoundIsAGap(t *testing.T) {
	t.Parallel()

	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	c := roomWith(t, s, search.Results{})
	asks := &bot.Request{Text: "soc2", User: "U0RAJ", Channel: "C0EMEA", Op: "op"}
	for range 2 { // Slack may deliver it twice
		reply, err := c.search(t.Context(), asks)
		require.NoError(t, err)
		require.Contains(t, reply.Message.Text, "There is no approved copy for “soc2” yet")
		require.Len(t, reply.Message.Blocks, 2, "there is a button to ask marketing")
	}

	g, err := s.GapByKey(t.Context(), "soc2")
	require.NoError(t, err)
	require.Equal(t, 1, g.Searches)
	_, err = c.search(t.Context(), &bot.Request{Text: "for:cfo", User: "U0RAJ", Op: "two"})
	require.NoError(t, err, "a search without words is answered, and no gap")
	gaps, _, err := s.OpenGaps(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, gaps, 1)
}

func TestAWeakResultIsAGapToo(t *testing.T) {
	t.Parallel()
	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	imports(t, s, noon, false, simple("a", "approved", "One"), simple("b", "approved", "Two"))
	hits := []search.Hit{{ID: "C-1"}}
	weak := roomWith(t, s, search.Results{Hits: hits, Total: 1, Covered: 0.01})
	reply, err := weak.search(t.Context(), &bot.Request{Text: "soc2", User: "U0RAJ", Op: "weak"})
	require.NoError(t, err)
	require.Regexp(t, `^Nothing fits “soc2” well.*C-1`, reply.Message.Text)
	g, err := s.GapByKey(t.Context(), "soc2")
	require.NoError(t, err)
	_, err = s.CloseGap(t.Context(), "", g.ID, "U0MIA", "C-2", "C9")
	require.NoError(t, err)
	reply, err = weak.search(t.Context(), &bot.Request{Text: "soc2", User: "U0RAJ", Op: "again"})
	require.NoError(t, err)
	require.Regexp(t, `^Approved copy for “soc2”: b \(C-2\); a \(C-1\)`, reply.Message.Text, "what marketing closed the gap with goes first")

	sure := roomWith(t, s, search.Results{Hits: hits, Total: 1, Covered: 1})
	_, err = sure.search(t.Context(), &bot.Request{Text: "pricing", User: "U0RAJ", Op: "sure"})
	require.NoError(t, err)
	_, err = s.GapByKey(t.Context(), "pricing")
	require.ErrorIs(t, err, errs.ErrNotFound)
}

func TestASearchIsAnsweredWithoutAGap(t *testing.T) {
	t.Parallel()
	rdb, err := store.Connect("unix:///nowhere/redis.sock")
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	c := roomWith(t, assetsIn(store.New(rdb, "T1", clockwork.NewFakeClockAt(noon))), search.Results{})
	reply, err := c.search(t.Context(), &bot.Request{Text: "soc2", User: "U0RAJ", Op: "op"})
	require.NoError(t, err)
	require.Contains(t, reply.Message.Text, "There is no approved copy for “soc2” yet")
	require.Empty(t, reply.Message.Blocks, "nobody to ask")
}
