package feedbackrepo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/storetest"
)

func TestUndoLeavesNothing(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	f := said(t, s, feedback.Piece{Verdict: content.Fails, Asset: asset, Version: 1, Account: "Acme", Persona: "cfo", Reporter: "U1"})
	drain(t, s)
	_, err := s.Undo(t.Context(), "2", f.ID, "C1", "U2")
	require.ErrorIs(t, err, errs.ErrNotFound, "it is another's")
	clock.Advance(feedback.UndoWithin)
	gone, err := s.Undo(t.Context(), "3", f.ID, "C1", "U1")
	require.NoError(t, err)
	require.True(t, gone.Undone)
	require.Empty(t, gone.Words+gone.Account+gone.Reporter+gone.Asset+string(gone.Verdict))
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s), "its card is emptied")
	require.Equal(t, content.Tally{}, tallyOf(t, s, asset))
	mine, err := s.ByReporter(t.Context(), "U1", 10)
	require.NoError(t, err)
	require.Empty(t, mine)
	_, err = another(s).Undo(t.Context(), "3", f.ID, "C1", "U1")
	require.ErrorIs(t, err, errs.ErrDuplicate, "the same click delivered twice")
	_, err = s.Undo(t.Context(), "4", f.ID, "C1", "U1")
	require.ErrorIs(t, err, errs.ErrConflict)
	sound(t, s)

	late := said(t, s, feedback.Piece{Reporter: "U1"})

	clock.Advance(feedback.UndoWithin + time.Millisecond)
	_, err = s.Undo(t.Context(), "5", late.ID, "C1", "U1")
	require.ErrorIs(t, err, errs.ErrTooLate)
}

func TestAVerdictThatWasUndoneCanBeGivenAgain(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	click := feedback.Piece{Verdict: content.Works, Asset: asset, Version: 1, Reporter: "U1"}
	f, err := s.AddVerdict(t.Context(), "1", click)
	require.NoError(t, err)
	held, err := s.AddVerdict(t.Context(), "2", click)
	require.ErrorIs(t, err, errs.ErrConflict)
	require.Equal(t, f, held, "the piece that holds the voice comes with it")
	_, err = s.Undo(t.Context(), "3", f.ID, "C1", "U1")
	require.NoError(t, err)
	_, err = s.AddVerdict(t.Context(), "4", click)
	require.NoError(t, err)
	require.Equal(t, content.Tally{Works: 1}, tallyOf(t, s, asset))
	sound(t, s)
}

func TestDeletionKeepsTheCountAlone(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	f := said(t, s, feedback.Piece{
		Verdict: content.Fails, Asset: asset, Version: 1, Account: "Acme", Competitor: "Initech", Persona: "cfo", Said: "U9",
		Permalink: "https://x", Importance: feedback.Dealbreaker, Reporter: "U1",
	})
	l := sendable(t, s)[0] // the card is on its way with the words

	clock.Advance(time.Second)
	_, err := s.Delete(t.Context(), "2", f.ID, "C1")
	require.NoError(t, err)
	kept, err := s.Piece(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, feedback.Piece{ID: f.ID, Verdict: content.Fails, Asset: asset, Version: 1, Source: feedback.SalesSource, Status: feedback.New,
		Created: f.Created, Deleted: clock.Now().UTC(), Rev: 2}, kept)
	require.Equal(t, content.Tally{Fails: 1}, tallyOf(t, s, asset))
	sound(t, s)

	_, err = s.store.FinishItem(t.Context(), l, "C1 1.0", store.Pace{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))
	clock.Advance(refreshAfter)
	timers, _, err := s.store.LeaseTimers(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.Equal(t, feedback.RefreshTimer, timers[0].Name)
	require.NoError(t, s.RefreshCards(t.Context(), timers[0]))
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s), "what arrived late is emptied, too")

	_, err = s.Delete(t.Context(), "3", f.ID, "C1")
	require.ErrorIs(t, err, errs.ErrConflict)
	_, err = edit(t, s, "4", f.ID, func(*feedback.Report) {})
	require.ErrorIs(t, err, errs.ErrConflict)
}

