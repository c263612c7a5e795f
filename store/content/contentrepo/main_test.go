package contentrepo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/storetest"
	"smarketer/store/turns/turnrepo"
)

// One Redis serves all tests of the package; each has a workspace of its own in
// it. Its address is set before any test runs.
var redisURL string

func TestMain(m *testing.M) {
	storetest.Main(m, &redisURL, func() error { return goleak.Find() })
}

// start is when the tests' clocks begin.
var start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// workspace is a workspace with content.
type workspace struct {
	*Repo
	store *store.Store
	rdb   redis.UniversalClient
}

func open(s *store.Store) *workspace { return &workspace{New(s, turnrepo.New(s)), s, s.Redis()} }

// newWorkspace is a new workspace. When the test ends, nothing in it may
// contradict anything else.
func newWorkspace(t *testing.T) (*workspace, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	s := open(storetest.Store(t, redisURL, clock))
	t.Cleanup(func() {
		if !t.Failed() {
			require.NoError(t, sound(t, s))
		}
	})
	return s, clock
}

// spoilt is a new workspace that a test makes contradict itself.
func spoilt(t *testing.T) *workspace {
	t.Helper()
	return open(storetest.Store(t, redisURL, clockwork.NewFakeClockAt(start)))
}

// another is the same workspace as another process sees it.
func another(s *workspace) *workspace { return open(s.store.Another()) }

// sound says what contradicts something else in a workspace, of which judged is
// all that counts.
func sound(t require.TestingT, s *workspace, judged ...content.Judged) error {
	d := everything(t, s)
	Check(d)
	CheckVerdicts(d, append(judged, s.judged(t)...))
	turnrepo.Check(d)
	d.CheckEngine()
	return d.Err()
}

// judgedKey is where tests note what they counted.
const judgedKey = "judged"

// judge counts a verdict, as feedback does.
func judge(t require.TestingT, s *workspace, j content.Judged) {
	_, err := s.store.Update(testContext(t), "", func(tx *store.Tx) error {
		return s.CountVerdict(testContext(t), tx, j, 1)
	})
	require.NoError(t, err)
	require.NoError(t, s.rdb.RPush(testContext(t), judgedKey+s.store.Key(""),
		strings.Join([]string{j.Asset, fmt.Sprint(j.Version), string(j.Verdict), j.Persona, j.Stage}, "|")).Err())
}

// judged is what a test counted in a workspace.
func (s *workspace) judged(t require.TestingT) []content.Judged {
	lines, err := s.rdb.LRange(context.Background(), judgedKey+s.store.Key(""), 0, -1).Result()
	require.NoError(t, err)

	var all []content.Judged
	for _, line := range lines {
		p := strings.Split(line, "|")
		j := content.Judged{Asset: p[0], Verdict: content.Verdict(p[2]), Persona: p[3], Stage: p[4]}
		_, err := fmt.Sscan(p[1], &j.Version)
		require.NoError(t, err)
		all = append(all, j)
	}

	return all
}

// everything reads all that a workspace holds.
func everything(t require.TestingT, s *workspace) *store.Dump {
	d, err := s.store.ReadDump(context.Background())
	require.NoError(t, err)
	return d
}

// feedOf lists what the feed says, as "kind ref".
func feedOf(t require.TestingT, s *workspace) []string {
	changes, err := s.store.FeedAfter(context.Background(), "0-0", 1000, 0)
	require.NoError(t, err)

	entries := make([]string, len(changes))
	for i, c := range changes {
		entries[i] = c.Kind + " " + c.Ref
	}

	return entries
}

// drain sends everything that waits, and tells "channel card or message" in the
// order in which it was sent.
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

// message is an item with a one-off message.
func message(channel, text string) store.Item {
	return store.Item{Channel: channel, Message: fmt.Appendf(nil, "%q", text)}
}

// testContext is the context of the test, also within a property.
func testContext(t require.TestingT) context.Context {
	if c, ok := t.(interface{ Context() context.Context }); ok {
		return c.Context()
	}

	return context.Background()
}

// world is what every model is tried on: several replicas on one workspace.
type world struct {
	clock    *clockwork.FakeClock
	replicas []*workspace
	asked    int
	answers  map[string]answer // what each request brought about, by its dedupe key
}

// answer is what a request brought about.
type answer struct{ id string }

// newWorld is a new workspace for a property of a test.
func newWorld(t *testing.T) *world {
	w := &world{clock: clockwork.NewFakeClockAt(start), answers: map[string]answer{}}
	w.replicas = []*workspace{open(storetest.Store(t, redisURL, w.clock))}
	for range 2 {
		w.replicas = append(w.replicas, another(w.replicas[0]))
	}

	return w
}

// store is one of the replicas.
func (w *world) store(t *rapid.T) *workspace {
	return rapid.SampledFrom(w.replicas).Draw(t, "replica")
}

// op is the dedupe key of a new request or of one that was carried out before.
func (w *world) op(t *rapid.T, kind string) (op string, before answer, repeated bool) {
	var known []string
	for _, op := range slices.Sorted(maps.Keys(w.answers)) {
		if strings.HasPrefix(op, kind) {
			known = append(known, op)
		}
	}

	if len(known) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
		op := rapid.SampledFrom(known).Draw(t, "op")
		return op, w.answers[op], true
	}

	w.asked++
	return fmt.Sprintf("%s %d", kind, w.asked), answer{}, false
}

func (w *world) consistent(t *rapid.T) { require.NoError(t, sound(t, w.replicas[0])) }
