package people

import (
	"context"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/storetest"
	"smarketer/store/turns/turnrepo"
)

// redisURL is the Redis that the tests share; each has a workspace of its own in
// it.
var redisURL string

func TestMain(m *testing.M) {
	storetest.Main(m, &redisURL, func() error { return goleak.Find() })
}

// start is when the tests' clocks begin.
var start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// ada is the address of the person whom the tests forget.
const ada = "ada@brackenmoor.example"

// open is people's data in a workspace.
func open(s *store.Store) *Repo {
	turns := turnrepo.New(s)
	assets := contentrepo.New(s, turns)
	return New(s, leadrepo.New(s, turns), assets, feedbackrepo.New(s, assets))
}

// newWorkspace is a new workspace. When the test ends, nothing in it may
// contradict anything else.
func newWorkspace(t *testing.T) (*Repo, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	r := open(storetest.Store(t, redisURL, clock))
	t.Cleanup(func() {
		if !t.Failed() {
			r.sound(t)
		}
	})
	return r, clock
}

// everything reads all that the workspace holds.
func (r *Repo) everything(t *testing.T) *store.Dump {
	t.Helper()
	d, err := r.store.ReadDump(context.Background())
	require.NoError(t, err)
	return d
}

// sound makes sure that nothing in the workspace contradicts anything else.
func (r *Repo) sound(t *testing.T) {
	t.Helper()
	d := r.everything(t)
	leadrepo.Check(d)
	feedbackrepo.Check(d)
	contentrepo.Check(d)
	turnrepo.Check(d)
	d.CheckEngine()
	require.NoError(t, d.Err())
}

// policy announces the leads in C1 that fit a condition.
func policy(t *testing.T, when string) lead.Policy {
	t.Helper()
	rules, err := lead.CompileRules(lead.RuleSpec{Channel: "C1", Qualify: []lead.QualifySpec{{Name: "rule", When: when, Held: "no budget"}}})
	require.NoError(t, err)
	return lead.Policy{Rules: rules, Channels: map[string]string{"C1": "C1"}, Admins: []string{}, Marketing: []string{}}
}

// takeIn takes in a lead that qualifies.
func (r *Repo) takeIn(t *testing.T, in lead.Lead) (lead.Lead, lead.Intake) {
	t.Helper()
	l, what, err := r.leads.TakeIn(t.Context(), "", in, policy(t, "true"))
	require.NoError(t, err)
	return l, what
}

// sendable leases all that may be sent now.
func (r *Repo) sendable(t *testing.T) []store.Leased {
	t.Helper()
	items, _, err := r.store.LeaseItems(t.Context(), 1000, time.Minute)
	require.NoError(t, err)
	return items
}

// drain sends everything that waits, and tells "channel card or message" in
// the order in which it was sent.
func (r *Repo) drain(t *testing.T) []string {
	t.Helper()

	var sent []string
	for items := r.sendable(t); len(items) > 0; items = r.sendable(t) {
		for _, l := range items {
			sent = append(sent, l.Channel+" "+l.Card+string(l.Message))
			_, err := r.store.FinishItem(t.Context(), l, "", store.Pace{})
			require.NoError(t, err)
		}
	}

	return sent
}
