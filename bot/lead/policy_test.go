package lead

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/lead"
)

// routed is a room with one route, in which Raj and Lea sell and Mia markets.
func routed(t *testing.T, route lead.RouteSpec) (*Room, *store.Store) {
	t.Helper()
	room, s := newRoomIn(t)

	if route.Name == "" {
		route.Name, route.When = "all", "true"
	}

	var err error
	room.Rules, err = lead.CompileRules(lead.RuleSpec{Channel: "#leads", Routes: []lead.RouteSpec{route}})
	require.NoError(t, err)
	room.People = colleagues{sales: []string{"U0RAJ", "U0LEA"}, marketing: []string{"U0MIA"},
		byEmail: map[string]string{"raj@x.example": "U0RAJ", "mia@x.example": "U0MIA"}}
	return room, s
}

func TestTheCRMNamesTheOwner(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, email, owner, note string
		down                     error
	}{
		{"somebody in sales", "raj@x.example", "U0RAJ", "Its owner in the CRM.", nil},
		{"somebody in marketing", "mia@x.example", "U0LEA", "Its owner in the CRM, <@U0MIA>, isn't in sales.", nil},
		{"nobody in Slack", "x@x.example", "U0LEA", "Its owner in the CRM isn't in Slack.", nil},
		{"nobody", "", "U0LEA", "The CRM names no owner.", nil},
		{"nobody can say", "raj@x.example", "U0LEA", "I couldn't ask Slack who its owner in the CRM is.", errors.New("slack is down")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			room, _ := routed(t, lead.RouteSpec{Assign: lead.AssignCRMOwner, Owners: []lead.OwnerSpec{{User: "U0LEA"}}})
			people := room.People.(colleagues)
			people.down = c.down
			room.People = people
			in := minimal()
			in.OwnerEmail = c.email
			l, _, err := room.TakeIn(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, "L-1", l.ID, "asking Slack in between costs no number")
			require.Equal(t, c.owner, l.Owner, "else it goes in turn")
			require.Equal(t, c.note, l.RouteNote)
		})
	}
}

func TestAnOwnerInTheCRMWhoIsAway(t *testing.T) {
	t.Parallel()
	room, _ := routed(t, lead.RouteSpec{Assign: lead.AssignCRMOwner})
	require.NoError(t, room.Turns.SetAway(t.Context(), "", "U0RAJ", noon.Add(time.Hour)))
	in := minimal()
	in.OwnerEmail = "raj@x.example"
	l, _, err := room.TakeIn(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, lead.Open, l.Status)
	require.Contains(t, l.RouteNote, "Its owner in the CRM, <@U0RAJ>, is away until ")
}

// said are the texts of the messages that wait for a person.
func said(t *testing.T, s *store.Store, to string) []string {
	t.Helper()
	items, _, err := s.LeaseItems(t.Context(), 100, time.Minute)
	require.NoError(t, err)

	var texts []string
	for _, it := range items {
		var m struct{ Text string }
		if it.Channel == to {
			require.NoError(t, json.Unmarshal(it.Message, &m))
			texts = append(texts, m.Text)
		}
	}

	return texts
}

func TestMarketingHearsOfFaults(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name string
		down error
		told int
	}{{"at once", nil, 1}, {"the next time, when Slack can't tell who that is", errors.New("slack is down"), 0}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			room, s := routed(t, lead.RouteSpec{Name: "seats", When: `int(lead.attributes["seats"]) > 5`})
			people := room.People.(colleagues)
			people.down = c.down
			room.People = people
			l, _, err := room.TakeIn(t.Context(), minimal())
			require.NoError(t, err)
			require.Equal(t, lead.Open, l.Status, "a route that fails is passed over")

			texts := said(t, s, "U0MIA")
			require.Len(t, texts, c.told)

			for _, text := range texts {
				require.Contains(t, text, "The route “seats: ")
				require.Contains(t, text, "It failed for L-1. The lead went on to the next route. I tell you this once a day.")
			}
		})
	}
}
