package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// heard adds a piece of feedback.
func heard(t testing.TB, s *Store, change func(*Feedback)) Feedback {
	t.Helper()
	f := Feedback{Words: "some words", Reporter: "U1"}
	change(&f)
	f, err := s.AddFeedback(context.Background(), "", f, "C9")
	require.NoError(t, err)
	return f
}

func idsOf(pieces []Feedback) []string {
	ids := []string{}
	for _, f := range pieces {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestInboxFilters(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	asset := mustImport(t, s, approved("pitch", "one"))
	for _, change := range []func(*Feedback){
		func(f *Feedback) { f.Asset, f.Version, f.Verdict = asset, 1, Fails },
		func(f *Feedback) { f.Competitor, f.Verdict = " Volt  Quill", Fails },
		func(f *Feedback) { f.Source, f.ExternalID, f.Reporter = "survey", "1", "" },
		func(f *Feedback) { f.Asset, f.Version, f.Verdict, f.Competitor = asset, 1, Works, "volt quill" },
	} {
		heard(t, s, change)
		clock.Advance(time.Second)
	}
	_, err := s.AddVerdict(t.Context(), "", Feedback{Asset: asset, Version: 1, Verdict: Fails, Reporter: "U2"})
	require.NoError(t, err)
	_, err = s.TriageFeedback(t.Context(), "", "F-2", Step{Status: FeedbackPlanned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	_, err = s.JoinFeedback(t.Context(), "", "F-4", "F-1", "C9")
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		fits FeedbackFilter
		want []string
	}{
		{"nothing asked: what is new", FeedbackFilter{}, []string{"F-3", "F-1"}},
		{"status", FeedbackFilter{Status: FeedbackPlanned}, []string{"F-2"}},
		{"asset, joined pieces too, and no mere click", FeedbackFilter{Asset: asset}, []string{"F-4", "F-1"}},
		{"verdict", FeedbackFilter{Verdict: Fails}, []string{"F-2", "F-1"}},
		{"competitor in any spelling", FeedbackFilter{Competitor: "VOLT quill"}, []string{"F-4", "F-2"}},
		{"source", FeedbackFilter{Source: "survey"}, []string{"F-3"}},
		{"two together", FeedbackFilter{Competitor: "volt quill", Asset: asset}, []string{"F-4"}},
		{"all together", FeedbackFilter{Status: FeedbackNew, Asset: asset, Verdict: Fails, Source: "sales"}, []string{"F-1"}},
		{"none", FeedbackFilter{Competitor: "nobody"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, next, err := s.FindFeedback(t.Context(), c.fits, "", 10)
			require.NoError(t, err)
			require.Empty(t, next)
			require.Equal(t, c.want, idsOf(found))
		})
	}
	_, _, err = s.FindFeedback(t.Context(), FeedbackFilter{}, "nowhere", 10)
	require.ErrorContains(t, err, "is no place in the inbox")
}

func TestInboxPagesWhileItChanges(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	for n := range 7 {
		heard(t, s, func(*Feedback) {})
		if n%3 == 0 {
			clock.Advance(time.Second) // so that some came at the same instant
		}
	}
	first, next, err := s.FindFeedback(t.Context(), FeedbackFilter{}, "", 3)
	require.NoError(t, err)
	require.Len(t, first, 3)
	_, err = s.TriageFeedback(t.Context(), "", first[2].ID, Step{Status: FeedbackPlanned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	heard(t, s, func(*Feedback) {})
	rest, next, err := s.FindFeedback(t.Context(), FeedbackFilter{}, next, 10)
	require.NoError(t, err)
	require.Empty(t, next)
	all := slices.Concat(idsOf(first), idsOf(rest))
	for n := range 7 {
		require.Contains(t, all, fmt.Sprintf("F-%d", n+1), "nothing is passed over")
	}
	require.NotContains(t, all, "F-8", "what came later is on the first page")
}

func TestInboxReachesOnlySoFar(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(start)
	s := New(testConn, newTeam(), clock) // its indexes name pieces that aren't there
	rare := heard(t, s, func(f *Feedback) { f.Verdict, f.Source, f.ExternalID = Fails, "survey", "1" })
	clock.Advance(time.Second)
	pipe := s.rdb.Pipeline()
	for n := range 2*inboxReach + 10 {
		// As many in each index, with next to nothing in common.
		f := Feedback{ID: fmt.Sprintf("F-%d", n+100), Words: "x", Verdict: Works, Source: "survey", Status: FeedbackNew, Created: s.now()}
		if n%2 == 0 {
			f.Verdict, f.Source = Fails, "sales"
		}
		for _, facet := range f.facets() {
			pipe.ZAdd(t.Context(), s.keys.feedbackWith(facet), zed(f.ID, f.Created))
		}
	}
	_, err := pipe.Exec(t.Context())
	require.NoError(t, err)
	fits := FeedbackFilter{Verdict: Fails, Source: "survey"}
	var found []Feedback
	steps := 0
	for from := ""; ; steps++ {
		some, next, err := s.FindFeedback(t.Context(), fits, from, 10)
		require.NoError(t, err)
		found = append(found, some...)
		if from = next; from == "" {
			break
		}
	}
	require.Equal(t, []string{rare.ID}, idsOf(found))
	require.Positive(t, steps, "one answer doesn't go through all of it")
}

func TestAllFeedbackGoesThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	for n := range walkBatch*2 + 30 {
		if n == 700 {
			clock.Advance(time.Second)
		}
		heard(t, s, func(*Feedback) {})
	}
	seen := map[string]bool{}
	for f, err := range s.AllFeedback(t.Context(), start) {
		require.NoError(t, err)
		require.False(t, seen[f.ID])
		seen[f.ID] = true
	}
	require.Len(t, seen, walkBatch*2+30)
	later := 0
	for range s.AllFeedback(t.Context(), start.Add(time.Millisecond)) {
		later++
	}
	require.Equal(t, walkBatch*2+30-700, later)
}

func TestRemindsOfNeglectedFeedback(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	heard(t, s, func(*Feedback) {})
	heard(t, s, func(*Feedback) {})
	_, err := s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackTriaged, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	drain(t, s)
	require.NoError(t, s.KeepTimer(t.Context(), NeglectedTimer, start.Add(time.Hour)))
	require.NoError(t, s.KeepTimer(t.Context(), NeglectedTimer, start.Add(time.Minute)), "it is there already")
	wake := func(before time.Time) (reminded []string) {
		timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		for _, timer := range timers {
			for range 2 { // somebody else has it as well
				require.NoError(t, s.RemindOfFeedback(t.Context(), timer, before, s.now().Add(time.Hour), 10, func(n Neglected) ([]Item, error) {
					require.Equal(t, len(n.Oldest), n.Total)
					reminded = idsOf(n.Oldest)
					return []Item{message("C9", "look")}, nil
				}))
			}
		}
		return reminded
	}
	clock.Advance(time.Minute)
	require.Empty(t, wake(s.now()))
	clock.Advance(time.Hour)
	require.Empty(t, wake(start), "nothing is old enough")
	require.Empty(t, drain(t, s))
	clock.Advance(time.Hour)
	require.Equal(t, []string{"F-2"}, wake(s.now()))
	require.Equal(t, []string{`C9 "look"`}, drain(t, s), "once")
	clock.Advance(time.Hour)
	require.Equal(t, []string{"F-2"}, wake(s.now()), "and again the next time")
	drain(t, s)
}

// BenchmarkInbox is a page of the inbox over 100,000 pieces.
func BenchmarkInbox(b *testing.B) {
	s := New(testConn, newTeam(), clockwork.NewRealClock())
	fillInbox(b, s, 100_000)
	for name, fits := range map[string]FeedbackFilter{
		"new":         {Status: FeedbackNew},
		"two filters": {Status: FeedbackNew, Verdict: Fails},
		"asset":       {Asset: "C-7", Verdict: Works, Status: FeedbackNew},
		"worst":       {Verdict: Fails, Source: "survey"}, // large, and nothing in common
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				_, _, err := s.FindFeedback(context.Background(), fits, "", 5)
				require.NoError(b, err)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// fillInbox stores pieces as AddFeedback does, but many at once.
func fillInbox(b *testing.B, s *Store, n int) {
	b.Helper()
	begun := time.Now().Add(-time.Duration(n) * time.Minute)
	for from := 0; from < n; from += 1000 {
		pipe := s.rdb.Pipeline()
		for i := from; i < from+1000; i++ {
			f := Feedback{ID: fmt.Sprintf("F-%d", i+1), Words: "They asked twice what it costs.", Verdict: Verdicts[i%3], Asset: fmt.Sprintf("C-%d", i%500),
				Version: 1, Reporter: fmt.Sprintf("U%d", i%700), Source: SalesSource, Status: FeedbackStatuses[i%5], Created: begun.Add(time.Duration(i) * time.Minute)}
			if f.Verdict != Fails && i%2 == 0 {
				f.Source = "survey"
			}
			body, err := json.Marshal(f)
			require.NoError(b, err)
			pipe.HSet(context.Background(), s.keys.record(f.Ref()), "rev", 1, "doc", body)
			for _, list := range s.keys.feedbackLists(f) {
				pipe.ZAdd(context.Background(), list, zed(f.ID, f.Created))
			}
		}
		_, err := pipe.Exec(context.Background())
		require.NoError(b, err)
	}
}

func zed(id string, at time.Time) redis.Z { return redis.Z{Score: float64(at.UnixMilli()), Member: id} }
