package status

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store"
	"smarketer/store/storetest"
)

var redisURL string // set once, before any test runs

func TestMain(m *testing.M) { storetest.Main(m, &redisURL) }

func newRoom(t *testing.T) *Room {
	t.Helper()
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC))
	return &Room{
		Store: storetest.Store(t, redisURL, clock), Clock: clock,
		Connections: func() int { return 2 }, Library: func() (int, bool) { return 23, true },
	}
}

// archive has timers given up whose work failed.
func archive(t *testing.T, s *store.Store, timers ...store.Timer) {
	t.Helper()
	_, err := s.Update(t.Context(), "", func(tx *store.Tx) error {
		for _, timer := range timers {
			tx.SetTimer(timer.Name, timer.Ref, tx.Now())
		}

		return nil
	})
	require.NoError(t, err)
	leased, _, err := s.LeaseTimers(t.Context(), len(timers), time.Minute)
	require.NoError(t, err)

	for _, timer := range leased {
		require.NoError(t, s.ArchiveTimer(t.Context(), timer, "failed 12 times (ref 7f3a)"))
	}
}

func TestDeadTimersAreShown(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	archive(t, room.Store, store.Timer{Name: "lead.sla", Ref: "L-1"}, store.Timer{Name: "leads.digest"})
	m, err := room.message(t.Context())
	require.NoError(t, err)
	roomtest.Message(t, "dead_timers", m)
}

func TestOnlySomeDeadTimersAreShown(t *testing.T) {
	t.Parallel()
	room := newRoom(t)

	var timers []store.Timer
	for _, ref := range []string{"L-1", "L-2", "L-3", "L-4", "L-5", "L-6", "L-7"} {
		timers = append(timers, store.Timer{Name: "lead.sla", Ref: ref})
	}

	archive(t, room.Store, timers...)
	m, err := room.message(t.Context())
	require.NoError(t, err)
	body, err := m.Encode()
	require.NoError(t, err)
	roomtest.Valid(t, body)
	require.Contains(t, string(body), "Was due and could not be done: 7")
	require.Contains(t, string(body), "and 2 older ones")
}

// A click sets the timer again. A second one, or one with a value that names no
// dead timer, finds nothing to do and shows the list as it is.
func TestADeadTimerRunsAgain(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	archive(t, room.Store, store.Timer{Name: "lead.sla", Ref: "L-1"}, store.Timer{Name: "leads.digest"})
	click := func(value string) string {
		reply, err := room.retryTimer(t.Context(), &bot.Request{Value: value})
		require.NoError(t, err)
		require.True(t, reply.Replace)
		return reply.Message.Text
	}

	for _, value := range []string{"", "lead.sla", "lead.sla:L-2", "*", "leads.digest"} {
		require.Contains(t, click(value), "Was due and could not be done: 2", value)
	}

	require.Contains(t, click("lead.sla:L-1"), "Was due and could not be done: 1")
	require.Contains(t, click("lead.sla:L-1"), "Was due and could not be done: 1", "a double click")
	require.NotContains(t, click("leads.digest:"), "Was due")

	for _, timer := range []store.Timer{{Name: "lead.sla", Ref: "L-1"}, {Name: "leads.digest"}} {
		at, err := room.Store.TimerAt(t.Context(), timer.Name, timer.Ref)
		require.NoError(t, err)
		require.Equal(t, room.Clock.Now(), at)
	}
}
