package store

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
)

// chorus is a piece that n others stand behind, of so many people, with the
// outbox empty.
func chorus(t *testing.T, s *Store, n, people int) {
	t.Helper()
	heard(t, s, func(f *Feedback) { f.Reporter = "U0" })
	for i := range n {
		f := heard(t, s, func(f *Feedback) { f.Reporter = fmt.Sprintf("U%d", (i+1)%people) })
		_, err := s.JoinFeedback(t.Context(), "", f.ID, "F-1", "C9")
		require.NoError(t, err)
	}
	drain(t, s)
}

// takeSteps wakes the timer by which steps reach joined pieces.
func takeSteps(t *testing.T, s *Store) error {
	t.Helper()
	timers, _, err := s.LeaseTimers(t.Context(), 10, 0)
	require.NoError(t, err)
	for _, timer := range timers {
		if timer.Name == SpreadTimer {
			return s.SpreadFeedback(t.Context(), timer)
		}
	}
	return nil
}

// dying is the same workspace as a process sees it that ends after so many
// commands.
func dying(t *testing.T, s *Store, commands int64) *Store {
	t.Helper()
	rdb, err := Connect(testRedis.URL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	left := new(atomic.Int64)
	left.Store(commands)
	rdb.AddHook(lastCommands{left})
	dead := another(s)
	dead.rdb = rdb
	return dead
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

func TestEveryoneBehindAPieceHearsOnceThoughTheProcessDies(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	const pieces, people = 3*spreadBatch/2 + 5, 40
	chorus(t, s, pieces, people)
	_, err := s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackPlanned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	deaths := 0
	for ; ; deaths++ {
		clock.Advance(time.Second)
		if err := takeSteps(t, dying(t, s, 60)); err == nil {
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
	last, err := s.Feedback(t.Context(), fmt.Sprintf("F-%d", pieces+1))
	require.NoError(t, err)
	require.Equal(t, FeedbackPlanned, last.Status)
}

func TestAPieceThatIsJoinedLateHearsHowItStands(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	chorus(t, s, 1, 2)
	_, err := s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackActioned, By: "U9", Result: "C-1@2"}, 0, "C9")
	require.NoError(t, err)
	require.NoError(t, takeSteps(t, s))
	drain(t, s)
	heard(t, s, func(f *Feedback) { f.Reporter = "U7" })
	late, err := s.JoinFeedback(t.Context(), "twice", "F-3", "F-2", "C9")
	require.NoError(t, err)
	require.Equal(t, "F-1", late.Joined, "behind the one that the other stands behind")
	require.Equal(t, FeedbackActioned, late.Status)
	require.Equal(t, "C-1@2", late.Steps[0].Result)
	require.Contains(t, drain(t, s), "U7 feedback:F-3/step-1")
	again, err := s.JoinFeedback(t.Context(), "twice", "F-3", "F-2", "C9")
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, late.Joined, again.Joined)
}

func TestADeletedPieceGoesOnHoldingOthers(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	chorus(t, s, 2, 3)
	_, err := s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackTriaged, By: "U9", Question: "Who is Xaver?"}, 0, "C9")
	require.NoError(t, err)
	_, err = s.DeleteFeedback(t.Context(), "", "F-1", "C9")
	require.NoError(t, err)
	head, err := s.Feedback(t.Context(), "F-1")
	require.NoError(t, err)
	require.Equal(t, 2, head.Behind)
	require.Equal(t, 2, head.People, "a voice that left is none")
	require.Empty(t, head.Steps[0].Question)
	_, err = s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackPlanned, By: "U9"}, 1, "C9")
	require.NoError(t, err, "those behind it still want to hear")
	_, err = s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackPlanned, By: "U9", Question: "Who?"}, 2, "C9")
	require.ErrorIs(t, err, ErrConflict, "there is nobody to ask")
	require.NoError(t, takeSteps(t, s))
	member, err := s.Feedback(t.Context(), "F-2")
	require.NoError(t, err)
	require.Equal(t, FeedbackPlanned, member.Status)
	for _, id := range []string{"F-2", "F-3"} {
		_, err = s.SplitFeedback(t.Context(), "", id, "C9")
		require.NoError(t, err)
	}
	found, _, err := s.FindFeedback(t.Context(), FeedbackFilter{Status: FeedbackPlanned}, "", 10)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"F-2", "F-3"}, idsOf(found))
}

func TestCheckFindsWhatIsWrongWithJoinedFeedback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"inbox lacks a piece", zrem("feedback:with:status:new", "F-1"), `feedback:with:status:new lacks "F-1"`},
		{"inbox has a joined piece", zadd("feedback:with:status:new", "F-2"), `feedback:with:status:new has "F-2"`},
		{"an inbox of nothing", zadd("feedback:with:competitor:x", "F-2"), `feedback:with:competitor:x has "F-2"`},
		{"not behind it", zrem("feedback:behind:F-1", "F-2"), `feedback:behind:F-1 lacks "F-2"`},
		{"behind another", zadd("feedback:behind:F-3", "F-2"), `feedback:behind:F-3 has "F-2"`},
		{"a voice lost", hdel("feedback:voices:F-1", "U1"), `feedback:voices:F-1 lacks "U1"`},
		{"a voice too many", hset("feedback:voices:F-1", "U9", "F-3"), `feedback:voices:F-1 has "U9"`},
		{"another's voice", hset("feedback:voices:F-1", "U1", "F-3"), `feedback:voices:F-1 has "F-3" for "U1" instead of "F-2"`},
		{"wrong numbers", hset("feedback:F-1", "doc", `{"id":"F-1","words":"w","source":"sales","reporter":"U0","status":"new","created":"2026-11-20T10:00:00Z","behind":2,"people":3}`), "F-1 has 2 behind it, and there are 1"},
		{"behind nothing", hset("feedback:F-2", "doc", `{"id":"F-2","words":"w","source":"sales","reporter":"U1","status":"new","created":"2026-11-20T10:00:00Z","joined":"F-8"}`), "F-2 stands behind F-8, which can't be"},
		{"nobody brings the step", zrem("due", "feedback.spread:F-1"), "F-2 has not taken step 1 of F-1, and no timer is set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(testConn, newTeam(), clockwork.NewFakeClockAt(start))
			chorus(t, s, 1, 2)
			heard(t, s, func(*Feedback) {})
			if strings.HasPrefix(test.name, "nobody") {
				_, err := s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackPlanned, By: "U9"}, 0, "C9")
				require.NoError(t, err)
			}
			require.NoError(t, s.CheckInvariants(t.Context()))
			require.NoError(t, test.harm(t.Context(), testConn, func(k string) string { return s.keys.root + k }))
			require.ErrorContains(t, s.CheckInvariants(t.Context()), test.fault)
		})
	}
}

func TestAPersonWithSeveralPiecesHearsByTheFirst(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	chorus(t, s, 3, 1) // all of U0
	head, err := s.Feedback(t.Context(), "F-1")
	require.NoError(t, err)
	require.Equal(t, 3, head.Behind)
	require.Equal(t, 1, head.People)
	_, err = s.TriageFeedback(t.Context(), "", "F-1", Step{Status: FeedbackPlanned, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	require.NoError(t, takeSteps(t, s))
	told := slices.DeleteFunc(drain(t, s), func(sent string) bool { return !strings.Contains(sent, "/step-") })
	require.Equal(t, []string{"U0 feedback:F-1/step-1"}, told)
}
