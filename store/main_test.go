package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// One Redis serves all tests of the package; each has a workspace of its own
// in it. They are set before any test runs.
var (
	testRedis *Embedded
	testConn  redis.UniversalClient
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	redis.SetLogger(silent{})

	dir, err := os.MkdirTemp("", "smarketer-store-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)

	if testRedis, err = StartEmbedded(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}

	if !testRedis.Durable && realRedisRequired() {
		fmt.Fprintln(os.Stderr, "SMARKETER_TEST_REDIS is required, and there is no redis-server on PATH")
		return 1
	}

	if testConn, err = Connect(testRedis.URL); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}

	code := m.Run()

	_ = testConn.Close()
	if err := testRedis.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}

	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}

	return code
}

// silent drops what go-redis would write to the terminal.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func realRedisRequired() bool { return os.Getenv("SMARKETER_TEST_REDIS") == "required" }

// needRealRedis skips a test where there is no redis-server, unless that is an
// error.
func needRealRedis(t *testing.T) {
	t.Helper()

	if testRedis.Durable {
		return
	}

	require.False(t, realRedisRequired())
	t.Skip("needs a redis-server on PATH")
}

// start is when the tests' clocks begin.
var start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func newTeam() string { return "T" + rand.Text()[:12] }

// newStore is a new workspace. When the test ends, nothing in it may
// contradict anything else.
func newStore(t *testing.T) (*Store, *clockwork.FakeClock) {
	t.Helper()
	return newStoreWith(t, checkNotes)
}

// checkNotes is the check of a workspace that holds nothing but notes and what
// the engine keeps.
func checkNotes(d *Dump) {
	d.KnowsBegin("note:", "test:")
	d.CheckEngine()
}

// faultsOfNotes joins what contradicts something else in a workspace.
func faultsOfNotes(t require.TestingT, s *Store) error {
	d := everything(t, s)
	checkNotes(d)
	return d.Err()
}

// newStoreWith is a new workspace; what it holds in the end is checked, unless
// check is nil.
func newStoreWith(t *testing.T, check func(*Dump)) (*Store, *clockwork.FakeClock) {
	t.Helper()
	fake := clockwork.NewFakeClockAt(start)

	s := New(testConn, newTeam(), fake)
	if check != nil {
		t.Cleanup(func() {
			if t.Failed() {
				return
			}

			d := everything(t, s)
			check(d)
			require.NoError(t, d.Err())
		})
	}

	return s, fake
}

// patience is how long a test waits for another process.
const patience = 30 * time.Second

// realClock is for what waits for another process.
var realClock = clockwork.NewRealClock()

// everything reads all that a workspace holds, to see whether it changed.
func everything(t require.TestingT, s *Store) *Dump {
	d, err := s.ReadDump(context.Background())
	require.NoError(t, err)
	return d
}

// feedOf lists what the feed says, as "kind ref".
func feedOf(t require.TestingT, s *Store) []string {
	changes, err := s.FeedAfter(context.Background(), "0-0", 1000, 0)
	require.NoError(t, err)

	said := make([]string, len(changes))
	for i, c := range changes {
		said[i] = c.Kind + " " + c.Ref
	}

	return said
}

// sendable leases all that may be sent now.
func sendable(t require.TestingT, s *Store) []Leased {
	items, _, err := s.LeaseItems(context.Background(), 1000, time.Minute)
	require.NoError(t, err)
	return items
}

// unpaced lets messages follow each other at once.
var unpaced = Pace{}

// drain sends everything that waits, and tells "channel card or message" in
// the order in which it was sent.
func drain(t require.TestingT, s *Store) []string {
	var sent []string
	for items := sendable(t, s); len(items) > 0; items = sendable(t, s) {
		for _, l := range items {
			sent = append(sent, l.Channel+" "+l.Card+string(l.Message))
			mine, err := s.FinishItem(context.Background(), l, "", unpaced)
			require.NoError(t, err)
			require.True(t, mine)
		}
	}

	return sent
}

// message is an item with a one-off message.
func message(channel, text string) Item {
	return Item{Channel: channel, Message: fmt.Appendf(nil, "%q", text)}
}

// teamOf is the workspace that a store keeps.
func teamOf(s *Store) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.keys.root, "sm:{"), "}:")
}

// sortedDrain is drain where the order among channels doesn't matter.
func sortedDrain(t require.TestingT, s *Store) []string {
	sent := drain(t, s)
	slices.SortStableFunc(sent, func(a, b string) int {
		return strings.Compare(strings.Fields(a)[0], strings.Fields(b)[0])
	})
	return sent
}
