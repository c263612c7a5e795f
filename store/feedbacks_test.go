package store

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFeedbackIsKeptCountedAndShown(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	f, err := s.AddFeedback(t.Context(), "submit-1", Feedback{Words: "They laughed", Verdict: Fails, Asset: asset, Version: 1, Reporter: "U0RAJ"}, "C1")
	require.NoError(t, err)
	require.Equal(t, Feedback{ID: "F-1", Words: "They laughed", Verdict: Fails, Asset: asset, Version: 1, Reporter: "U0RAJ",
		Source: SalesSource, Status: FeedbackNew, Created: start, Rev: 1}, f)
	kept, err := s.Feedback(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, f, kept)
	require.Equal(t, Tally{Fails: 1}, servedOf(t, s, asset).Tally)
	require.Equal(t, []string{"asset asset:C-1", "content.approved version:C-1@1", "asset asset:C-1", "feedback.new feedback:F-1"}, feedOf(t, s))
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))

	again, err := another(s).AddFeedback(t.Context(), "submit-1", Feedback{Words: "They laughed", Reporter: "U0RAJ"}, "C1")
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, f, again, "the piece that was made at first")
	require.Equal(t, Tally{Fails: 1}, servedOf(t, s, asset).Tally)
	require.Empty(t, drain(t, s))

	general, err := s.AddFeedback(t.Context(), "submit-2", Feedback{Words: "Pricing confuses people", Reporter: "U0RAJ"}, "C1")
	require.NoError(t, err)
	mine, err := s.FeedbackBy(t.Context(), "U0RAJ", 10)
	require.NoError(t, err)
	require.ElementsMatch(t, []Feedback{general, f}, mine)
	others, err := s.FeedbackBy(t.Context(), "U0LEA", 10)
	require.NoError(t, err)
	require.Empty(t, others)
}

func TestAPersonHasOneVoiceAVersion(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	say := func(op, who string, v Verdict, version int) (Feedback, error) {
		return s.AddVerdict(t.Context(), op, Feedback{Verdict: v, Asset: asset, Version: version, Reporter: who})
	}
	first, err := say("1", "U0RAJ", Works, 1)
	require.NoError(t, err)
	_, err = say("2", "U0RAJ", Fails, 1)
	require.ErrorIs(t, err, ErrConflict)
	again, err := say("1", "U0RAJ", Works, 1)
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, first, again)
	_, err = say("3", "U0LEA", Mixed, 1)
	require.NoError(t, err)
	require.Equal(t, Tally{Works: 1, Mixed: 1}, servedOf(t, s, asset).Tally)
	require.Empty(t, drain(t, s), "a click is counted and not shown")

	mustImport(t, s, approved("a", "better"))
	require.Equal(t, Tally{}, servedOf(t, s, asset).Tally, "new words, new verdicts")
	_, err = say("4", "U0RAJ", Fails, 2)
	require.NoError(t, err)
	require.Equal(t, Tally{Fails: 1}, servedOf(t, s, asset).Tally)
}

func TestVoicesRace(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	const racers = 16
	errs := make(chan error, racers)
	for i := range racers {
		replica, verdict := another(s), []Verdict{Works, Fails}[i%2]
		go func() {
			_, err := replica.AddVerdict(t.Context(), "", Feedback{Verdict: verdict, Asset: asset, Version: 1, Reporter: "U0RAJ"})
			errs <- err
		}()
	}
	counted := 0
	for range racers {
		if err := <-errs; err == nil {
			counted++
		} else {
			require.ErrorIs(t, err, ErrConflict)
		}
	}
	require.Equal(t, 1, counted)
	tally := servedOf(t, s, asset).Tally
	require.Equal(t, 1, tally.Works+tally.Fails)
}

func TestPersonasAreCountedWhileThereIsRoom(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	say := func(persona string) Feedback {
		f, err := s.AddFeedback(t.Context(), "", Feedback{Words: "w", Verdict: Works, Asset: asset, Version: 1, Reporter: "U0RAJ", Persona: persona}, "C1")
		require.NoError(t, err)
		return f
	}
	for i := range maxLabels {
		say(fmt.Sprintf("persona %d", i))
	}
	late := say("one too many")
	say("persona 7")
	stats, err := s.AssetStats(t.Context(), asset)
	require.NoError(t, err)
	require.Len(t, stats.Personas, maxLabels)
	require.Equal(t, maxLabels+2, stats.Versions[1].Works, "its verdict counts all the same")
	require.NoError(t, s.CheckInvariants(t.Context()))

	_, err = s.DeleteFeedback(t.Context(), "", late.ID, "C1")
	require.NoError(t, err)
	_, err = s.EditFeedback(t.Context(), "", "F-8", "C1", func(f *Feedback) error { f.Persona = "another"; return nil })
	require.NoError(t, err)
	require.NoError(t, s.CheckInvariants(t.Context()))
}
