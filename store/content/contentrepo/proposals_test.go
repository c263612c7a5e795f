package contentrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
)

// approvedIn is an asset that was suggested by U1 and approved by U2.
func approvedIn(t *testing.T, s *workspace, days int) (id string) {
	t.Helper()
	a, _, err := s.Propose(t.Context(), "", content.Suggestion{
		Version: content.Version{Title: "Pricing, à la carte", Body: "It costs 95."}, By: "U1", Purpose: content.Purpose{Kind: content.Email, Topics: []string{"pricing"}},
		Channel: "C1", Deciders: []string{"U2"}, RemindAt: s.store.Now().Add(time.Hour),
	})
	require.NoError(t, err)
	_, _, err = s.Approve(t.Context(), "", a.ID, 1, "U2", s.store.Now().AddDate(0, 0, days).Truncate(24*time.Hour))
	require.NoError(t, err)
	return a.ID
}

func TestAProposalFromItsSuggestionToItsApproval(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := approvedIn(t, s, 90)
	require.Equal(t, []string{"C1 asset:C-1/proposal-1", "U1 asset:C-1/outcome-1"}, sortedDrain(t, s))
	a, err := s.Asset(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "pricing-a-la-carte", a.Slug)
	require.Equal(t, "U2", a.Owner, "who approves a piece that has no owner keeps it")

	change := content.Suggestion{Asset: id, Version: content.Version{Title: "Pricing", Body: "It costs 99."}, By: "U3", Purpose: content.Purpose{Kind: content.OneLiner}, Channel: "C1",
		Deciders: []string{"U4", "U2"}, RemindAt: s.store.Now()}
	_, v, err := s.Propose(t.Context(), "op", change)
	require.NoError(t, err)
	require.Equal(t, "U2", v.Proposal.Decider, "the owner goes first")
	_, again, err := s.Propose(t.Context(), "op", change)
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, v.Number, again.Number)
	require.Equal(t, "It costs 95.", servedOf(t, s, id).Version.Body, "what is approved is served meanwhile")
	require.Equal(t, content.Email, servedOf(t, s, id).Kind)
	_, _, err = s.AskForChanges(t.Context(), "", id, 2, "U2", "why")
	require.NoError(t, err)
	change.Rework, change.Version.Body = 2, "It costs 98."
	_, v, err = s.Propose(t.Context(), "", change)
	require.NoError(t, err)
	require.Equal(t, 3, v.Number)
	require.Equal(t, 2, v.Proposal.First, "the same card goes on")
	_, _, err = s.Approve(t.Context(), "", id, 3, "U2", s.store.Now())
	require.NoError(t, err)
	require.Equal(t, content.OneLiner, servedOf(t, s, id).Kind)
	require.Equal(t, []string{"C1 asset:C-1/proposal-2", "U3 asset:C-1/asked-2", "U3 asset:C-1/outcome-3"}, sortedDrain(t, s))
}

func TestReviewsInTime(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	id := approvedIn(t, s, 10)
	drain(t, s)
	wakeContent(t, s)
	require.Empty(t, drain(t, s))
	clock.Advance(3 * 24 * time.Hour)
	wakeContent(t, s)
	require.Len(t, drain(t, s), 1, "a week ahead its keeper is asked")
	clock.Advance(7 * 24 * time.Hour)
	require.NotNil(t, servedOf(t, s, id), "the last day is part of it")
	clock.Advance(24 * time.Hour)
	wakeContent(t, s)
	require.Len(t, drain(t, s), 1, "the question says that the day is over")
	require.Nil(t, servedOf(t, s, id))
	queue, total, err := s.ReviewQueue(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, content.PastDate, queue[0].OpenFlags()[0].Why)
	_, _, err = s.Confirm(t.Context(), "", id, 1, "U2", s.store.Now().AddDate(0, 0, 30))
	require.NoError(t, err)
	require.NotNil(t, servedOf(t, s, id))
	require.Len(t, drain(t, s), 1, "the question shows the answer")
}

func TestRecallTellsEverybodyOnce(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	id := approvedIn(t, s, 90)
	drain(t, s)
	used := func(who string, at time.Time) {
		require.NoError(t, s.CountUses(t.Context(), []content.Use{{Asset: id, Version: 1, What: content.Pulls, By: who, N: 1, At: at}}))
	}
	used("U9", clock.Now())
	clock.Advance(content.UsesKept + time.Hour)

	for _, who := range []string{"U1", "U2", "U3", "U4", "U5"} {
		used(who, clock.Now())
	}

	_, _, err := s.Retire(t.Context(), "", id, 1, "U2", "why")
	require.NoError(t, err)
	clock.Advance(5 * time.Second)
	timers, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)

	for _, timer := range timers {
		if timer.Name != content.RecallTimer {
			continue
		}

		require.NoError(t, s.Recall(t.Context(), timer, 2))
		require.NoError(t, another(s).Recall(t.Context(), timer, 2), "another process that has the timer no longer changes nothing")
	}

	require.Len(t, drain(t, s), 1, "of the first two one is who retired it")
	wakeContent(t, s)
	require.Equal(t, []string{"U3 asset:C-1/recall-1", "U4 asset:C-1/recall-1", "U5 asset:C-1/recall-1"}, sortedDrain(t, s))
	require.NoError(t, sound(t, s))
}