func TestFirstWordsBringACard(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	mustImport(t, s, "a", "y")
	f, err := s.AddVerdict(t.Context(), "1", feedback.Piece{Verdict: content.Works, Asset: asset, Version: 2, Reporter: "U1"})
	require.NoError(t, err)
	require.Empty(t, drain(t, s))
	f, err = edit(t, s, "2", f.ID, func(f *feedback.Report) { f.Words = "They laughed" })
	require.NoError(t, err)
	require.True(t, f.Click, "it is the person's voice still")
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))
	f, err = edit(t, s, "3", f.ID, func(f *feedback.Report) { f.Version, f.Verdict = 1, content.Fails })
	require.NoError(t, err)
	require.False(t, f.Click)
	require.Equal(t, content.Tally{}, tallyOf(t, s, asset), "it counts for another version now")
	_, err = s.AddVerdict(t.Context(), "4", feedback.Piece{Verdict: content.Works, Asset: asset, Version: 2, Reporter: "U1"})
	require.NoError(t, err, "the voice is free again")
	sound(t, s)
}

func TestThreePeoplePutAVersionIntoTheQueue(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	reasons := func() []content.FlagReason {
		a, err := s.content.Asset(t.Context(), asset)
		require.NoError(t, err)

		var why []content.FlagReason
		for _, f := range a.OpenFlags() {
			why = append(why, f.Why)
		}

		return why
	}
	fails := feedback.Piece{Verdict: content.Fails, Asset: asset, Version: 1}
	by := func(who string) feedback.Piece { f := fails; f.Reporter = who; return f }
	said(t, s, by("U1"))
	said(t, s, by("U1"))
	second := said(t, s, by("U2"))
	_, err := s.AddVerdict(t.Context(), "", by("U2"))
	require.NoError(t, err)
	require.Empty(t, reasons(), "a loud one is one voice")
	third := said(t, s, feedback.Piece{Verdict: content.Fails, Asset: asset, Version: 1, Source: "survey", ExternalID: "9", Respondent: "ab"})
	require.Equal(t, []content.FlagReason{content.Failing}, reasons(), "people outside count as those inside")
	_, err = edit(t, s, "", second.ID, func(f *feedback.Report) { f.Verdict = content.Mixed })
	require.NoError(t, err)
	require.Equal(t, []content.FlagReason{content.Failing}, reasons(), "the other piece of the second still says it")
	_, err = edit(t, s, "", third.ID, func(f *feedback.Report) { f.Verdict = content.Works })
	require.NoError(t, err)
	require.Empty(t, reasons(), "they were two in the end")
	sound(t, s)

	mustImport(t, s, "a", "y")
	said(t, s, by("U3"))
	said(t, s, by("U4"))
	require.Empty(t, reasons(), "what is no longer approved needs no look")
	sound(t, s)
}

func TestThreePeopleAtTheSameInstant(t *testing.T) {
	t.Parallel()

	s, _ := newWorkspace(t)
	asset := mustImport(t, s, "a", "x")
	done := make(chan error, feedback.FailingPeople)
	for i := range feedback.FailingPeople {
		replica := another(s)
		go func() {
			_, err := replica.Add(t.Context(), "", feedback.Piece{Words: "x", Verdict: content.Fails, Asset: asset, Version: 1, Reporter: fmt.Sprint("U", i)}, "C1")
			done <- err
		}()
	}

	for range feedback.FailingPeople {
		require.NoError(t, <-done)
	}

	a, err := s.content.Asset(t.Context(), asset)
	require.NoError(t, err)
	require.Len(t, a.OpenFlags(), 1)
	sound(t, s)
}

func TestWhatComesFromOutsideComesOnce(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	in := feedback.Piece{Words: "Too dear", Source: "survey", ExternalID: "41", Respondent: "ab"}
	first, err := s.Add(t.Context(), "", in, "C1")
	require.NoError(t, err)
	again, err := another(s).Add(t.Context(), "", in, "C1")
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, first, again)
	in.Source = "win-loss"
	_, err = s.Add(t.Context(), "", in, "C1")
	require.NoError(t, err, "another sender's 41")
	_, err = s.Delete(t.Context(), "", first.ID, "C1")
	require.NoError(t, err)
	in.Source = "survey"
	_, err = s.Add(t.Context(), "", in, "C1")
	require.ErrorIs(t, err, errs.ErrDuplicate, "what was deleted doesn't come in again")
	sound(t, s)
}

