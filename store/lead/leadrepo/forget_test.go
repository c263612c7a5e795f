package leadrepo

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

func TestForget(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	in := webLead("1")
	in.Email, in.Name, in.Touches = "Ada@Acme.example", "Ada Stone", []lead.Touch{{At: start, Kind: "form"}}
	mustTakeIn(t, s, in)
	_, err := s.Claim(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	drain(t, s)
	theirs, err := s.IsOf(t.Context(), "L-1", "ada@acme.example")
	require.NoError(t, err)
	require.True(t, theirs)
	names, err := s.NamesOf(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, []string{lead.EmailName(in.Email), lead.SenderName("web", "1")}, names)

	require.NoError(t, s.RememberForgotten(t.Context(), in.Email))
	gone, err := s.IsForgotten(t.Context(), "ADA@acme.example")
	require.NoError(t, err)
	require.True(t, gone)
	require.NoError(t, s.Forget(t.Context(), "L-1", lead.ByRequest, true))
	require.NoError(t, s.Forget(t.Context(), "L-1", lead.ByRequest, true), "once more does nothing")
	require.NoError(t, s.Forget(t.Context(), "L-9", lead.ByRequest, true))

	l, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, lead.Lead{ID: "L-1", Status: lead.Forgotten, Channel: "C1", Created: start, Reasons: []string{lead.ByRequest}, Rev: 3,
		Work: lead.Work{Announcements: 1, OpenedAt: start}}, l)
	require.Equal(t, []string{"C1 lead:L-1", "U1 lead:L-1/1"}, sortedDrain(t, s), "its cards say so")

	for key := range everything(t, s).Hashes {
		require.NotContains(t, strings.ToLower(key), "ada")
	}

	_, what, err := s.TakeIn(t.Context(), "", in, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeForgotten, what)
	again := webLead("1") // known by what its sender called it
	_, what, err = s.TakeIn(t.Context(), "", again, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeForgotten, what)
}

func TestOldLeadsGo(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	for _, id := range []string{"1", "2", "3"} {
		_, _, err := s.TakeIn(t.Context(), "", webLead(id), noneQualify())
		require.NoError(t, err)
	}

	mustTakeIn(t, s, webLead("open"))
	require.NoError(t, s.KeepRetention(t.Context()))
	clock.Advance(48 * time.Hour)

	for _, want := range []int{1, 0} { // two at once, then the last
		timers, _, err := s.store.LeaseTimers(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1)
		require.NoError(t, s.ForgetOld(t.Context(), timers[0], 24*time.Hour, 2))
		_, held, err := s.With(t.Context(), lead.Held, 0, 10)
		require.NoError(t, err)
		require.Equal(t, want, held)
		clock.Advance(time.Minute)
	}

	at, err := s.store.TimerAt(t.Context(), lead.RetentionTimer, "")
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour-time.Minute, at.Sub(clock.Now()))
	_, open, err := s.With(t.Context(), lead.Open, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, open, "sales has it")
	l, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, []string{"because it was kept for 1 days"}, l.Reasons)
}

func TestRedact(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	in := webLead("ada@x.example")
	in.Interest, in.OwnerEmail = "Ask ada@x.example", "ada@x.example"
	mustTakeIn(t, s, in)
	_, err := s.ToMarketing(t.Context(), "", "L-1", lead.Return{Reason: "no need", Detail: "says ada@x.example", By: "U1"}, false, lead.Policy{})
	require.NoError(t, err)

	redact := func(text string) string { return strings.ReplaceAll(text, "ada@x.example", "(removed)") }
	require.NoError(t, s.Redact(t.Context(), "L-1", redact))
	require.NoError(t, s.RedactHistory(t.Context(), "L-1", redact))
	l, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, "Ask (removed)", l.Interest)
	require.Equal(t, "says (removed)", l.Return.Detail)
	require.Empty(t, l.OwnerEmail)
	require.Equal(t, "ada@x.example", l.ExternalID, "by that its sender knows it")
	events, err := s.History(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, "says (removed)", events[1].Detail)
}

// Somebody else may forget the lead while words in its history are replaced.
func TestRedactingBringsNoForgottenHistoryBack(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	_, err := s.ToMarketing(t.Context(), "", "L-1", lead.Return{Reason: "no need", Detail: "says ada@x.example", By: "U1"}, false, lead.Policy{})
	require.NoError(t, err)

	require.NoError(t, s.RedactHistory(t.Context(), "L-1", func(text string) string {
		require.NoError(t, s.Forget(t.Context(), "L-1", lead.ByRequest, false))
		return strings.ReplaceAll(text, "ada@x.example", "[removed]")
	}))
	events, err := s.History(t.Context(), "L-1")
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, lead.EventForgotten, events[0].Kind)
}

func TestWhoseKey(t *testing.T) {
	t.Parallel()

	for key, want := range map[string]string{
		"lead:L-31": "L-31", "lead:history:L-31": "L-31", "lead:names:L-31": "L-31",
		"lead:identity": "", "lead:status:open": "", "feedback:F-7": "",
	} {
		require.Equal(t, want, LeadOfKey(key), key)
	}
}

// TestALeadThatOpensAgainIsNotTooOld has a lead open again after the retention
// found it.
func TestALeadThatOpensAgainIsNotTooOld(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	p := allQualify()
	mustTakeIn(t, s, webLead("1"))
	found, err := s.ToMarketing(t.Context(), "", "L-1", lead.Return{Reason: "no need", By: "U1"}, true, p)
	require.NoError(t, err)
	_, err = s.Elsewhere(t.Context(), "", "L-1", "U8", "all", "C2", p)
	require.NoError(t, err)

	gone, err := s.forgetFound(t.Context(), found, "because it is old")
	require.NoError(t, err)
	require.False(t, gone)
	l, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, lead.Open, l.Status)

	now, err := s.ToMarketing(t.Context(), "", "L-1", lead.Return{Reason: "no need", By: "U1"}, true, p)
	require.NoError(t, err)
	gone, err = s.forgetFound(t.Context(), now, "because it is old")
	require.NoError(t, err)
	require.True(t, gone)
}

// TestAHistoryIsRedactedOrForgotten has a lead forgotten while its history is
// redacted: nothing of it may come back.
func TestAHistoryIsRedactedOrForgotten(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	require.NoError(t, s.RedactHistory(t.Context(), "L-1", func(text string) string {
		require.NoError(t, s.Forget(t.Context(), "L-1", lead.ByRequest, false))
		return strings.Replace(text, `"at"`, ` "at"`, 1)
	}))
	events, err := s.History(t.Context(), "L-1")
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, lead.EventForgotten, events[0].Kind)
}
