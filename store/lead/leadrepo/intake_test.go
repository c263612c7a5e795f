package leadrepo

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

func TestTakeInNewLead(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	in := webLead("1")
	in.Email, in.Employees = "ann@acme.example", 80
	in.Touches = []lead.Touch{{At: start, Kind: "webinar"}, {At: start.Add(-time.Hour), Kind: "form"}, {At: start, Kind: "webinar"}}
	l, what, err := s.TakeIn(t.Context(), "", in, largeQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what)
	want := in
	want.ID, want.Status, want.Channel, want.Created, want.Rev = "L-1", lead.Open, "C1", start, 1
	want.Announcements, want.OpenedAt = 1, start
	want.Clock = lead.Clock{Allowed: 5 * time.Minute, Since: start, Due: start.Add(5 * time.Minute), Next: start.Add(5 * time.Minute)}
	want.Reasons = []string{"every lead does"}
	want.Touches = []lead.Touch{{At: start.Add(-time.Hour), Kind: "form"}, {At: start, Kind: "webinar"}}
	require.Equal(t, want, l)
	kept, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	want.Attributes = kept.Attributes
	require.Equal(t, want, kept)
	require.Equal(t, []string{"lead.opened lead:L-1#1"}, feedOf(t, s))
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))
	require.Contains(t, timersSet(t, s), "lead.sla:L-1")
}

// report is one thing that a sender says, and what becomes of it.
type report struct {
	in     lead.Lead
	policy func() lead.Policy
	what   lead.Intake
	lead   string
}

func TestWhoIsWho(t *testing.T) {
	t.Parallel()

	l := func(source, id, email string) lead.Lead {
		return lead.Lead{Source: source, ExternalID: id, Email: email, Company: "Acme"}
	}
	for _, test := range []struct {
		name    string
		reports []report
	}{
		{"the same again", []report{
			{l("web", "1", "a@x.example"), allQualify, lead.IntakeOpen, "L-1"},
			{l("web", "1", "a@x.example"), allQualify, lead.IntakeDuplicate, "L-1"}}},
		{"a source is a source however written", []report{
			{l("web", "1", ""), allQualify, lead.IntakeOpen, "L-1"},
			{l("WEB", "1", ""), allQualify, lead.IntakeDuplicate, "L-1"}}},
		{"another source, no address", []report{
			{l("web", "1", ""), allQualify, lead.IntakeOpen, "L-1"},
			{l("crm", "1", ""), allQualify, lead.IntakeOpen, "L-2"}}},
		{"by address", []report{
			{l("web", "1", "a@x.example"), allQualify, lead.IntakeOpen, "L-1"},
			{l("crm", "9", "A@X.example"), allQualify, lead.IntakeUpdated, "L-1"}}},
		{"by the second sender's ID from then on", []report{
			{l("web", "1", "a@x.example"), allQualify, lead.IntakeOpen, "L-1"},
			{l("crm", "9", "a@x.example"), allQualify, lead.IntakeUpdated, "L-1"},
			{l("crm", "9", ""), allQualify, lead.IntakeDuplicate, "L-1"}}},
		{"by a new address", []report{
			{l("web", "1", "a@x.example"), allQualify, lead.IntakeOpen, "L-1"},
			{l("web", "1", "a@y.example"), allQualify, lead.IntakeUpdated, "L-1"},
			{l("crm", "7", "a@y.example"), allQualify, lead.IntakeUpdated, "L-1"},
			{l("event", "8", "a@x.example"), allQualify, lead.IntakeUpdated, "L-1"}}},
		{"the sender's ID goes before the address", []report{
			{l("web", "1", "a@x.example"), allQualify, lead.IntakeOpen, "L-1"},
			{l("web", "2", "b@x.example"), allQualify, lead.IntakeOpen, "L-2"},
			{l("web", "1", "b@x.example"), allQualify, lead.IntakeUpdated, "L-1"},
			{l("crm", "5", "b@x.example"), allQualify, lead.IntakeUpdated, "L-2"}}},
		{"held until it qualifies", []report{
			{l("web", "1", ""), noneQualify, lead.IntakeHeld, "L-1"},
			{lead.Lead{Source: "web", ExternalID: "1", Score: 5}, noneQualify, lead.IntakeUpdated, "L-1"},
			{lead.Lead{Source: "web", ExternalID: "1", Employees: 80}, largeQualify, lead.IntakeOpen, "L-1"}}},
		{"open whatever the rules say later", []report{
			{l("web", "1", ""), allQualify, lead.IntakeOpen, "L-1"},
			{lead.Lead{Source: "web", ExternalID: "1", Score: 5}, noneQualify, lead.IntakeUpdated, "L-1"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			s, _ := newWorkspace(t)
			for i, r := range test.reports {
				got, what, err := s.TakeIn(t.Context(), "", r.in, r.policy())
				require.NoError(t, err)
				require.Equal(t, r.what, what, "report %d", i)
				require.Equal(t, r.lead, got.ID, "report %d", i)
			}
		})
	}
}

func TestMergeKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	first := lead.Lead{Source: "web", ExternalID: "1", Name: "Ann", Company: "Acme", Employees: 10, Score: 3,
		Attributes: map[string]string{"plan": "free", "utm": "x"}, Touches: []lead.Touch{{At: start, Kind: "form"}}}
	mustTakeIn(t, s, first)
	second := lead.Lead{Source: "web", ExternalID: "1", Title: "CTO", Company: "Acme Ltd", Employees: 12,
		Attributes: map[string]string{"plan": "team"}, Touches: []lead.Touch{{At: start.Add(-time.Minute), Kind: "page"}, {At: start, Kind: "form"}}}
	merged, what, err := s.TakeIn(t.Context(), "", second, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeUpdated, what)
	require.Equal(t, "Ann CTO Acme Ltd 12 3", fmt.Sprint(merged.Name, " ", merged.Title, " ", merged.Company, " ", merged.Employees, " ", merged.Score))
	require.Equal(t, map[string]string{"plan": "team", "utm": "x"}, merged.Attributes)
	require.Equal(t, []lead.Touch{{At: start.Add(-time.Minute), Kind: "page"}, {At: start, Kind: "form"}}, merged.Touches)
	require.Equal(t, map[string]string{"plan": "free", "utm": "x"}, first.Attributes, "the caller's map is the caller's")
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s), "two changes, one card")
}

