package leadrepo

import (
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/storetest"
	"smarketer/store/storetest/cutter"
)

// brittle is a workspace as a process sees it whose connections break.
func brittle(t *testing.T, cut *cutter.Cutter, s *workspace, clock clockwork.Clock) *workspace {
	t.Helper()
	return open(store.New(cut.Connect(t, redisURL), teamOf(s), clock))
}

// teamOf is the team whose workspace it is.
func teamOf(s *workspace) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.store.Key(""), "sm:{"), "}:")
}

func TestOneLostAnswerIsNotNoticed(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	mustTakeIn(t, s, webLead("1")) // and Redis knows the scripts
	var cut cutter.Cutter
	b := brittle(t, &cut, s, clock)

	cut.LoseNext(1)
	_, what, err := b.TakeIn(t.Context(), "", webLead("2"), allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what)
	require.True(t, cut.LostAll())

	cut.LoseNext(1)
	l, err := b.Claim(t.Context(), "click", "L-2", "U1", lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, "U1", l.Owner)
	require.True(t, cut.LostAll())
	require.Equal(t, []string{"C1 lead:L-1", "C1 lead:L-2", "U1 lead:L-2/1"}, sortedDrain(t, s))
}

func TestAnAnswerLostForGoodIsUncertain(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	var cut cutter.Cutter
	b := brittle(t, &cut, s, clock)

	cut.LoseNext(4) // the first try and three more
	_, err := b.Claim(t.Context(), "click", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrUncertain)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrConflict)

	l, err := b.Claim(t.Context(), "click", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrDuplicate, "it had been saved, and the same request finds out")
	require.Equal(t, "U1", l.Owner)
}

func TestNothingIsSavedWhereRedisIsNot(t *testing.T) {
	t.Parallel()
	none := storetest.Connect(t, "unix://"+t.TempDir()+"/none.sock")
	s := open(store.New(none, storetest.Team(), clockwork.NewFakeClockAt(start)))

	_, err := s.Claim(t.Context(), "click", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrUncertain)
	_, _, err = s.TakeIn(t.Context(), "", webLead("1"), allQualify())
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrUncertain)
}