// TestFeedbackComesAndGoes changes, deletes and takes back pieces at random;
// the workspace must agree with itself at the end, and with the counts.
func TestFeedbackComesAndGoes(t *testing.T) {
	t.Parallel()
	rdb := storetest.Connect(t, redisURL)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rdb)
		asset := mustImport(t, w.replicas[0], "a", "x")
		type piece struct {
			by      string
			verdict content.Verdict
			persona string
			gone    bool
			at      time.Time
		}
		pieces, clicked := map[string]*piece{}, map[string]string{}
		pick := func(t *rapid.T) (string, *piece) {
			if len(pieces) == 0 {
				t.Skip("no feedback yet")
			}

			id := rapid.SampledFrom(slices.Sorted(maps.Keys(pieces))).Draw(t, "piece")
			return id, pieces[id]
		}
		drawn := func(t *rapid.T) feedback.Piece {
			return feedback.Piece{
				Asset: asset, Version: 1, Verdict: rapid.SampledFrom(content.Verdicts).Draw(t, "verdict"),
				Reporter: rapid.SampledFrom([]string{"U1", "U2", "U3", "U4"}).Draw(t, "who"),
				Persona:  rapid.SampledFrom([]string{"", "cfo", "it"}).Draw(t, "persona"),
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"say": func(t *rapid.T) {
				in := drawn(t)
				in.Words = "w"
				f, err := w.store(t).Add(t.Context(), "", in, "C1")
				require.NoError(t, err)
				pieces[f.ID] = &piece{in.Reporter, in.Verdict, in.Persona, false, w.clock.Now()}
			},
			"click": func(t *rapid.T) {
				in := drawn(t)
				f, err := w.store(t).AddVerdict(t.Context(), "", in)
				if held := clicked[in.Reporter]; held != "" {
					require.ErrorIs(t, err, errs.ErrConflict)
					require.Equal(t, held, f.ID)
					return
				}

				require.NoError(t, err)
				pieces[f.ID], clicked[in.Reporter] = &piece{in.Reporter, in.Verdict, in.Persona, false, w.clock.Now()}, f.ID
			},
			"edit": func(t *rapid.T) {
				id, p := pick(t)
				in := drawn(t)
				_, err := edit(t, w.store(t), "", id, func(to *feedback.Report) { to.Verdict, to.Persona = in.Verdict, in.Persona })
				if p.gone {
					require.ErrorIs(t, err, errs.ErrConflict)
					return
				}

				require.NoError(t, err)
				p.verdict, p.persona = in.Verdict, in.Persona
			},
			"delete": func(t *rapid.T) {
				id, p := pick(t)
				_, err := w.store(t).Delete(t.Context(), "", id, "C1")
				if p.gone {
					require.ErrorIs(t, err, errs.ErrConflict)
					return
				}

				require.NoError(t, err)

				p.gone, p.persona = true, ""
				if clicked[p.by] == id {
					delete(clicked, p.by)
				}
			},
			"undo": func(t *rapid.T) {
				id, p := pick(t)
				_, err := w.store(t).Undo(t.Context(), "", id, "C1", p.by)
				switch {
				case p.gone:
					require.ErrorIs(t, err, errs.ErrConflict)
				case w.clock.Now().Sub(p.at) > feedback.UndoWithin:
					require.ErrorIs(t, err, errs.ErrTooLate)
				default:
					require.NoError(t, err)

					p.gone, p.verdict, p.persona = true, "", ""
					if clicked[p.by] == id {
						delete(clicked, p.by)
					}
				}
			},
			"wait": func(t *rapid.T) { w.clock.Advance(40 * time.Second) },
			"": func(t *rapid.T) {
				want, failing := content.Tally{}, map[string]bool{}
				for _, p := range pieces {
					switch p.verdict {
					case content.Works:
						want.Works++
					case content.Mixed:
						want.Mixed++
					case content.Fails:
						want.Fails++
						failing[p.by] = failing[p.by] || !p.gone
					}
				}

				people := 0
				for _, fails := range failing {
					if fails {
						people++
					}
				}

				s := w.store(t)
				require.Equal(t, want, tallyOf(t, s, asset))
				a, err := s.content.Asset(context.Background(), asset)
				require.NoError(t, err)
				require.Equal(t, people >= feedback.FailingPeople, len(a.OpenFlags()) > 0, "%d people", people)
			},
		})
		w.consistent(t)
	})
}
