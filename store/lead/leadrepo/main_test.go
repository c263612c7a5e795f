package leadrepo

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/store"
	"smarketer/store/storetest"
	"smarketer/store/turns/turnrepo"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) {
	storetest.Main(m, &redisURL, func() error { return goleak.Find() })
}

// start is when the tests' clocks begin.
var start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// workspace is a workspace with leads.
type workspace struct {
	*Repo
	store *store.Store
	turns *turnrepo.Repo
}

func open(s *store.Store) *workspace {
	turns := turnrepo.New(s)
	return &workspace{New(s, turns), s, turns}
}

// newWorkspace is a new workspace. When the test ends, nothing in it may
// contradict anything else.
func newWorkspace(t *testing.T) (*workspace, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	s := open(storetest.Store(t, redisURL, clock))
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
func faultsOf(t require.TestingT, s *workspace) error {
	d := everything(t, s)
	Check(d)
	turnrepo.Check(d)
	d.CheckEngine()
	return d.Err()
}

// everything reads all that a workspace holds.
func everything(t require.TestingT, s *workspace) *store.Dump {
	d, err := s.store.ReadDump(context.Background())
	require.NoError(t, err)
	return d
}

// timersSet are the timers that are set, as Redis has them.
func timersSet(t require.TestingT, s *workspace) map[string]float64 {
	return everything(t, s).ZSets["due"]
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

// drain sends everything that waits, and tells "channel card or message" in
// the order in which it was sent.
func drain(t require.TestingT, s *workspace) []string {
	var sent []string
	for {
		items, _, err := s.store.LeaseItems(context.Background(), 1000, time.Minute)
		require.NoError(t, err)

		if len(items) == 0 {
			return sent
		}

		for _, l := range items {
			sent = append(sent, l.Channel+" "+l.Card+string(l.Message))
			mine, err := s.store.FinishItem(context.Background(), l, "", store.Pace{})
			require.NoError(t, err)
			require.True(t, mine)
		}
	}
}

// sortedDrain is drain where the order among channels doesn't matter.
func sortedDrain(t require.TestingT, s *workspace) []string {
	sent := drain(t, s)
	slices.SortStableFunc(sent, func(a, b string) int {
		return strings.Compare(strings.Fields(a)[0], strings.Fields(b)[0])
	})
	return sent
}

// testContext is the context of the test, also within a property.
func testContext(t require.TestingT) context.Context {
	if c, ok := t.(interface{ Context() context.Context }); ok {
		return c.Context()
	}

	return context.Background()
}
