package contentrepo

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
)

func TestOfManyWhoDecideAtOnceOneWins(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	a, _, err := s.Propose(t.Context(), "", content.Suggestion{
		Version: content.Version{Title: "T", Body: "B"}, By: "U1", Purpose: content.Purpose{Kind: content.Email}, Channel: "C1", RemindAt: s.store.Now().Add(time.Hour),
	})
	require.NoError(t, err)

	const people = 8
	failed := make([]error, people)
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			replica, by := another(s), fmt.Sprintf("U%d", i+2)
			if i%2 == 0 {
				_, _, failed[i] = replica.Approve(t.Context(), by, a.ID, 1, by, s.store.Now())
			} else {
				_, _, failed[i] = replica.Reject(t.Context(), by, a.ID, 1, by, "why")
			}
		})
	}

	all.Wait()

	winner := ""
	for i, err := range failed {
		if err != nil {
			require.ErrorIs(t, err, errs.ErrConflict)
			continue
		}

		require.Empty(t, winner, "one wins")
		winner = fmt.Sprintf("U%d", i+2)
	}

	v, err := s.Version(t.Context(), a.ID, 1)
	require.NoError(t, err)
	require.Equal(t, winner, v.ApprovedBy+v.Decided.By, "the others learn who")
	_, _, err = s.Approve(t.Context(), winner, a.ID, 1, winner, s.store.Now())
	require.ErrorIs(t, err, errs.ErrDuplicate, "the winner's click delivered twice")
	require.Equal(t, []string{"C1 asset:C-1/proposal-1", "U1 asset:C-1/outcome-1"}, sortedDrain(t, s))
}

func TestAFlagIsResolvedByWhateverMakesItTrueAgain(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name string
		how  content.FlagOutcome
		do   func(s *workspace, id string) error
	}{
		{"still right", content.StillRight, func(s *workspace, id string) error {
			_, _, err := s.Confirm(t.Context(), "", id, 1, "U2", s.store.Now())
			return err
		}},
		{"retired", content.Withdrawn, func(s *workspace, id string) error {
			_, _, err := s.Retire(t.Context(), "", id, 1, "U2", "why")
			return err
		}},
		{"new words imported", content.Replaced, func(s *workspace, _ string) error {
			in := approved("pricing-a-la-carte", "other words")
			in.Version.ApprovedBy = "U2"
			_, _, err := s.Import(t.Context(), in, false)
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newWorkspace(t)
			id := approvedIn(t, s, 90)
			drain(t, s)

			for _, who := range []string{"U3", "U2"} {
				_, err := s.FlagOutdated(t.Context(), "", id, content.Flag{Version: 1, By: who, Words: "old", Told: "U2"})
				require.NoError(t, err)
			}

			_, err := s.FlagOutdated(t.Context(), "", id, content.Flag{Version: 1, By: "U3", Words: "old", Told: "U2"})
			require.ErrorIs(t, err, errs.ErrConflict, "the same again")
			require.Len(t, drain(t, s), 2)
			require.NoError(t, test.do(s, id))
			a, err := s.Asset(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, a.OpenFlags())
			require.Equal(t, content.Resolution{How: test.how, By: "U2", At: s.store.Now()}, a.Flags[0].Resolved)
			sent := drain(t, s)
			require.Contains(t, sent, "U3 asset:C-1/heard-1")
			require.NotContains(t, sent, "U2 asset:C-1/heard-2", "who resolved it knows")
			_, total, err := s.ReviewQueue(t.Context(), 0, 10)
			require.NoError(t, err)
			require.Zero(t, total)
		})
	}
}

// A flag that is delivered twice finds the asset as it is, not as it would make
// it once more.
func TestAFlagThatComesTwiceFindsTheAssetAsItIs(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := approvedIn(t, s, 90)
	flag := content.Flag{Version: 1, By: "U3", Told: "U2", Words: "old"}
	_, err := s.FlagOutdated(t.Context(), "op", id, flag)
	require.NoError(t, err)
	confirmed, _, err := s.Confirm(t.Context(), "", id, 1, "U2", start.AddDate(0, 0, 200))
	require.NoError(t, err)

	a, err := s.FlagOutdated(t.Context(), "op", id, flag)
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, confirmed, a)
}

// An asset whose approved version isn't served is not decided on: the version
// that was approved before would be taken for none.
func TestAnAssetOutOfStepIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	s := spoilt(t)
	id := approvedIn(t, s, 90)
	record := s.store.Record(content.Ref(id))
	require.NoError(t, s.rdb.HSet(t.Context(), record, liveField, "").Err())
	before, err := s.rdb.HGetAll(t.Context(), record).Result()
	require.NoError(t, err)

	_, _, err = s.Import(t.Context(), approved("pricing-a-la-carte", "other words"), false)
	require.ErrorContains(t, err, "doctor --deep")
	require.NotErrorIs(t, err, errs.ErrNotFound)
	after, err := s.rdb.HGetAll(t.Context(), record).Result()
	require.NoError(t, err)
	require.Equal(t, before, after)
}
