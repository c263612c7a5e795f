package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCommitDoesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	id, err := s.nextID(t.Context(), "L")
	require.NoError(t, err)
	l := Lead{ID: id, Source: "web", ExternalID: "1", Status: LeadOpen, Channel: "C1"}

	c := s.change("click-1")
	require.NoError(t, s.putLead(c, Lead{}, &l, fiveMinutes(), LeadEvent{}))
	c.identify(id, []string{identityField("web", "1")})
	result, err := c.commitAs(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, id, result)

	got, err := s.Lead(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, l, got)
	open, _, err := s.LeadsWith(t.Context(), LeadOpen, 0, 10)
	require.NoError(t, err)
	require.Equal(t, []Lead{l}, open)
	require.Equal(t, []string{"lead.opened lead:L-1#1"}, feedOf(t, s))
	require.Equal(t, map[string]float64{"lead.sla:L-1": float64(start.Add(5 * time.Minute).UnixMilli())}, everything(t, s).ZSets["due"])
	select {
	case <-s.Nudged():
	default:
		t.Fatal("nobody was told that the outbox has something")
	}
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))
	result, done, err := s.Done(t.Context(), "click-1")
	require.NoError(t, err)
	require.True(t, done)
	require.Equal(t, id, result)
}

func TestCommitOfARequestThatCameBefore(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	first, again := s.change("op"), another(s).change("op")
	require.NoError(t, first.send(message("C1", "first")))
	require.NoError(t, again.send(message("C1", "again")))
	_, err := first.commitAs(t.Context(), "what the first did")
	require.NoError(t, err)
	result, err := again.commitAs(t.Context(), "what the second would do")
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, "what the first did", result)
	require.Equal(t, []string{`C1 "first"`}, drain(t, s))
}

// go-redis sends a script again when the answer was lost.
func TestCommitThatRunsTwiceSucceedsOnce(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"a click", ""} {
		s, _ := newStore(t)
		c := s.change(op)
		require.NoError(t, c.send(message("C1", "hello")))
		for range 2 {
			result, err := c.commitAs(t.Context(), "spaces and all")
			require.NoError(t, err)
			require.Equal(t, "spaces and all", result)
		}
		require.Equal(t, []string{`C1 "hello"`}, drain(t, s))
	}
}

func TestCommitOnSomethingThatChanged(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.Send(t.Context(), "", message("C1", "x"))) // loads the script
	asset := mustImport(t, s, approved("pitch", "words"))
	for _, test := range []struct {
		name   string
		change func(c *change)
	}{
		{"another revision", func(c *change) { require.NoError(t, c.put(AssetRef(asset), 7, Asset{ID: asset})) }},
		{"not there any more", func(c *change) { require.NoError(t, c.put(AssetRef("C-9"), 1, Asset{ID: "C-9"})) }},
		{"there already", func(c *change) { require.NoError(t, c.put(AssetRef(asset), 0, Asset{ID: asset})) }},
		{"a name that is taken", func(c *change) { c.expect(s.keys.slugs(), "pitch", "") }},
		{"no such timer", func(c *change) { c.settle(Timer{Name: "lead.sla", Ref: "L-1", fence: "1"}) }},
		{"the second of two", func(c *change) {
			c.expect(s.keys.slugs(), "pitch", asset)
			c.expect(s.keys.slugs(), "other", asset)
		}},
	} {
		before := everything(t, s)
		c := s.change("op " + test.name)
		test.change(c)
		require.NoError(t, c.send(message("C1", "never")))
		c.note("never", "never")
		_, err := c.commitAs(t.Context(), "never")
		require.ErrorIs(t, err, errStale, test.name)
		require.Equal(t, before, everything(t, s), test.name)
		_, done, err := s.Done(t.Context(), "op "+test.name)
		require.NoError(t, err)
		require.False(t, done, test.name)
	}
}

func TestMarksExpire(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	for op, within := range map[string]time.Duration{"click": opLifetime, "": callLifetime} {
		c := s.change(op)
		_, err := c.commitAs(t.Context(), "")
		require.NoError(t, err)
		left, err := s.rdb.PTTL(t.Context(), c.keys[0]).Result()
		require.NoError(t, err)
		require.Greater(t, left, within-10*time.Second)
		require.LessOrEqual(t, left, within)
	}
}

func TestIDsAreNeverGivenOutTwice(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	const racers, each = 8, 25
	ids := make(chan string, racers*each)
	errs := make(chan error, racers)
	for range racers {
		replica := another(s)
		go func() {
			var err error
			for range each {
				var id string
				if id, err = replica.nextID(context.Background(), "F"); err != nil {
					break
				}
				ids <- id
			}
			errs <- err
		}()
	}
	for range racers {
		require.NoError(t, <-errs)
	}
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		require.False(t, seen[id], id)
		seen[id] = true
	}
	require.True(t, seen["F-1"] && seen["F-200"])
	id, err := s.nextID(t.Context(), "L")
	require.NoError(t, err)
	require.Equal(t, "L-1", id, "each letter counts for itself")
}

func TestKeysOfAWorkspaceShareASlot(t *testing.T) {
	t.Parallel()
	k := newKeys("T1")
	all := append(k.outbox(), k.record("lead:L-1"), k.sequence("L"), k.op("x"), k.slugs(), k.assets(), k.tally("C-1"),
		k.voices("C-1", 2), k.feedbackBy("U1"), k.feedbackAll(), k.leadIdentity(), k.leadsByStatus(LeadOpen),
		k.leadsByOwner("U1"), k.turns("enterprise {emea}"), k.feed(), k.due())
	for i, key := range all {
		require.Regexp(t, `^sm:\{T1\}:.`, key)
		require.NotContains(t, all[:i], key)
	}
}
