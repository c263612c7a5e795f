package contentrepo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

func searched(key, by string) content.Search {
	return content.Search{Key: key, Words: "Words of " + key, By: by, Channel: "C1"}
}

func mustRecord(t require.TestingT, s *workspace, key, by string) content.Gap {
	g, err := s.RecordGap(testContext(t), "", searched(key, by))
	require.NoError(t, err)
	return g
}

func gapIDs(t require.TestingT, s *workspace, offset, limit int) (ids []string) {
	gaps, _, err := s.OpenGaps(testContext(t), offset, limit)
	require.NoError(t, err)

	for _, g := range gaps {
		ids = append(ids, g.ID)
	}

	return ids
}

// wakeGaps does what is due for gaps.
func wakeGaps(t require.TestingT, s *workspace) (woken int) {
	for {
		timers, _, err := s.store.LeaseTimers(testContext(t), 10, time.Minute)
		require.NoError(t, err)

		if len(timers) == 0 {
			return woken
		}

		for _, timer := range timers {
			if timer.Name != content.GapAnsweredTimer {
				continue
			}

			woken++

			require.NoError(t, s.TellAskers(testContext(t), timer))
		}
	}
}

func TestGapsThatNobodyMissesAreForgotten(t *testing.T) {
	t.Parallel()
	s, fake := newWorkspace(t)
	mustRecord(t, s, "typo", "U0RAJ")
	asked := mustRecord(t, s, "asked", "U0RAJ")
	_, err := s.AskForGap(t.Context(), "", asked.ID, "U0RAJ", "", "C1")
	require.NoError(t, err)

	for range content.Seldom + 1 {
		mustRecord(t, s, "often", "U0RAJ")
	}

	for range content.Seldom {
		mustRecord(t, s, "again", "U0LEA")
	}

	fake.Advance(48 * time.Hour)
	since := fake.Now().Add(-time.Hour)
	late := mustRecord(t, s, "late", "U0RAJ")
	mustRecord(t, s, "again", "U0RAJ")
	require.NoError(t, s.ForgetGaps(t.Context(), since))
	_, err = s.GapByKey(t.Context(), "typo")
	require.ErrorIs(t, err, errs.ErrNotFound)
	require.Len(t, gapIDs(t, s, 0, 10), 4)
	require.Contains(t, gapIDs(t, s, 0, 10), late.ID)
	require.Equal(t, 1, mustRecord(t, s, "typo", "U0RAJ").People, "it begins anew")
	require.NoError(t, sound(t, s))
}

// Somebody may ask for a gap after it was found among those to forget.
func TestAGapThatIsAskedForMeanwhileIsNotForgotten(t *testing.T) {
	t.Parallel()
	s, fake := newWorkspace(t)
	g := mustRecord(t, s, "typo", "U0RAJ")
	fake.Advance(48 * time.Hour)
	_, err := s.AskForGap(t.Context(), "", g.ID, "U0LEA", "", "C1")
	require.NoError(t, err)

	gone, err := s.forgetGap(t.Context(), g.ID, fake.Now())
	require.NoError(t, err)
	require.False(t, gone)
	_, err = s.Gap(t.Context(), g.ID)
	require.NoError(t, err)
}

// What can't be forgotten, as an index that is out of step may list, ends the
// search for what can be.
func TestForgettingGapsEndsWithAnIndexOutOfStep(t *testing.T) {
	t.Parallel()
	s := spoilt(t)
	mustRecord(t, s, "typo", "U0RAJ")
	for i := range 2 * forgetBatch {
		id := fmt.Sprintf("G-%d", 100+i)
		require.NoError(t, s.rdb.ZAdd(t.Context(), s.keys.gapRank(), redis.Z{Score: float64(content.Gap{Searches: 1}.Rank()), Member: id}).Err())
	}

	require.NoError(t, s.ForgetGaps(t.Context(), start.Add(48*time.Hour)))
	_, err := s.GapByKey(t.Context(), "typo")
	require.ErrorIs(t, err, errs.ErrNotFound)
}

