package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

func TestOfManyWhoDecideAtOnceOneWins(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	a, _, err := s.Propose(t.Context(), "", Suggestion{
		Version: Version{Title: "T", Body: "B"}, By: "U1", Filing: Filing{Kind: Email}, Channel: "C1", RemindAt: s.now().Add(time.Hour),
	})
	require.NoError(t, err)
	const people = 8
	errs := make([]error, people)
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			replica, by := another(s), fmt.Sprintf("U%d", i+2)
			if i%2 == 0 {
				_, _, errs[i] = replica.ApproveProposal(t.Context(), by, a.ID, 1, by, s.now())
			} else {
				_, _, errs[i] = replica.RejectProposal(t.Context(), by, a.ID, 1, by, "why")
			}
		})
	}
	all.Wait()
	winner := ""
	for i, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, ErrConflict)
			continue
		}
		require.Empty(t, winner, "one wins")
		winner = fmt.Sprintf("U%d", i+2)
	}
	v, err := s.Version(t.Context(), a.ID, 1)
	require.NoError(t, err)
	require.Equal(t, winner, v.ApprovedBy+v.Settled.By, "the others learn who")
	_, _, err = s.ApproveProposal(t.Context(), winner, a.ID, 1, winner, s.now())
	require.ErrorIs(t, err, ErrDuplicate, "the winner's click delivered twice")
	require.Equal(t, []string{"C1 asset:C-1/proposal-1", "U1 asset:C-1/outcome-1"}, sortedDrain(t, s))
}

func TestCheckInvariantsKnowsTheReviewQueue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		spoil func(s *Store, id string) error
		fault string
	}{
		{"an asset that isn't to be reviewed", func(s *Store, id string) error {
			return s.rdb.Do(t.Context(), "ZADD", s.keys.reviews(), 1, id).Err()
		}, "which doesn't belong there"},
		{"no timer for its last day", func(s *Store, id string) error {
			return s.rdb.ZRem(t.Context(), s.keys.due(), timerMember(ReviewTimer, id)).Err()
		}, "no timer wakes"},
		{"a timer for nothing", func(s *Store, _ string) error {
			return s.rdb.Do(t.Context(), "ZADD", s.keys.due(), 1, timerMember(DecideTimer, "C-9")).Err()
		}, "nothing to wake for"},
		{"an author who decides", func(s *Store, id string) error {
			c := s.change("")
			a, err := s.Asset(t.Context(), id)
			require.NoError(t, err)
			v, err := s.Version(t.Context(), id, 1)
			require.NoError(t, err)
			v.Proposal.Decider = v.Author
			require.NoError(t, s.writeVersions(t.Context(), c, &a, v))
			_, err = c.commitAs(t.Context(), "")
			return err
		}, "which is theirs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(testConn, newTeam(), clockwork.NewFakeClockAt(start))
			id := approvedIn(t, s, 90)
			require.NoError(t, s.CheckInvariants(t.Context()))
			require.NoError(t, test.spoil(s, id))
			require.ErrorContains(t, s.CheckInvariants(t.Context()), test.fault)
		})
	}
}

func TestAFlagIsSettledByWhateverMakesItTrueAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		how  FlagOutcome
		do   func(s *Store, id string) error
	}{
		{"still right", StillRight, func(s *Store, id string) error {
			_, _, err := s.ConfirmAsset(t.Context(), "", id, 1, "U2", s.now())
			return err
		}},
		{"retired", GoneNow, func(s *Store, id string) error {
			_, _, err := s.RetireAsset(t.Context(), "", id, 1, "U2", "why")
			return err
		}},
		{"new words imported", Replaced, func(s *Store, _ string) error {
			in := approved("pricing-a-la-carte", "other words")
			in.Version.ApprovedBy = "U2"
			_, _, err := s.ImportAsset(t.Context(), in, false)
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			id := approvedIn(t, s, 90)
			drain(t, s)
			for _, who := range []string{"U3", "U2"} {
				_, err := s.FlagAsset(t.Context(), "", id, Flag{Version: 1, By: who, Words: "old", Told: "U2"})
				require.NoError(t, err)
			}
			_, err := s.FlagAsset(t.Context(), "", id, Flag{Version: 1, By: "U3", Words: "old", Told: "U2"})
			require.ErrorIs(t, err, ErrConflict, "the same again")
			require.Len(t, drain(t, s), 2)
			require.NoError(t, test.do(s, id))
			a, err := s.Asset(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, a.OpenFlags())
			require.Equal(t, Settlement{How: test.how, By: "U2", At: s.now()}, a.Flags[0].Settled)
			sent := drain(t, s)
			require.Contains(t, sent, "U3 asset:C-1/heard-1")
			require.NotContains(t, sent, "U2 asset:C-1/heard-2", "who settled it knows")
			_, total, err := s.ReviewQueue(t.Context(), 0, 10)
			require.NoError(t, err)
			require.Zero(t, total)
		})
	}
}

func TestOnlySoManyFlagsAreKept(t *testing.T) {
	t.Parallel()
	a := Asset{ID: "C-1", Approved: 1}
	for i := range 100 {
		flag, added := a.flag(Flag{Why: Outdated, Version: 1, By: fmt.Sprint("U", i)})
		require.Equal(t, len(a.OpenFlags()) <= maxOpenFlags && added, added)
		if !added {
			require.Len(t, a.OpenFlags(), maxOpenFlags)
			a.settleFlags(Settlement{How: StillRight})
			continue
		}
		require.Equal(t, flag, a.Flags[len(a.Flags)-1])
		require.LessOrEqual(t, len(a.Flags), maxOpenFlags+keptFlags)
	}
}

func TestSlugsOfTitles(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Pricing, à la carte": "pricing-a-la-carte", "It’s £95!": "its-95", "  ": "", "日本": "", "UPPER_case": "upper-case",
	} {
		require.Equal(t, want, slugOf(title))
	}
	require.LessOrEqual(t, len(slugOf(string(make([]rune, 10))+"é"+fmt.Sprintf("%0200d", 1))), maxSlug)
}
