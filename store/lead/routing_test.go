package lead

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/hours"
	"smarketer/store/turns"
)

// onRoute is a policy with one route, which every lead goes.
func onRoute(t require.TestingT, route RouteSpec) Policy {
	route.Name, route.When = "all", "true"
	rules := mustCompile(t, RuleSpec{Channel: "#leads", Routes: []RouteSpec{route}})
	return Policy{Rules: rules, Channels: map[string]string{"#leads": "C0LEADS"}}
}

func TestTurnsOnlyInWorkingHours(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	spec := hours.Spec{Timezone: "UTC", Days: []string{"mon"}, From: "09:00", To: "17:00"}
	early := spec
	early.From = "06:00"
	p := onRoute(t, RouteSpec{Assign: AssignRoundRobin, Hours: spec, Owners: []OwnerSpec{{User: "U0RAJ", Weight: 2, Cap: 3}, {User: "U0LEA", Hours: early}}})
	route, lea := p.Rules.Named("all"), turns.Owner{User: "U0LEA"}

	require.Equal(t, turns.Pool{Name: "all", Day: "2026-11-23", Owners: []turns.Owner{lea}}, route.pool(monday), "Lea begins early")
	require.Equal(t, []turns.Owner{{User: "U0RAJ", Weight: 2, Cap: 3}, lea}, route.pool(monday.Add(time.Hour)).Owners)
	require.Empty(t, route.pool(monday.Add(10*time.Hour)).Owners)

	_, c, err := Add(openLead(), "L-1", monday.Add(10*time.Hour), p)
	require.NoError(t, err)
	require.Nil(t, c.Turn, "nobody has one")
	require.Equal(t, Open, c.New.Status)
	require.Equal(t, noTurn, c.New.RouteNote)
}

func TestTheOwnerOfTheAccount(t *testing.T) {
	t.Parallel()
	p := onRoute(t, RouteSpec{Assign: AssignCRMOwner, Owners: []OwnerSpec{{User: "U0LEA"}}})
	in := Lead{Source: "web", ExternalID: "1", OwnerEmail: "Raj@x.example"}

	_, _, err := Add(in, "L-1", testNow, p)
	var lacks *Lacks
	require.ErrorAs(t, err, &lacks)
	require.Equal(t, "Raj@x.example", lacks.Account)
	require.NotContains(t, lacks.Error(), "x.example", "it may end up in a log")

	with := p
	with.AddAccount(lacks.Account, Account{User: "U0RAJ", Note: "Its owner in the CRM."})
	require.Empty(t, p.Accounts, "a policy is a value")
	_, c, err := Add(in, "L-1", testNow, with)
	require.NoError(t, err)
	require.Equal(t, "U0RAJ", c.New.Owner)
	require.Equal(t, "Its owner in the CRM.", c.New.RouteNote)

	nobody := p
	nobody.AddAccount("raj@x.example", Account{Note: "Its owner in the CRM isn't in Slack."})
	_, c, err = Add(in, "L-1", testNow, nobody)
	require.NoError(t, err)
	require.Equal(t, []turns.Owner{{User: "U0LEA"}}, c.Turn.Pool.Owners, "else it goes in turn")
	c, err = c.Turn.Taken("")
	require.NoError(t, err)
	require.Equal(t, "Its owner in the CRM isn't in Slack. "+noTurn, c.New.RouteNote)

	in.OwnerEmail = ""
	_, c, err = Add(in, "L-1", testNow, p)
	require.NoError(t, err)
	require.Equal(t, "The CRM names no owner.", c.New.RouteNote)
}

func TestARouteThatFails(t *testing.T) {
	t.Parallel()
	p := Policy{Rules: mustCompile(t, RuleSpec{Channel: "#leads", Routes: []RouteSpec{{Name: "seats", When: `int(lead.attributes["seats"]) > 5`}}})}
	r, err := p.Judge(Lead{}, testNow)
	require.NoError(t, err)
	require.True(t, r.Qualified, "a route that fails is passed over")
	require.Equal(t, FaultOfRoute, r.Faults[0].What)

	p.Words.Fault = func(l Lead, f Fault) (json.RawMessage, error) { return json.Marshal(l.ID + " " + string(f.What)) }
	_, err = p.FaultMessages(Lead{ID: "L-1"}, r.Faults[0])
	require.ErrorAs(t, err, new(*Lacks))
	p.Marketing = []string{"U0MIA"}
	messages, err := p.FaultMessages(Lead{ID: "L-1"}, r.Faults[0])
	require.NoError(t, err)
	require.Equal(t, []Message{{To: "U0MIA", Body: json.RawMessage(`"L-1 route"`)}}, messages)
}

func TestWhoHearsThatALeadWaits(t *testing.T) {
	t.Parallel()
	p := onRoute(t, RouteSpec{})
	p.Words.Waits = func(_ Lead, s Step) (json.RawMessage, error) { return json.Marshal(s) }
	l := openLead()
	l.Route = "all"
	l.Clock = Clock{Allowed: time.Minute, Since: testNow, Step: 1, Next: testNow}

	_, err := Escalate(l, testNow, p)
	require.ErrorAs(t, err, new(*Lacks), "the admins are in the place of a manager")
	p.Admins = []string{"U1", "U2", "U3", "U4", "U5", "U6"}
	c, err := Escalate(l, testNow, p)
	require.NoError(t, err)
	require.Len(t, c.Messages, maxTold)

	p.Admins = []string{}
	c, err = Escalate(l, testNow, p)
	require.NoError(t, err)
	require.Empty(t, c.Events, "nobody to tell")
	require.Equal(t, 2, c.New.Clock.Step)
}

func TestWhenMarketingHearsOfReturns(t *testing.T) {
	t.Parallel()
	berlin, err := hours.New(hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00", Holidays: []string{"2026-11-23"}})
	require.NoError(t, err)

	friday := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	tuesday := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		hours    hours.Hours
		returned time.Time
		want     time.Time
	}{
		{"over a weekend and a holiday", berlin, friday, tuesday},
		{"on the weekend", berlin, friday.AddDate(0, 0, 1), tuesday},
		{"early in the morning", berlin, tuesday.Add(-2 * time.Hour), tuesday.AddDate(0, 0, 1)},
		{"late in the evening of Berlin", berlin, tuesday.Add(14*time.Hour + 59*time.Minute), tuesday.AddDate(0, 0, 1)},
		{"on the longest day", berlin, time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC), time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC)},
		{"around the clock", hours.Hours{}, friday, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := Policy{Rules: &Rules{fallback: Route{Hours: c.hours}}}
			require.Equal(t, c.want, p.DigestAt(c.returned).UTC())
		})
	}

	require.Zero(t, Policy{}.DigestAt(friday))
}
