package feedbackrepo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/storetest"
)

// joinedPieces is a piece that n others are joined to, of so many people, with the
// outbox empty.
func joinedPieces(t *testing.T, s *workspace, n, people int) {
	t.Helper()
	heard(t, s, func(f *feedback.Piece) { f.Reporter = "U0" })

	for i := range n {
		f := heard(t, s, func(f *feedback.Piece) { f.Reporter = fmt.Sprintf("U%d", (i+1)%people) })
		_, err := s.Join(t.Context(), "", f.ID, "F-1", "C9")
		require.NoError(t, err)
	}

	drain(t, s)
}

// takeSteps wakes the timer by which steps reach joined pieces.
func takeSteps(t *testing.T, s *workspace) error {
	t.Helper()
	timers, _, err := s.store.LeaseTimers(t.Context(), 10, 0)
	require.NoError(t, err)

	for _, timer := range timers {
		if timer.Name == feedback.CatchUpTimer {
			return s.CatchUp(t.Context(), timer)
		}
	}

	return nil
}

// dying is the same workspace as a process sees it that ends after so many
// commands.
func dying(t *testing.T, s *workspace, clock clockwork.Clock, commands int64) *workspace {
	t.Helper()
	rdb := storetest.Connect(t, redisURL)
	left := new(atomic.Int64)
	left.Store(commands)
	rdb.AddHook(lastCommands{left})
	return opened(rdb, s, clock)
}

// lastCommands refuses every command after the last.
type lastCommands struct{ left *atomic.Int64 }

func (l lastCommands) DialHook(next redis.DialHook) redis.DialHook { return next }

func (l lastCommands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if l.left.Add(-1) < 0 {
			cmd.SetErr(io.EOF)
			return io.EOF
		}

		return next(ctx, cmd)
	}
}

func (l lastCommands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestEverybodyIsToldOnceThoughTheProcessDies(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	const pieces, people = 3*catchUpBatch/2 + 5, 40
	joinedPieces(t, s, pieces, people)
	_, err := s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Planned, By: "U9"}, 0, "C9")
	require.NoError(t, err)

	deaths := 0
	for ; ; deaths++ {
		clock.Advance(time.Second)

		if err := takeSteps(t, dying(t, s, clock, 60)); err == nil {
			break
		}
	}

	require.Positive(t, deaths)

	told := map[string]int{}
	for _, sent := range drain(t, s) {
		if person, card, _ := strings.Cut(sent, " "); strings.Contains(card, "/step-") {
			told[person]++
		}
	}

	require.Len(t, told, people)

	for person, n := range told {
		require.Equal(t, 1, n, person)
	}

	last, err := s.Piece(t.Context(), fmt.Sprintf("F-%d", pieces+1))
	require.NoError(t, err)
	require.Equal(t, feedback.Planned, last.Status)
}

func TestTheReporterOfAPieceJoinedLateIsToldHowItStands(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	joinedPieces(t, s, 1, 2)
	_, err := s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Actioned, By: "U9", Result: "C-1@2"}, 0, "C9")
	require.NoError(t, err)
	require.NoError(t, takeSteps(t, s))
	drain(t, s)
	heard(t, s, func(f *feedback.Piece) { f.Reporter = "U7" })
	late, err := s.Join(t.Context(), "twice", "F-3", "F-2", "C9")
	require.NoError(t, err)
	require.Equal(t, "F-1", late.Primary, "joined to the one that the other is joined to")
	require.Equal(t, feedback.Actioned, late.Status)
	require.Equal(t, "C-1@2", late.Steps[0].Result)
	require.Contains(t, drain(t, s), "U7 feedback:F-3/step-1")
	again, err := s.Join(t.Context(), "twice", "F-3", "F-2", "C9")
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, late.Primary, again.Primary)
}

func TestADeletedPieceStaysPrimary(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	joinedPieces(t, s, 2, 3)
	_, err := s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Triaged, By: "U9", Question: "Who is Xaver?"}, 0, "C9")
	require.NoError(t, err)
	_, err = s.Delete(t.Context(), "", "F-1", "C9")
	require.NoError(t, err)
	primary, err := s.Piece(t.Context(), "F-1")
	require.NoError(t, err)
	require.Equal(t, 2, primary.Members)
	require.Equal(t, 2, primary.People, "who left doesn't count")
	require.Empty(t, primary.Steps[0].Question)
	_, err = s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Planned, By: "U9"}, 1, "C9")
	require.NoError(t, err, "those joined to it still want to be told")
	_, err = s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Planned, By: "U9", Question: "Who?"}, 2, "C9")
	require.ErrorIs(t, err, errs.ErrConflict, "there is nobody to ask")
	require.NoError(t, takeSteps(t, s))
	member, err := s.Piece(t.Context(), "F-2")
	require.NoError(t, err)
	require.Equal(t, feedback.Planned, member.Status)

	for _, id := range []string{"F-2", "F-3"} {
		_, err = s.Split(t.Context(), "", id, "C9")
		require.NoError(t, err)
	}

	found, _, err := s.Find(t.Context(), feedback.Filter{Status: feedback.Planned}, "", 10)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"F-2", "F-3"}, idsOf(found))
}

func TestAPersonWithSeveralPiecesIsToldByTheFirst(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	joinedPieces(t, s, 3, 1) // all of U0
	primary, err := s.Piece(t.Context(), "F-1")
	require.NoError(t, err)
	require.Equal(t, 3, primary.Members)
	require.Equal(t, 1, primary.People)
	_, err = s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Planned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	require.NoError(t, takeSteps(t, s))
	told := slices.DeleteFunc(drain(t, s), func(sent string) bool { return !strings.Contains(sent, "/step-") })
	require.Equal(t, []string{"U0 feedback:F-1/step-1"}, told)
}
