package feedbackrepo

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/feedback"
)

// heard adds a piece of feedback.
func heard(t testing.TB, s *workspace, change func(*feedback.Piece)) feedback.Piece {
	t.Helper()
	f := feedback.Piece{Words: "some words", Reporter: "U1"}
	change(&f)
	f, err := s.Add(context.Background(), "", f, "C9")
	require.NoError(t, err)
	return f
}

func idsOf(pieces []feedback.Piece) []string {
	ids := []string{}
	for _, f := range pieces {
		ids = append(ids, f.ID)
	}

	return ids
}

func TestInboxFilters(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	asset := mustImport(t, s, "pitch", "one")
	for _, change := range []func(*feedback.Piece){
		func(f *feedback.Piece) { f.Asset, f.Version, f.Verdict = asset, 1, content.Fails },
		func(f *feedback.Piece) { f.Competitor, f.Verdict = " Volt  Quill", content.Fails },
		func(f *feedback.Piece) { f.Source, f.ExternalID, f.Reporter = "survey", "1", "" },
		func(f *feedback.Piece) {
			f.Asset, f.Version, f.Verdict, f.Competitor = asset, 1, content.Works, "volt quill"
		},
	} {
		heard(t, s, change)
		clock.Advance(time.Second)
	}

	_, err := s.AddVerdict(t.Context(), "", feedback.Piece{Asset: asset, Version: 1, Verdict: content.Fails, Reporter: "U2"})
	require.NoError(t, err)
	_, err = s.Triage(t.Context(), "", "F-2", feedback.Step{Status: feedback.Planned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	_, err = s.Join(t.Context(), "", "F-4", "F-1", "C9")
	require.NoError(t, err)

	for _, c := range []struct {
		name string
		fits feedback.Filter
		want []string
	}{
		{"nothing asked: what is new", feedback.Filter{}, []string{"F-3", "F-1"}},
		{"status", feedback.Filter{Status: feedback.Planned}, []string{"F-2"}},
		{"asset, joined pieces too, and no mere click", feedback.Filter{Asset: asset}, []string{"F-4", "F-1"}},
		{"verdict", feedback.Filter{Verdict: content.Fails}, []string{"F-2", "F-1"}},
		{"competitor in any spelling", feedback.Filter{Competitor: "VOLT quill"}, []string{"F-4", "F-2"}},
		{"source", feedback.Filter{Source: "survey"}, []string{"F-3"}},
		{"two together", feedback.Filter{Competitor: "volt quill", Asset: asset}, []string{"F-4"}},
		{"all together", feedback.Filter{Status: feedback.New, Asset: asset, Verdict: content.Fails, Source: "sales"}, []string{"F-1"}},
		{"none", feedback.Filter{Competitor: "nobody"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, next, err := s.Find(t.Context(), c.fits, "", 10)
			require.NoError(t, err)
			require.Empty(t, next)
			require.Equal(t, c.want, idsOf(found))
		})
	}

	_, _, err = s.Find(t.Context(), feedback.Filter{}, "nowhere", 10)
	require.ErrorContains(t, err, "is no place in the inbox")
}

func TestInboxPagesWhileItChanges(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	for n := range 7 {
		heard(t, s, func(*feedback.Piece) {})

		if n%3 == 0 {
			clock.Advance(time.Second) // so that some came at the same instant
		}
	}

	first, next, err := s.Find(t.Context(), feedback.Filter{}, "", 3)
	require.NoError(t, err)
	require.Len(t, first, 3)
	_, err = s.Triage(t.Context(), "", first[2].ID, feedback.Step{Status: feedback.Planned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	heard(t, s, func(*feedback.Piece) {})
	rest, next, err := s.Find(t.Context(), feedback.Filter{}, next, 10)
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
	s, clock := bareWorkspace(t) // its indexes name pieces that aren't there
	rare := heard(t, s, func(f *feedback.Piece) { f.Verdict, f.Source, f.ExternalID = content.Fails, "survey", "1" })

	clock.Advance(time.Second)

	pipe := s.store.Redis().Pipeline()
	for n := range 2*inboxReach + 10 {
		// As many in each index, with next to nothing in common.
		f := feedback.Piece{ID: fmt.Sprintf("F-%d", n+100), Words: "x", Verdict: content.Works, Source: "survey", Status: feedback.New, Created: s.store.Now()}
		if n%2 == 0 {
			f.Verdict, f.Source = content.Fails, "sales"
		}

		for _, facet := range f.Facets() {
			pipe.ZAdd(t.Context(), s.keys.with(facet), zed(f.ID, f.Created))
		}
	}

	_, err := pipe.Exec(t.Context())
	require.NoError(t, err)

	fits := feedback.Filter{Verdict: content.Fails, Source: "survey"}
	var found []feedback.Piece
	steps := 0
	for from := ""; ; steps++ {
		some, next, err := s.Find(t.Context(), fits, from, 10)
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

	s, clock := newWorkspace(t)
	for n := range walkBatch*2 + 30 {
		if n == 700 {
			clock.Advance(time.Second)
		}

		heard(t, s, func(*feedback.Piece) {})
	}

	seen := map[string]bool{}
	for f, err := range s.All(t.Context(), start) {
		require.NoError(t, err)
		require.False(t, seen[f.ID])
		seen[f.ID] = true
	}

	require.Len(t, seen, walkBatch*2+30)

	later := 0
	for _, err := range s.All(t.Context(), start.Add(time.Millisecond)) {
		require.NoError(t, err)
		later++
	}

	require.Equal(t, walkBatch*2+30-700, later)
}
