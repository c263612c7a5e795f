package feedbackrepo

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

func TestFeedbackIsKeptCountedAndShown(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	f, err := s.Add(t.Context(), "submit-1", feedback.Piece{Words: "They laughed", Verdict: content.Fails, Asset: asset, Version: 1, Reporter: "U0RAJ"}, "C1")
	require.NoError(t, err)
	require.Equal(t, feedback.Piece{ID: "F-1", Words: "They laughed", Verdict: content.Fails, Asset: asset, Version: 1, Reporter: "U0RAJ",
		Source: feedback.SalesSource, Status: feedback.New, Created: start, Rev: 1}, f)
	kept, err := s.Piece(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, f, kept)
	require.Equal(t, content.Tally{Fails: 1}, tallyOf(t, s, asset))
	require.Equal(t, []string{"asset asset:C-1", "content.approved version:C-1@1", "asset asset:C-1", "feedback.new feedback:F-1"}, feedOf(t, s))
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))

	again, err := another(s).Add(t.Context(), "submit-1", feedback.Piece{Words: "They laughed", Reporter: "U0RAJ"}, "C1")
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, f, again, "the piece that was made at first")
	require.Equal(t, content.Tally{Fails: 1}, tallyOf(t, s, asset))
	require.Empty(t, drain(t, s))

	general, err := s.Add(t.Context(), "submit-2", feedback.Piece{Words: "Pricing confuses people", Reporter: "U0RAJ"}, "C1")
	require.NoError(t, err)
	mine, err := s.ByReporter(t.Context(), "U0RAJ", 10)
	require.NoError(t, err)
	require.ElementsMatch(t, []feedback.Piece{general, f}, mine)
	others, err := s.ByReporter(t.Context(), "U0LEA", 10)
	require.NoError(t, err)
	require.Empty(t, others)
}

func TestAPersonHasOneVoiceAVersion(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	say := func(op, who string, v content.Verdict, version int) (feedback.Piece, error) {
		return s.AddVerdict(t.Context(), op, feedback.Piece{Verdict: v, Asset: asset, Version: version, Reporter: who})
	}
	first, err := say("1", "U0RAJ", content.Works, 1)
	require.NoError(t, err)
	_, err = say("2", "U0RAJ", content.Fails, 1)
	require.ErrorIs(t, err, errs.ErrConflict)
	again, err := say("1", "U0RAJ", content.Works, 1)
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, first, again)
	_, err = say("3", "U0LEA", content.Mixed, 1)
	require.NoError(t, err)
	require.Equal(t, content.Tally{Works: 1, Mixed: 1}, tallyOf(t, s, asset))
	require.Empty(t, drain(t, s), "a click is counted and not shown")

	mustImport(t, s, "a", "better")
	require.Equal(t, content.Tally{}, tallyOf(t, s, asset), "new words, new verdicts")
	_, err = say("4", "U0RAJ", content.Fails, 2)
	require.NoError(t, err)
	require.Equal(t, content.Tally{Fails: 1}, tallyOf(t, s, asset))
}

func TestVoicesRace(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)

	asset := mustImport(t, s, "a", "x")
	const racers = 16
	results := make(chan error, racers)
	for i := range racers {
		replica, verdict := another(s), []content.Verdict{content.Works, content.Fails}[i%2]
		go func() {
			_, err := replica.AddVerdict(t.Context(), "", feedback.Piece{Verdict: verdict, Asset: asset, Version: 1, Reporter: "U0RAJ"})
			results <- err
		}()
	}

	counted := 0
	for range racers {
		if err := <-results; err == nil {
			counted++
		} else {
			require.ErrorIs(t, err, errs.ErrConflict)
		}
	}

	require.Equal(t, 1, counted)
	tally := tallyOf(t, s, asset)
	require.Equal(t, 1, tally.Works+tally.Fails)
}

func TestPersonasAreCountedWhileThereIsRoom(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")

	say := func(persona string) feedback.Piece {
		f, err := s.Add(t.Context(), "", feedback.Piece{Words: "w", Verdict: content.Works, Asset: asset, Version: 1, Reporter: "U0RAJ", Persona: persona}, "C1")
		require.NoError(t, err)
		return f
	}
	for i := range content.MaxLabels {
		say(fmt.Sprintf("persona %d", i))
	}

	late := say("one too many")
	say("persona 7")
	stats, err := s.content.AssetStats(t.Context(), asset)
	require.NoError(t, err)
	require.Len(t, stats.Personas, content.MaxLabels)
	require.Equal(t, content.MaxLabels+2, stats.Versions[1].Works, "its verdict counts all the same")
	sound(t, s)

	_, err = s.Delete(t.Context(), "", late.ID, "C1")
	require.NoError(t, err)
	_, err = edit(t, s, "", "F-8", func(f *feedback.Report) { f.Persona = "another" })
	require.NoError(t, err)
	sound(t, s)
}
