package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// webLead is a lead as the web form sends it.
func webLead(externalID string) Lead {
	return Lead{Source: "web", ExternalID: externalID, Company: "Acme"}
}

// allQualify announces every lead in C1.
func allQualify(Lead) Judgement {
	return Judgement{Qualified: true, Reasons: []string{"every lead does"}, Channel: "C1"}
}

func noneQualify(Lead) Judgement { return Judgement{Reasons: []string{"no budget"}} }

// largeQualify asks for 50 employees, and wants a lead claimed within 5 min.
func largeQualify(l Lead) Judgement {
	if l.Employees < 50 {
		return noneQualify(l)
	}
	j := allQualify(l)
	j.Desk = fiveMinutes()
	return j
}

// fiveMinutes is a desk at which a lead is to be claimed within 5 min.
func fiveMinutes() LeadDesk {
	return LeadDesk{Terms: func(Lead) LeadTerms { return LeadTerms{Claim: 5 * time.Minute} }}
}

func mustTakeIn(t require.TestingT, s *Store, in Lead) Lead {
	lead, _, err := s.TakeInLead(testContext(t), in, allQualify)
	require.NoError(t, err)
	return lead
}

func TestTakeInNewLead(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := webLead("1")
	in.Email, in.Employees = "ann@acme.example", 80
	in.Touches = []Touch{{At: start, Kind: "webinar"}, {At: start.Add(-time.Hour), Kind: "form"}, {At: start, Kind: "webinar"}}
	lead, what, err := s.TakeInLead(t.Context(), in, largeQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what)
	want := in
	want.ID, want.Status, want.Channel, want.Created, want.Rev = "L-1", LeadOpen, "C1", start, 1
	want.Cycle, want.OpenedAt = 1, start
	want.Clock = LeadClock{Allowed: 5 * time.Minute, Since: start, Due: start.Add(5 * time.Minute), Next: start.Add(5 * time.Minute)}
	want.Reasons = []string{"every lead does"}
	want.Touches = []Touch{{At: start.Add(-time.Hour), Kind: "form"}, {At: start, Kind: "webinar"}}
	require.Equal(t, want, lead)
	kept, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	want.Attributes = kept.Attributes
	require.Equal(t, want, kept)
	require.Equal(t, []string{"lead.opened lead:L-1#1"}, feedOf(t, s))
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))
	require.Contains(t, everything(t, s).ZSets["due"], "lead.sla:L-1")
}

// report is one thing that a sender says, and what becomes of it.
type report struct {
	in    Lead
	judge func(Lead) Judgement
	what  Intake
	lead  string
}

func TestWhoIsWho(t *testing.T) {
	t.Parallel()
	lead := func(source, id, email string) Lead {
		return Lead{Source: source, ExternalID: id, Email: email, Company: "Acme"}
	}
	for _, test := range []struct {
		name    string
		reports []report
	}{
		{"the same again", []report{
			{lead("web", "1", "a@x.example"), allQualify, IntakeOpen, "L-1"},
			{lead("web", "1", "a@x.example"), allQualify, IntakeDuplicate, "L-1"}}},
		{"a source is a source however written", []report{
			{lead("web", "1", ""), allQualify, IntakeOpen, "L-1"},
			{lead("WEB", "1", ""), allQualify, IntakeDuplicate, "L-1"}}},
		{"another source, no address", []report{
			{lead("web", "1", ""), allQualify, IntakeOpen, "L-1"},
			{lead("crm", "1", ""), allQualify, IntakeOpen, "L-2"}}},
		{"by address", []report{
			{lead("web", "1", "a@x.example"), allQualify, IntakeOpen, "L-1"},
			{lead("crm", "9", "A@X.example"), allQualify, IntakeUpdated, "L-1"}}},
		{"by the second sender's ID from then on", []report{
			{lead("web", "1", "a@x.example"), allQualify, IntakeOpen, "L-1"},
			{lead("crm", "9", "a@x.example"), allQualify, IntakeUpdated, "L-1"},
			{lead("crm", "9", ""), allQualify, IntakeDuplicate, "L-1"}}},
		{"by a new address", []report{
			{lead("web", "1", "a@x.example"), allQualify, IntakeOpen, "L-1"},
			{lead("web", "1", "a@y.example"), allQualify, IntakeUpdated, "L-1"},
			{lead("crm", "7", "a@y.example"), allQualify, IntakeUpdated, "L-1"},
			{lead("event", "8", "a@x.example"), allQualify, IntakeUpdated, "L-1"}}},
		{"the sender's ID goes before the address", []report{
			{lead("web", "1", "a@x.example"), allQualify, IntakeOpen, "L-1"},
			{lead("web", "2", "b@x.example"), allQualify, IntakeOpen, "L-2"},
			{lead("web", "1", "b@x.example"), allQualify, IntakeUpdated, "L-1"},
			{lead("crm", "5", "b@x.example"), allQualify, IntakeUpdated, "L-2"}}},
		{"held until it qualifies", []report{
			{lead("web", "1", ""), noneQualify, IntakeHeld, "L-1"},
			{Lead{Source: "web", ExternalID: "1", Score: 5}, noneQualify, IntakeUpdated, "L-1"},
			{Lead{Source: "web", ExternalID: "1", Employees: 80}, largeQualify, IntakeOpen, "L-1"}}},
		{"open whatever the rules say later", []report{
			{lead("web", "1", ""), allQualify, IntakeOpen, "L-1"},
			{Lead{Source: "web", ExternalID: "1", Score: 5}, noneQualify, IntakeUpdated, "L-1"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			for i, r := range test.reports {
				got, what, err := s.TakeInLead(t.Context(), r.in, r.judge)
				require.NoError(t, err)
				require.Equal(t, r.what, what, "report %d", i)
				require.Equal(t, r.lead, got.ID, "report %d", i)
			}
		})
	}
}

func TestMergeKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	first := Lead{Source: "web", ExternalID: "1", Name: "Ann", Company: "Acme", Employees: 10, Score: 3,
		Attributes: map[string]string{"plan": "free", "utm": "x"}, Touches: []Touch{{At: start, Kind: "form"}}}
	mustTakeIn(t, s, first)
	second := Lead{Source: "web", ExternalID: "1", Title: "CTO", Company: "Acme Ltd", Employees: 12,
		Attributes: map[string]string{"plan": "team"}, Touches: []Touch{{At: start.Add(-time.Minute), Kind: "page"}, {At: start, Kind: "form"}}}
	merged, what, err := s.TakeInLead(t.Context(), second, allQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeUpdated, what)
	require.Equal(t, "Ann CTO Acme Ltd 12 3", fmt.Sprint(merged.Name, " ", merged.Title, " ", merged.Company, " ", merged.Employees, " ", merged.Score))
	require.Equal(t, map[string]string{"plan": "team", "utm": "x"}, merged.Attributes)
	require.Equal(t, []Touch{{At: start.Add(-time.Minute), Kind: "page"}, {At: start, Kind: "form"}}, merged.Touches)
	require.Equal(t, map[string]string{"plan": "free", "utm": "x"}, first.Attributes, "the caller's map is the caller's")
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s), "two changes, one card")
}

