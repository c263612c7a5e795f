package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// said adds a piece with words, in a test where that must work.
func said(t *testing.T, s *Store, f Feedback) Feedback {
	t.Helper()
	f.Words = "They said it twice"
	got, err := s.AddFeedback(t.Context(), "", f, "C1")
	require.NoError(t, err)
	return got
}

func TestUndoLeavesNothing(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	f := said(t, s, Feedback{Verdict: Fails, Asset: asset, Version: 1, Account: "Acme", Persona: "cfo", Reporter: "U1"})
	drain(t, s)
	_, err := s.UndoFeedback(t.Context(), "2", f.ID, "C1", "U2")
	require.ErrorIs(t, err, ErrNotFound, "it is another's")
	clock.Advance(UndoWithin)
	gone, err := s.UndoFeedback(t.Context(), "3", f.ID, "C1", "U1")
	require.NoError(t, err)
	require.True(t, gone.Undone)
	require.Empty(t, gone.Words+gone.Account+gone.Reporter+gone.Asset+string(gone.Verdict))
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s), "its card is emptied")
	require.Equal(t, Tally{}, servedOf(t, s, asset).Tally)
	mine, err := s.FeedbackBy(t.Context(), "U1", 10)
	require.NoError(t, err)
	require.Empty(t, mine)
	_, err = another(s).UndoFeedback(t.Context(), "3", f.ID, "C1", "U1")
	require.ErrorIs(t, err, ErrDuplicate, "the same click delivered twice")
	_, err = s.UndoFeedback(t.Context(), "4", f.ID, "C1", "U1")
	require.ErrorIs(t, err, ErrConflict)
	require.NoError(t, s.CheckInvariants(t.Context()))

	late := said(t, s, Feedback{Reporter: "U1"})
	clock.Advance(UndoWithin + time.Millisecond)
	_, err = s.UndoFeedback(t.Context(), "5", late.ID, "C1", "U1")
	require.ErrorIs(t, err, ErrTooLate)
}

func TestAVoiceThatWasTakenBackCanBeGivenAgain(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	click := Feedback{Verdict: Works, Asset: asset, Version: 1, Reporter: "U1"}
	f, err := s.AddVerdict(t.Context(), "1", click)
	require.NoError(t, err)
	held, err := s.AddVerdict(t.Context(), "2", click)
	require.ErrorIs(t, err, ErrConflict)
	require.Equal(t, f, held, "the piece that holds the voice comes with it")
	_, err = s.UndoFeedback(t.Context(), "3", f.ID, "C1", "U1")
	require.NoError(t, err)
	_, err = s.AddVerdict(t.Context(), "4", click)
	require.NoError(t, err)
	require.Equal(t, Tally{Works: 1}, servedOf(t, s, asset).Tally)
	require.NoError(t, s.CheckInvariants(t.Context()))
}

func TestDeletionKeepsTheCountAlone(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	f := said(t, s, Feedback{
		Verdict: Fails, Asset: asset, Version: 1, Account: "Acme", Competitor: "Initech", Persona: "cfo", Said: "U9",
		Permalink: "https://x", Importance: Dealbreaker, Reporter: "U1",
	})
	l := sendable(t, s)[0] // the card is on its way with the words
	clock.Advance(time.Second)
	_, err := s.DeleteFeedback(t.Context(), "2", f.ID, "C1")
	require.NoError(t, err)
	kept, err := s.Feedback(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, Feedback{ID: f.ID, Verdict: Fails, Asset: asset, Version: 1, Source: SalesSource, Status: FeedbackNew,
		Created: f.Created, Deleted: clock.Now().UTC(), Rev: 2}, kept)
	require.Equal(t, Tally{Fails: 1}, servedOf(t, s, asset).Tally)
	require.NoError(t, s.CheckInvariants(t.Context()))

	_, err = s.FinishItem(t.Context(), l, "C1 1.0", Pace{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))
	clock.Advance(emptiedAfter)
	timers, _, err := s.LeaseTimers(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.Equal(t, EmptiedTimer, timers[0].Name)
	require.NoError(t, s.EmptyCards(t.Context(), timers[0]))
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s), "what arrived late is emptied, too")

	_, err = s.DeleteFeedback(t.Context(), "3", f.ID, "C1")
	require.ErrorIs(t, err, ErrConflict)
	_, err = s.EditFeedback(t.Context(), "4", f.ID, "C1", func(*Feedback) error { return nil })
	require.ErrorIs(t, err, ErrConflict)
}