func TestTheSameWordsAreTheSameGap(t *testing.T) {
	t.Parallel()
	s, fake := newWorkspace(t)
	first := mustRecord(t, s, "soc2", "U0RAJ")

	fake.Advance(time.Hour)
	again, err := s.RecordGap(t.Context(), "op", content.Search{Key: "soc2", Words: "SOC2!", By: "U0RAJ", Channel: "C2"})
	require.NoError(t, err)
	twice, err := s.RecordGap(t.Context(), "op", content.Search{Key: "soc2", Words: "SOC2!", By: "U0RAJ", Channel: "C2"})
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, again, twice)
	other := mustRecord(t, s, "fedramp", "U0LEA")
	require.NotEqual(t, first.ID, other.ID)
	g := mustRecord(t, s, "soc2", "U0LEA")
	require.Equal(t, content.Gap{
		ID: first.ID, Key: "soc2", Words: "Words of soc2", Status: content.GapOpen, Searches: 3, People: 2, Channels: []string{"C1", "C2"},
		First: start, Last: fake.Now(), Rev: 3,
	}, g)
	byKey, err := s.GapByKey(t.Context(), "soc2")
	require.NoError(t, err)
	require.Equal(t, g, byKey)
	_, err = s.GapByKey(t.Context(), "nothing")
	require.ErrorIs(t, err, errs.ErrNotFound)
	require.Equal(t, []string{first.ID, other.ID}, gapIDs(t, s, 0, 10))
}

func TestWhatIsAskedForComesFirst(t *testing.T) {
	t.Parallel()

	s, fake := newWorkspace(t)
	often, asked, late, old := mustRecord(t, s, "often", "U1"), mustRecord(t, s, "asked", "U1"), content.Gap{}, mustRecord(t, s, "old", "U1")
	for range 5 {
		mustRecord(t, s, "often", "U1")
	}

	_, err := s.AskForGap(t.Context(), "", asked.ID, "U1", "", "C9")
	require.NoError(t, err)
	fake.Advance(2 * time.Hour)
	late = mustRecord(t, s, "late", "U1")
	require.Equal(t, []string{asked.ID, often.ID, late.ID, old.ID}, gapIDs(t, s, 0, 10))
	require.Equal(t, []string{often.ID, late.ID}, gapIDs(t, s, 1, 2))
	_, total, err := s.OpenGaps(t.Context(), 3, 1)
	require.NoError(t, err)
	require.Equal(t, 4, total)
}

func TestEveryoneWhoAskedIsToldOnce(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)

	asset := mustImport(t, s, approved("a", "x"))
	g := mustRecord(t, s, "soc2", "U1")
	const people = 2*toldAtOnce + 1
	for i := range people {
		_, err := s.AskForGap(t.Context(), "", g.ID, fmt.Sprintf("U%03d", i), "", "C9")
		require.NoError(t, err)
	}

	g, err := s.AskForGap(t.Context(), "", g.ID, "U000", "for the bank", "C9")
	require.NoError(t, err)
	require.Equal(t, people, g.Asked, "who asks twice counts once")
	require.Equal(t, []content.GapNote{{By: "U000", Text: "for the bank"}}, g.Notes)
	require.Equal(t, []string{"C9 gap:G-1"}, drain(t, s), "one card")

	g, err = s.CloseGap(t.Context(), "close", g.ID, "U0MIA", asset, "C9")
	require.NoError(t, err)
	require.Equal(t, content.GapClosed, g.Status)
	_, err = s.CloseGap(t.Context(), "close", g.ID, "U0MIA", asset, "C9")
	require.ErrorIs(t, err, errs.ErrDuplicate, "delivered twice")
	late, err := s.DeclineGap(t.Context(), "too late", g.ID, "U0IVY", "no", "C9")
	require.ErrorIs(t, err, errs.ErrConflict)
	require.Equal(t, "U0MIA", late.By, "who comes second learns who was first")
	_, err = s.AskForGap(t.Context(), "", g.ID, "U9", "", "C9")
	require.ErrorIs(t, err, errs.ErrConflict)

	require.Equal(t, 3, wakeGaps(t, s))
	sent := sortedDrain(t, s)
	require.Len(t, sent, people+1)

	for i, line := range sent[1:] {
		require.Equal(t, fmt.Sprintf("U%03d gap:G-1/answer1", i), line)
	}

	require.Empty(t, gapIDs(t, s, 0, 10))
}

func TestATimerThatSomebodyElseHasTellsNobody(t *testing.T) {
	t.Parallel()
	s, fake := newWorkspace(t)
	g := mustRecord(t, s, "soc2", "U1")
	_, err := s.AskForGap(t.Context(), "", g.ID, "U1", "", "C9")
	require.NoError(t, err)
	_, err = s.DeclineGap(t.Context(), "", g.ID, "U0MIA", "not ours", "C9")
	require.NoError(t, err)
	drain(t, s)
	timers, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	fake.Advance(2 * time.Minute)
	again, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.TellAskers(t.Context(), timers[0]))
	require.Empty(t, drain(t, s), "the lease had run out")
	require.NoError(t, s.TellAskers(t.Context(), again[0]))
	require.Equal(t, []string{"U1 gap:G-1/answer1"}, drain(t, s))
}