func TestTouchesAreCapped(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := webLead("1")
	for i := range MaxTouches + 50 {
		in.Touches = append(in.Touches, Touch{At: start.Add(time.Duration(i) * time.Second), Kind: "page"})
	}
	lead := mustTakeIn(t, s, in)
	require.Equal(t, in.Touches[50:], lead.Touches, "the newest")
	old := webLead("1")
	old.Touches = in.Touches[:10]
	_, what, err := s.TakeInLead(t.Context(), old, allQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeDuplicate, what, "what is too old to keep is no news")
}

func TestALeadThatEndedOpensAgainWhenItIsInTouch(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	_, err := s.ClaimLead(t.Context(), "", "L-1", "U1", LeadDesk{})
	require.NoError(t, err)
	_, err = s.ReturnLead(t.Context(), "", "L-1", Return{Reason: "no need", By: "U1"}, false, LeadDesk{})
	require.NoError(t, err)
	mine, _, err := s.LeadsOf(t.Context(), "U1", 0, 10)
	require.NoError(t, err)
	require.Empty(t, mine)

	elsewhere := func(l Lead) Judgement { j := largeQualify(l); j.Channel = "C2"; return j }
	in := webLead("1")
	in.Employees = 80
	lead, what, err := s.TakeInLead(t.Context(), in, elsewhere)
	require.NoError(t, err)
	require.Equal(t, IntakeUpdated, what, "a field was corrected: no reason to bother sales again")
	require.Equal(t, LeadRejected, lead.Status)

	in.Touches = []Touch{{At: start.Add(-time.Hour), Kind: "page"}}
	_, what, err = s.TakeInLead(t.Context(), in, elsewhere)
	require.NoError(t, err)
	require.Equal(t, IntakeUpdated, what, "that was before it was returned, and comes in late")

	in.Touches = []Touch{{At: start.Add(time.Hour), Kind: "webinar"}}
	lead, what, err = s.TakeInLead(t.Context(), in, elsewhere)
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what)
	require.Equal(t, LeadOpen, lead.Status)
	require.Empty(t, lead.Owner)
	require.Equal(t, []string{"C1 lead:L-1", "C2 lead:L-1", "U1 lead:L-1/1"}, sortedDrain(t, s), "both channels hear of it")
}

func TestRoundRobin(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	owners := []string{"U1", "U2", "U3"}
	judge := func(l Lead) Judgement {
		j := largeQualify(l)
		j.Turns = Turns{Name: "enterprise", Owners: []Owner{{User: "U1"}, {User: "U2"}, {User: "U3"}}, Day: "2026-11-20"}
		return j
	}
	for i := range 6 {
		in := webLead(fmt.Sprint(i))
		in.Employees = 80
		lead, what, err := s.TakeInLead(t.Context(), in, judge)
		require.NoError(t, err)
		require.Equal(t, IntakeOpen, what)
		require.Equal(t, LeadClaimed, lead.Status)
		require.Equal(t, owners[i%3], lead.Owner)
		require.Equal(t, start, lead.ClaimedAt)
	}
	for _, owner := range owners {
		mine, _, err := s.LeadsOf(t.Context(), owner, 0, 10)
		require.NoError(t, err)
		require.Len(t, mine, 2)
	}
	require.Empty(t, everything(t, s).ZSets["due"], "a lead with an owner need not be claimed")
	sent := sortedDrain(t, s)
	require.Len(t, sent, 12, "six cards, six owners told")
	require.Equal(t, []string{"U1 lead:L-1/1", "U1 lead:L-4/1", "U2 lead:L-2/1"}, sent[6:9])
}
