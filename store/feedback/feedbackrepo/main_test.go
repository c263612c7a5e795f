package feedbackrepo

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback"
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

// workspace is a workspace with content and feedback.
type workspace struct {
	*Repo
	store   *store.Store
	content *contentrepo.Repo
}

func open(s *store.Store) *workspace {
	c := contentrepo.New(s, turnrepo.New(s))
	return &workspace{New(s, c), s, c}
}

// opened is a workspace as another process sees it, over a connection of its
// own.
func opened(rdb redis.UniversalClient, s *workspace, clock clockwork.Clock) *workspace {
	team := strings.TrimSuffix(strings.TrimPrefix(s.store.Key(""), "sm:{"), "}:")
	return open(store.New(rdb, team, clock))
}

// bareWorkspace is a new workspace that may end in contradictions.
func bareWorkspace(t testing.TB) (*workspace, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	return open(storetest.Store(t, redisURL, clock)), clock
}

// newWorkspace is a new workspace. When the test ends, nothing in it may
// contradict anything else.
func newWorkspace(t *testing.T) (*workspace, *clockwork.FakeClock) {
	t.Helper()
	s, clock := bareWorkspace(t)
	t.Cleanup(func() {
		if !t.Failed() {
			sound(t, s)
		}
	})
	return s, clock
}

// another is the same workspace as another process sees it.
func another(s *workspace) *workspace { return open(s.store.Another()) }

// sound makes sure that nothing in a workspace contradicts anything else.
func sound(t require.TestingT, s *workspace) { require.NoError(t, faultsOf(t, s)) }

// faultsOf joins what contradicts something else in a workspace.
func faultsOf(t require.TestingT, s *workspace) error { return checked(t, s).Err() }

// checked is all that a workspace holds, with what contradicts something else.
func checked(t require.TestingT, s *workspace) *store.Dump {
	d, err := s.store.ReadDump(context.Background())
	require.NoError(t, err)
	Check(d)
	contentrepo.Check(d)
	turnrepo.Check(d)
	d.CheckEngine()
	return d
}

// feedOf lists what the feed says, as "kind ref".
func feedOf(t require.TestingT, s *workspace) []string {
	changes, err := s.store.FeedAfter(context.Background(), "0-0", 1000, 0)
	require.NoError(t, err)

	said := make([]string, len(changes))
	for i, c := range changes {
		said[i] = c.Kind + " " + c.Ref
	}

	return said
}

// sendable leases all that may be sent now.
func sendable(t require.TestingT, s *workspace) []store.Leased {
	items, _, err := s.store.LeaseItems(context.Background(), 1000, time.Minute)
	require.NoError(t, err)
	return items
}

// drain sends everything that waits, and tells "channel card or message" in
// the order in which it was sent.
func drain(t require.TestingT, s *workspace) []string {
	var sent []string
	for items := sendable(t, s); len(items) > 0; items = sendable(t, s) {
		for _, l := range items {
			sent = append(sent, l.Channel+" "+l.Card+string(l.Message))
			mine, err := s.store.FinishItem(context.Background(), l, "", store.Pace{})
			require.NoError(t, err)
			require.True(t, mine)
		}
	}

	return sent
}

// mustImport brings in an approved asset with a slug, or another version of it.
func mustImport(t require.TestingT, s *workspace, slug, body string) (id string) {
	id, _, err := s.content.Import(context.Background(), content.Import{
		Asset:   content.Asset{Slug: slug, Kind: content.OneLiner, Topics: []string{"pricing"}},
		Version: content.Version{Title: "Title of " + slug, Body: body, Status: content.Approved, Author: "U0MIA"},
	}, false)
	require.NoError(t, err)
	return id
}

// tallyOf is what was said of the version of an asset that is served.
func tallyOf(t require.TestingT, s *workspace, id string) content.Tally {
	served, err := s.content.Servable(context.Background(), id)
	require.NoError(t, err)
	require.Len(t, served, 1)
	return served[0].Tally
}

// said adds a piece with words.
func said(t testing.TB, s *workspace, p feedback.Piece) feedback.Piece {
	t.Helper()
	p.Words = "They said it twice"
	got, err := s.Add(t.Context(), "", p, "C1")
	require.NoError(t, err)
	return got
}

// edit changes what a piece says from what it says now.
func edit(t require.TestingT, s *workspace, op, id string, change func(*feedback.Report)) (feedback.Piece, error) {
	p, err := s.Piece(context.Background(), id)
	require.NoError(t, err)
	to := p.Report()
	change(&to)
	return s.Edit(context.Background(), op, id, "C1", to)
}