func TestAClosedGapOpensAgainWithoutItsAsset(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, approved("a", "x"))
	g := mustRecord(t, s, "soc2", "U1")
	_, err := s.CloseGap(t.Context(), "", g.ID, "U0MIA", asset, "C9")
	require.NoError(t, err)
	require.Equal(t, content.GapClosed, mustRecord(t, s, "soc2", "U2").Status)
	mustImport(t, s, draft("a", "x"))
	again := mustRecord(t, s, "soc2", "U2")
	require.Equal(t, content.GapOpen, again.Status)
	require.Empty(t, again.Asset)
	_, err = s.AskForGap(t.Context(), "", g.ID, "U2", "", "C9")
	require.NoError(t, err)
	wakeGaps(t, s)
	drain(t, s)
	ended, err := s.DeclineGap(t.Context(), "", g.ID, "U0MIA", "not ours", "C9")
	require.NoError(t, err)
	require.Equal(t, content.GapDeclined, ended.Status)
	wakeGaps(t, s)
	require.Equal(t, []string{"C9 gap:G-1", "U2 gap:G-1/answer2"}, sortedDrain(t, s), "a message of its own for the second end")
	require.Equal(t, content.GapDeclined, mustRecord(t, s, "soc2", "U2").Status, "what was declined stays so")
}

// TestGapsAgainstAModel drives gaps at random. Everyone who asked is told as
// often as what they asked for ended, and Check compares gaps with
// their indexes.
// Those who asked are told of a closed gap just while a search opens it again:
// who is told no longer waits.
func TestAGapThatOpensAgainCountsWhoStillWaits(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	asset := mustImport(t, s, approved("a", "x"))
	g := mustRecord(t, s, "soc2", "U1")
	_, err := s.AskForGap(t.Context(), "", g.ID, "U1", "", "C9")
	require.NoError(t, err)
	_, err = s.CloseGap(t.Context(), "", g.ID, "U0MIA", asset, "C9")
	require.NoError(t, err)
	mustImport(t, s, draft("a", "x"))

	told := false
	g, err = s.updateGap(t.Context(), "", func(tx *store.Tx) (content.Gap, error) {
		g, err := s.loadGap(t.Context(), tx, g.ID)
		require.NoError(t, err)
		g, err = s.reopen(t.Context(), g)
		require.NoError(t, err)

		if !told {
			told = true
			require.Equal(t, 1, wakeGaps(t, s))
		}

		return g, nil
	})
	require.NoError(t, err)
	require.Equal(t, content.GapOpen, g.Status)
	require.Zero(t, g.Asked)
}

func TestGapsAgainstAModel(tt *testing.T) {
	tt.Parallel()
	rapid.Check(tt, func(t *rapid.T) {
		w := newWorld(tt)
		s := w.replicas[0]
		asset := mustImport(t, s, approved("a", "x"))
		asking := map[string]map[string]bool{}
		id := func(t *rapid.T) string { return fmt.Sprintf("G-%d", rapid.IntRange(1, 3).Draw(t, "gap")) }
		person := func(t *rapid.T) string { return fmt.Sprintf("U%d", rapid.IntRange(1, 4).Draw(t, "person")) }
		t.Repeat(map[string]func(*rapid.T){
			"search": func(t *rapid.T) {
				mustRecord(t, s, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "words"), person(t))
			},
			"ask": func(t *rapid.T) {
				gap, by := id(t), person(t)
				if _, err := s.AskForGap(testContext(t), "", gap, by, "", "C9"); err == nil {
					if asking[gap] == nil {
						asking[gap] = map[string]bool{}
					}

					asking[gap][by] = true
				}
			},
			"end": func(t *rapid.T) {
				gap := id(t)

				var g content.Gap
				var err error
				if rapid.Bool().Draw(t, "close") {
					g, err = s.CloseGap(testContext(t), "", gap, "U0MIA", asset, "C9")
				} else {
					g, err = s.DeclineGap(testContext(t), "", gap, "U0MIA", "not ours", "C9")
				}

				if err != nil {
					return
				}

				wakeGaps(t, s)

				want, sent := map[string]int{}, map[string]int{}
				for by := range asking[gap] {
					want[by+" "+g.AnswerCard()]++
				}

				delete(asking, gap)

				for _, line := range drain(t, s) {
					if !strings.HasPrefix(line, "C9 ") {
						sent[line]++
					}
				}

				require.Equal(t, want, sent)
			},
			"retire":  func(t *rapid.T) { mustImport(t, s, draft("a", "x")) },
			"approve": func(t *rapid.T) { mustImport(t, s, approved("a", "x")) },
			"":        w.consistent,
		})
	})
}
