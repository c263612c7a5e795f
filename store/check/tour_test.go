package check

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/hours"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/storetest"
	"smarketer/store/turns/turnrepo"
)

// start is when the clocks of new workspaces stand.
var start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// house is a workspace with its repositories.
type house struct {
	store    *store.Store
	content  *contentrepo.Repo
	feedback *feedbackrepo.Repo
	leads    *leadrepo.Repo
}

// newHouse is a new workspace.
func newHouse(rdb redis.UniversalClient) house {
	s := store.New(rdb, storetest.Team(), clockwork.NewFakeClockAt(start))
	turns := turnrepo.New(s)
	assets := contentrepo.New(s, turns)
	return house{s, assets, feedbackrepo.New(s, assets), leadrepo.New(s, turns)}
}

// tour uses everything that a workspace can do, from where an earlier tour left
// it.
func (h house) tour(t *testing.T) {
	t.Helper()
	round := storetest.Team()
	h.tourContent(t, round)
	h.tourLeads(t, round)
	h.tourEngine(t)
	require.NoError(t, Err(t.Context(), h.store))
}

// tourContent has copy approved, said something of, used and missed.
func (h house) tourContent(t *testing.T, round string) {
	t.Helper()
	ctx := t.Context()
	asset, _, err := h.content.Import(ctx, content.Import{
		Asset:   content.Asset{Slug: "pitch", Kind: content.OneLiner, Topics: []string{"pricing"}},
		Version: content.Version{Title: "Pitch", Body: round, Status: content.Approved, Author: "U0MIA"},
	}, false)
	require.NoError(t, err)
	version := h.served(t, asset).Version
	require.Equal(t, round, version.Body)

	_, err = h.feedback.Add(ctx, "op "+round,
		feedback.Piece{Words: round, Verdict: content.Works, Asset: asset, Version: version.Number, Reporter: "U1"}, "C9")
	require.NoError(t, err)
	_, err = h.feedback.AddVerdict(ctx, "",
		feedback.Piece{Verdict: content.Fails, Asset: asset, Version: version.Number, Reporter: "U1"})
	require.NoError(t, err)
	require.Equal(t, content.Tally{Works: 1, Fails: 1}, h.served(t, asset).Tally)

	require.NoError(t, h.content.CountUses(ctx, []content.Use{{Asset: asset, Version: 1, What: content.Pulls, By: "U1", N: 1, At: start}}))
	gap, err := h.content.RecordGap(ctx, "", content.Search{Key: round, Words: "Words of " + round, By: "U1", Channel: "C1"})
	require.NoError(t, err)
	_, err = h.content.AskForGap(ctx, "", gap.ID, "U1", "", "C9")
	require.NoError(t, err)
}

// served is what people get of an asset.
func (h house) served(t *testing.T, asset string) content.Served {
	t.Helper()
	served, err := h.content.Servable(t.Context(), asset)
	require.NoError(t, err)
	require.Len(t, served, 1)
	return served[0]
}

// tourLeads has a lead come in that several people want.
func (h house) tourLeads(t *testing.T, round string) {
	t.Helper()
	ctx := t.Context()
	rules, err := lead.CompileRules(lead.RuleSpec{Channel: "C1", SLA: lead.SLASpec{Claim: hours.WorkingTime(5 * time.Minute)},
		Qualify: []lead.QualifySpec{{Name: "large enough", When: "lead.employees >= 50", Held: "too small"}}})
	require.NoError(t, err)
	policy := lead.Policy{Rules: rules, Channels: map[string]string{"C1": "C1"}, Admins: []string{}, Marketing: []string{}}

	l, what, err := h.leads.TakeIn(ctx, "", lead.Lead{Source: "web", ExternalID: round, Company: "Acme", Employees: 80}, policy)
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what)
	_, err = h.leads.Claim(ctx, "claim "+round, l.ID, "U1", policy)
	require.NoError(t, err)
	_, err = h.leads.Claim(ctx, "claim "+round, l.ID, "U1", policy)
	require.ErrorIs(t, err, errs.ErrDuplicate)
	_, err = h.leads.Claim(ctx, "", l.ID, "U2", policy)
	require.ErrorIs(t, err, errs.ErrConflict)
	mine, _, err := h.leads.Of(ctx, "U1", 0, 1000)
	require.NoError(t, err)
	require.NotEmpty(t, mine)
}

// tourEngine uses the outbox, with a dead letter, the timers and the feed.
func (h house) tourEngine(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	items, _, err := h.store.LeaseItems(ctx, 1000, time.Minute)
	require.NoError(t, err)
	require.NotEmpty(t, items)
	require.NoError(t, h.store.ArchiveItem(ctx, items[0], "is_archived", true))
	_, _, err = h.store.DeadLetters(ctx, 10)
	require.NoError(t, err)
	require.NoError(t, h.store.RetryDeadLetter(ctx, items[0].ID))

	_, _, err = h.store.LeaseTimers(ctx, 10, time.Minute)
	require.NoError(t, err)
	head, err := h.store.FeedHead(ctx)
	require.NoError(t, err)
	_, err = h.store.FeedAfter(ctx, head, 10, 0)
	require.NoError(t, err)
	_, err = h.store.OutboxHealth(ctx)
	require.NoError(t, err)
}
