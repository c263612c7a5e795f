package lead

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/hours"
)

// newRoom is a room in which leads with twenty employees qualify.
func newRoom(t *testing.T) *Room {
	t.Helper()
	rules, err := CompileRules(RuleSpec{Channel: "#leads", SLA: SLASpec{Claim: hours.WorkingTime(5 * time.Minute)}, Qualify: []QualifySpec{{Name: "20 employees or more", When: "lead.employees >= 20"}}})
	require.NoError(t, err)
	clock := clockwork.NewFakeClockAt(noon)
	return &Room{
		Store: newStore(t, clock), Rules: rules, Channels: map[string]string{"#leads": "C0LEADS"},
		Clock: clock, Log: slog.New(slog.DiscardHandler),
	}
}

func TestPreviewStoresNothing(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	for employees, want := range map[int]store.Intake{20: store.IntakeOpen, 19: store.IntakeHeld} {
		l := minimal()
		l.Employees = employees
		what, err := room.Preview(t.Context(), l)
		require.NoError(t, err)
		require.Equal(t, want, what)
	}
	_, err := room.Preview(t.Context(), store.Lead{})
	require.ErrorAs(t, err, new(*store.Invalid))
	for _, status := range store.LeadStatuses {
		leads, _, err := room.Store.LeadsWith(t.Context(), status, 0, 10)
		require.NoError(t, err)
		require.Empty(t, leads)
	}
}

func TestHeldAndOpenLeads(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	held, what, err := room.TakeIn(t.Context(), store.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 3})
	require.NoError(t, err)
	require.Equal(t, store.IntakeHeld, what)
	require.Equal(t, []string{"not: 20 employees or more"}, held.Reasons)
	_, due, err := room.Store.LeaseTimers(t.Context(), 0, time.Minute)
	require.NoError(t, err)
	require.Zero(t, due, "nobody is reminded of a lead that is held")

	open, what, err := room.TakeIn(t.Context(), store.Lead{ExternalID: "1", Source: "x", Employees: 30, Name: "N"})
	require.NoError(t, err)
	require.Equal(t, store.IntakeOpen, what, "it qualifies now")
	require.Equal(t, held.ID, open.ID)
	_, due, err = room.Store.LeaseTimers(t.Context(), 0, time.Minute)
	require.NoError(t, err)
	require.Equal(t, noon.Add(5*time.Minute), due.UTC())
}

func TestWhatOnlyOwnersMayDo(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	l, _, err := room.TakeIn(t.Context(), store.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 30})
	require.NoError(t, err)
	press := func(h bot.Handler, op, user string) (string, error) {
		reply, err := h(t.Context(), &bot.Request{Op: op, User: user, Value: l.ID})
		if err != nil {
			return "", err
		}
		return reply.Message.Text, nil
	}
	_, err = press(room.release, "1", "U0RAJ")
	require.EqualError(t, err, "You can only give back a lead that is yours: L-1 is open: nobody has claimed it.")
	text, err := press(room.claim, "2", "U0RAJ")
	require.NoError(t, err)
	require.Contains(t, text, "L-1 is yours. Its story is in your messages with me.")
	text, err = press(room.claim, "3", "U0LEA")
	require.NoError(t, err)
	require.Contains(t, text, "<@U0RAJ> was faster: L-1 has been theirs since ")
	text, err = press(room.claim, "4", "U0RAJ")
	require.NoError(t, err)
	require.Equal(t, "L-1 is yours already.", text)
	_, err = press(room.claim, "2", "U0RAJ")
	require.ErrorIs(t, err, store.ErrDuplicate, "the same click delivered twice")
	_, err = press(room.release, "5", "U0LEA")
	require.EqualError(t, err, "You can only give back a lead that is yours: L-1 is claimed by <@U0RAJ>.")
	text, err = press(room.release, "6", "U0RAJ")
	require.NoError(t, err)
	require.Equal(t, "L-1 is open again.", text)
}
