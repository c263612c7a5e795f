package lead

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/hours"
)

// routed is a room with one route, in which Raj and Lea sell and Mia markets.
func routed(t *testing.T, route RouteSpec) *Room {
	t.Helper()
	room := newRoom(t)
	route.Name, route.When = "all", "true"
	var err error
	room.Rules, err = CompileRules(RuleSpec{Channel: "#leads", Routes: []RouteSpec{route}})
	require.NoError(t, err)
	room.HasRole = func(_ context.Context, user string, role store.Role) (bool, error) {
		return role == store.Sales && (user == "U0RAJ" || user == "U0LEA"), nil
	}
	room.People = func(context.Context, store.Role) ([]string, error) { return []string{"U0MIA"}, nil }
	room.ByEmail = func(_ context.Context, email string) (string, error) {
		if email == "down@x.example" {
			return "", errors.New("slack is down")
		}
		return map[string]string{"raj@x.example": "U0RAJ", "mia@x.example": "U0MIA"}[email], nil
	}
	return room
}

func TestTurnsOnlyInWorkingHours(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	spec := hours.Spec{Timezone: "UTC", Days: []string{"mon"}, From: "09:00", To: "17:00"}
	early := spec
	early.From = "06:00"
	room := routed(t, RouteSpec{Assign: AssignRoundRobin, Hours: spec, Owners: []OwnerSpec{{User: "U0RAJ", Weight: 2, Cap: 3}, {User: "U0LEA", Hours: early}}})
	route := room.Rules.Named("all")
	lea := store.Owner{User: "U0LEA"}
	require.Equal(t, store.Turns{Name: "all", Day: "2026-11-23", Owners: []store.Owner{lea}}, route.turns(monday), "Lea begins early")
	require.Equal(t, []store.Owner{{User: "U0RAJ", Weight: 2, Cap: 3}, lea}, route.turns(monday.Add(time.Hour)).Owners)
	require.Empty(t, route.turns(monday.Add(10*time.Hour)).Owners)

	lead, _, err := room.TakeIn(t.Context(), minimal()) // on a Saturday
	require.NoError(t, err)
	require.Equal(t, store.LeadOpen, lead.Status)
	require.Equal(t, "Nobody whose turn it could be is free right now, so it is open to claim.", lead.RouteNote)
}

func TestTheCRMNamesTheOwner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, email, owner, note string }{
		{"somebody in sales", "raj@x.example", "U0RAJ", "Its owner in the CRM."},
		{"somebody in marketing", "mia@x.example", "U0LEA", "Its owner in the CRM, <@U0MIA>, isn't in sales."},
		{"nobody in Slack", "x@x.example", "U0LEA", "Its owner in the CRM isn't in Slack."},
		{"nobody", "", "U0LEA", "The CRM names no owner."},
		{"nobody can say", "down@x.example", "U0LEA", "I couldn't ask Slack who its owner in the CRM is."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			room := routed(t, RouteSpec{Assign: AssignCRMOwner, Owners: []OwnerSpec{{User: "U0LEA"}}})
			in := minimal()
			in.OwnerEmail = c.email
			lead, _, err := room.TakeIn(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, c.owner, lead.Owner, "else it goes in turn")
			require.Equal(t, c.note, lead.RouteNote)
		})
	}
}

func TestMarketingHearsOfFaults(t *testing.T) {
	t.Parallel()
	room := routed(t, RouteSpec{})
	var err error
	room.Rules, err = CompileRules(RuleSpec{Channel: "#leads", Routes: []RouteSpec{{Name: "seats", When: `int(lead.attributes["seats"]) > 5`}}})
	require.NoError(t, err)
	j := room.judge(t.Context())(store.Lead{ID: "L-1"})
	require.True(t, j.Qualified, "a route that fails is passed over")
	require.Len(t, j.Faults, 1)
	require.Equal(t, "U0MIA", j.Faults[0].Tell[0].Channel)
	require.Contains(t, string(j.Faults[0].Tell[0].Message), "It failed for L-1. The lead went on to the next route.")

	room.People = func(context.Context, store.Role) ([]string, error) { return nil, errors.New("slack is down") }
	require.Empty(t, room.judge(t.Context())(store.Lead{}).Faults, "they are told the next time")
}