func TestTouchesAreCapped(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)

	in := webLead("1")
	for i := range lead.MaxTouches + 50 {
		in.Touches = append(in.Touches, lead.Touch{At: start.Add(time.Duration(i) * time.Second), Kind: "page"})
	}

	l := mustTakeIn(t, s, in)
	require.Equal(t, in.Touches[50:], l.Touches, "the newest")
	old := webLead("1")
	old.Touches = in.Touches[:10]
	_, what, err := s.TakeIn(t.Context(), "", old, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeDuplicate, what, "what is too old to keep is no news")
}

func TestALeadThatEndedOpensAgainWhenItIsInTouch(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	_, err := s.Claim(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	_, err = s.ToMarketing(t.Context(), "", "L-1", lead.Return{Reason: "no need", By: "U1"}, false, lead.Policy{})
	require.NoError(t, err)
	mine, _, err := s.Of(t.Context(), "U1", 0, 10)
	require.NoError(t, err)
	require.Empty(t, mine)

	elsewhere := office{when: "lead.employees >= 50", channel: "C2"}.policy()
	in := webLead("1")
	in.Employees = 80
	l, what, err := s.TakeIn(t.Context(), "", in, elsewhere)
	require.NoError(t, err)
	require.Equal(t, lead.IntakeUpdated, what, "a field was corrected: no reason to bother sales again")
	require.Equal(t, lead.Rejected, l.Status)

	in.Touches = []lead.Touch{{At: start.Add(-time.Hour), Kind: "page"}}
	_, what, err = s.TakeIn(t.Context(), "", in, elsewhere)
	require.NoError(t, err)
	require.Equal(t, lead.IntakeUpdated, what, "that was before it was returned, and comes in late")

	in.Touches = []lead.Touch{{At: start.Add(time.Hour), Kind: "webinar"}}
	l, what, err = s.TakeIn(t.Context(), "", in, elsewhere)
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what)
	require.Equal(t, lead.Open, l.Status)
	require.Empty(t, l.Owner)
	require.Equal(t, []string{"C1 lead:L-1", "C2 lead:L-1", "U1 lead:L-1/1"}, sortedDrain(t, s), "both channels hear of it")
}

func TestRoundRobin(t *testing.T) {
	t.Parallel()

	s, _ := newWorkspace(t)
	owners := []string{"U1", "U2", "U3"}
	policy := inTurn("enterprise", lead.OwnerSpec{User: "U1"}, lead.OwnerSpec{User: "U2"}, lead.OwnerSpec{User: "U3"})
	for i := range 6 {
		in := webLead(fmt.Sprint(i))
		in.Employees = 80
		l, what, err := s.TakeIn(t.Context(), "", in, policy)
		require.NoError(t, err)
		require.Equal(t, lead.IntakeOpen, what)
		require.Equal(t, lead.Claimed, l.Status)
		require.Equal(t, owners[i%3], l.Owner)
		require.Equal(t, start, l.ClaimedAt)
	}

	for _, owner := range owners {
		mine, _, err := s.Of(t.Context(), owner, 0, 10)
		require.NoError(t, err)
		require.Len(t, mine, 2)
	}

	require.Empty(t, timersSet(t, s), "a lead with an owner need not be claimed")
	sent := sortedDrain(t, s)
	require.Len(t, sent, 12, "six cards, six owners told")
	require.Equal(t, []string{"U1 lead:L-1/1", "U1 lead:L-4/1", "U2 lead:L-2/1"}, sent[6:9])
}