func TestFirstWordsBringACard(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	mustImport(t, s, approved("a", "y"))
	f, err := s.AddVerdict(t.Context(), "1", Feedback{Verdict: Works, Asset: asset, Version: 2, Reporter: "U1"})
	require.NoError(t, err)
	require.Empty(t, drain(t, s))
	f, err = s.EditFeedback(t.Context(), "2", f.ID, "C1", func(f *Feedback) error { f.Words = "They laughed"; return nil })
	require.NoError(t, err)
	require.True(t, f.Click, "it is the person's voice still")
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))
	f, err = s.EditFeedback(t.Context(), "3", f.ID, "C1", func(f *Feedback) error { f.Version, f.Verdict = 1, Fails; return nil })
	require.NoError(t, err)
	require.False(t, f.Click)
	require.Equal(t, Tally{}, servedOf(t, s, asset).Tally, "it counts for another version now")
	_, err = s.AddVerdict(t.Context(), "4", Feedback{Verdict: Works, Asset: asset, Version: 2, Reporter: "U1"})
	require.NoError(t, err, "the voice is free again")
	require.NoError(t, s.CheckInvariants(t.Context()))
}

func TestThreePeoplePutAVersionIntoTheQueue(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	reasons := func() []FlagReason {
		a, err := s.Asset(t.Context(), asset)
		require.NoError(t, err)
		var why []FlagReason
		for _, f := range a.OpenFlags() {
			why = append(why, f.Why)
		}
		return why
	}
	fails := Feedback{Verdict: Fails, Asset: asset, Version: 1}
	by := func(who string) Feedback { f := fails; f.Reporter = who; return f }
	said(t, s, by("U1"))
	said(t, s, by("U1"))
	second := said(t, s, by("U2"))
	_, err := s.AddVerdict(t.Context(), "", by("U2"))
	require.NoError(t, err)
	require.Empty(t, reasons(), "a loud one is one voice")
	third := said(t, s, Feedback{Verdict: Fails, Asset: asset, Version: 1, Source: "survey", ExternalID: "9", Respondent: "ab"})
	require.Equal(t, []FlagReason{Failing}, reasons(), "people outside count as those inside")
	_, err = s.EditFeedback(t.Context(), "", second.ID, "C1", func(f *Feedback) error { f.Verdict = Mixed; return nil })
	require.NoError(t, err)
	require.Equal(t, []FlagReason{Failing}, reasons(), "the other piece of the second still says it")
	_, err = s.EditFeedback(t.Context(), "", third.ID, "C1", func(f *Feedback) error { f.Verdict = Works; return nil })
	require.NoError(t, err)
	require.Empty(t, reasons(), "they were two in the end")
	require.NoError(t, s.CheckInvariants(t.Context()))

	mustImport(t, s, approved("a", "y"))
	said(t, s, by("U3"))
	said(t, s, by("U4"))
	require.Empty(t, reasons(), "what is no longer approved needs no look")
	require.NoError(t, s.CheckInvariants(t.Context()))
}

func TestThreePeopleAtTheSameInstant(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	asset := mustImport(t, s, approved("a", "x"))
	done := make(chan error, FailingPeople)
	for i := range FailingPeople {
		replica := another(s)
		go func() {
			_, err := replica.AddFeedback(t.Context(), "", Feedback{Words: "x", Verdict: Fails, Asset: asset, Version: 1, Reporter: fmt.Sprint("U", i)}, "C1")
			done <- err
		}()
	}
	for range FailingPeople {
		require.NoError(t, <-done)
	}
	a, err := s.Asset(t.Context(), asset)
	require.NoError(t, err)
	require.Len(t, a.OpenFlags(), 1)
	require.NoError(t, s.CheckInvariants(t.Context()))
}

func TestWhatComesFromOutsideComesOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := Feedback{Words: "Too dear", Source: "survey", ExternalID: "41", Respondent: "ab"}
	first, err := s.AddFeedback(t.Context(), "", in, "C1")
	require.NoError(t, err)
	again, err := another(s).AddFeedback(t.Context(), "", in, "C1")
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, first, again)
	in.Source = "win-loss"
	_, err = s.AddFeedback(t.Context(), "", in, "C1")
	require.NoError(t, err, "another sender's 41")
	_, err = s.DeleteFeedback(t.Context(), "", first.ID, "C1")
	require.NoError(t, err)
	in.Source = "survey"
	_, err = s.AddFeedback(t.Context(), "", in, "C1")
	require.ErrorIs(t, err, ErrDuplicate, "what was deleted doesn't come in again")
	require.NoError(t, s.CheckInvariants(t.Context()))
}

// TestFeedbackComesAndGoes changes, deletes and takes back pieces at random;
// the workspace must agree with itself at the end, and with the counts.
func TestFeedbackComesAndGoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		asset := mustImport(t, w.replicas[0], approved("a", "x"))
		type piece struct {
			by      string
			verdict Verdict
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
		drawn := func(t *rapid.T) Feedback {
			return Feedback{
				Asset: asset, Version: 1, Verdict: rapid.SampledFrom(Verdicts).Draw(t, "verdict"),
				Reporter: rapid.SampledFrom([]string{"U1", "U2", "U3", "U4"}).Draw(t, "who"),
				Persona:  rapid.SampledFrom([]string{"", "cfo", "it"}).Draw(t, "persona"),
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"say": func(t *rapid.T) {
				in := drawn(t)
				in.Words = "w"
				f, err := w.store(t).AddFeedback(t.Context(), "", in, "C1")
				require.NoError(t, err)
				pieces[f.ID] = &piece{in.Reporter, in.Verdict, in.Persona, false, w.clock.Now()}
			},
			"click": func(t *rapid.T) {
				in := drawn(t)
				f, err := w.store(t).AddVerdict(t.Context(), "", in)
				if held := clicked[in.Reporter]; held != "" {
					require.ErrorIs(t, err, ErrConflict)
					require.Equal(t, held, f.ID)
					return
				}
				require.NoError(t, err)
				pieces[f.ID], clicked[in.Reporter] = &piece{in.Reporter, in.Verdict, in.Persona, false, w.clock.Now()}, f.ID
			},
			"edit": func(t *rapid.T) {
				id, p := pick(t)
				in := drawn(t)
				_, err := w.store(t).EditFeedback(t.Context(), "", id, "C1", func(f *Feedback) error {
					f.Verdict, f.Persona = in.Verdict, in.Persona
					return nil
				})
				if p.gone {
					require.ErrorIs(t, err, ErrConflict)
					return
				}
				require.NoError(t, err)
				p.verdict, p.persona = in.Verdict, in.Persona
			},
			"delete": func(t *rapid.T) {
				id, p := pick(t)
				_, err := w.store(t).DeleteFeedback(t.Context(), "", id, "C1")
				if p.gone {
					require.ErrorIs(t, err, ErrConflict)
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
				_, err := w.store(t).UndoFeedback(t.Context(), "", id, "C1", p.by)
				switch {
				case p.gone:
					require.ErrorIs(t, err, ErrConflict)
				case w.clock.Now().Sub(p.at) > UndoWithin:
					require.ErrorIs(t, err, ErrTooLate)
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
				want, failing := Tally{}, map[string]bool{}
				for _, p := range pieces {
					switch p.verdict {
					case Works:
						want.Works++
					case Mixed:
						want.Mixed++
					case Fails:
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
				require.Equal(t, want, servedOf(t, s, asset).Tally)
				a, err := s.Asset(context.Background(), asset)
				require.NoError(t, err)
				require.Equal(t, people >= FailingPeople, len(a.OpenFlags()) > 0, "%d people", people)
			},
		})
		w.consistent(t)
	})
}
