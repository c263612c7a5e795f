package lead

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/errs"
	"smarketer/store/hours"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/turns/turnrepo"
)

// newRoom is a room in which leads with twenty employees qualify.
func newRoom(t *testing.T) *Room {
	t.Helper()
	room, _ := newRoomIn(t)
	return room
}

// newRoomIn is such a room, and the store that it is in.
func newRoomIn(t *testing.T) (*Room, *store.Store) {
	t.Helper()
	rules, err := lead.CompileRules(lead.RuleSpec{Channel: "#leads", SLA: lead.SLASpec{Claim: hours.WorkingTime(5 * time.Minute)}, Qualify: []lead.QualifySpec{{Name: "20 employees or more", When: "lead.employees >= 20"}}})
	require.NoError(t, err)
	clock := clockwork.NewFakeClockAt(noon)
	s := newStore(t, clock)
	turns := turnrepo.New(s)
	return &Room{
		Leads: leadrepo.New(s, turns), Turns: turns, Assets: contentrepo.New(s, turns), Rules: rules, Channels: map[string]string{"#leads": "C0LEADS"},
		Clock: clock, Log: slog.New(slog.DiscardHandler), People: colleagues{},
	}, s
}

func TestPreviewStoresNothing(t *testing.T) {
	t.Parallel()

	room := newRoom(t)
	for employees, want := range map[int]lead.Intake{20: lead.IntakeOpen, 19: lead.IntakeHeld} {
		l := minimal()
		l.Employees = employees
		what, err := room.Preview(t.Context(), l)
		require.NoError(t, err)
		require.Equal(t, want, what)
	}

	_, err := room.Preview(t.Context(), lead.Lead{})
	require.ErrorAs(t, err, new(*errs.Invalid))

	for _, status := range lead.Statuses {
		leads, _, err := room.Leads.With(t.Context(), status, 0, 10)
		require.NoError(t, err)
		require.Empty(t, leads)
	}
}

func TestHeldAndOpenLeads(t *testing.T) {
	t.Parallel()
	room, s := newRoomIn(t)
	held, what, err := room.TakeIn(t.Context(), lead.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 3})
	require.NoError(t, err)
	require.Equal(t, lead.IntakeHeld, what)
	require.Equal(t, []string{"not: 20 employees or more"}, held.Reasons)
	_, due, err := s.LeaseTimers(t.Context(), 0, time.Minute)
	require.NoError(t, err)
	require.Zero(t, due, "nobody is reminded of a lead that is held")

	open, what, err := room.TakeIn(t.Context(), lead.Lead{ExternalID: "1", Source: "x", Employees: 30, Name: "N"})
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what, "it qualifies now")
	require.Equal(t, held.ID, open.ID)
	_, due, err = s.LeaseTimers(t.Context(), 0, time.Minute)
	require.NoError(t, err)
	require.Equal(t, noon.Add(5*time.Minute), due.UTC())
}

func TestWhatOnlyOwnersMayDo(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	l, _, err := room.TakeIn(t.Context(), lead.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 30})
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
	require.ErrorIs(t, err, errs.ErrDuplicate, "the same click delivered twice")
	_, err = press(room.release, "5", "U0LEA")
	require.EqualError(t, err, "You can only give back a lead that is yours: L-1 is claimed by <@U0RAJ>.")
	text, err = press(room.release, "6", "U0RAJ")
	require.NoError(t, err)
	require.Equal(t, "L-1 is open again.", text)
}
