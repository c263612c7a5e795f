package search

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
)

// feed is a source held in memory. Each call waits until the test expects it,
// and the test until it is answered: so the two go along step by step.
type feed struct {
	mu        sync.Mutex
	documents map[string]Document
	changes   []string // IDs
	trimmed   int      // how many changes are no longer there
	fail      map[string]error
	calls     chan call
}

type call struct {
	name     string
	answered chan struct{}
}

func newFeed(documents ...Document) *feed {
	f := &feed{documents: map[string]Document{}, fail: map[string]error{}, calls: make(chan call)}
	for _, d := range documents {
		f.documents[d.ID] = d
	}

	return f
}

// answer waits until the call is expected, and answers it by do, or with the
// error that it is to fail with.
func (f *feed) answer(ctx context.Context, name string, do func() error) error {
	c := call{name, make(chan struct{})}
	select {
	case f.calls <- c:
	case <-ctx.Done():
		return ctx.Err()
	}

	defer close(c.answered)

	f.mu.Lock()
	defer f.mu.Unlock()

	if err := f.fail[name]; err != nil {
		return err
	}

	return do()
}

func (f *feed) FeedHead(ctx context.Context) (head string, err error) {
	err = f.answer(ctx, "head", func() error {
		head = strconv.Itoa(len(f.changes))
		return nil
	})
	return head, err
}

func (f *feed) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		var all []Document
		if err := f.answer(ctx, "documents", func() error {
			all = slices.Collect(maps.Values(f.documents))
			return nil
		}); err != nil {
			yield(Document{}, err)
			return
		}

		each(all)(yield)
	}
}

func (f *feed) FeedAfter(ctx context.Context, after string, _ int, _ time.Duration) (changes []store.Change, err error) {
	err = f.answer(ctx, "changes after "+after, func() error {
		at, err := strconv.Atoi(after)
		if err != nil || at < f.trimmed {
			return errs.ErrNotFound
		}

		for ; at < len(f.changes); at++ {
			changes = append(changes, store.Change{Cursor: strconv.Itoa(at + 1), Ref: "asset:" + f.changes[at]})
		}

		return nil
	})
	return changes, err
}

func (f *feed) Document(ctx context.Context, id string) (d Document, found bool, err error) {
	err = f.answer(ctx, "document "+id, func() error {
		d, found = f.documents[id]
		return nil
	})
	return d, found, err
}

// change does something to the feed.
func (f *feed) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()

	do()
}

func (f *feed) put(d Document) {
	f.change(func() {
		f.documents[d.ID] = d
		f.changes = append(f.changes, d.ID)
	})
}

func (f *feed) remove(id string) {
	f.change(func() {
		delete(f.documents, id)
		f.changes = append(f.changes, id)
	})
}

// following is a test's hold on a running Follow.
type following struct {
	*feed
	t     *testing.T
	index *Index
	clock *clockwork.FakeClock
}

func startFollowing(t *testing.T, f *feed) *following {
	clock := clockwork.NewFakeClockAt(testNow)
	x, err := New(Options{Clock: clock, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- x.Follow(ctx, f, "asset:", f) }()

	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	return &following{feed: f, t: t, index: x, clock: clock}
}

// expect takes the follower's next calls, which must be these.
func (f *following) expect(calls ...string) {
	f.t.Helper()

	for _, name := range calls {
		c := <-f.calls
		require.Equal(f.t, name, c.name)
		<-c.answered
	}
}

// pass waits until the follower sleeps, and lets it sleep for half as long
// again as the step of its backoff, which is the longest with its random part.
func (f *following) pass(d time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.clock.BlockUntilContext(f.t.Context(), 1))
	f.clock.Advance(d * 3 / 2)
}

func TestFollowLoadsThenTails(t *testing.T) {
	t.Parallel()
	f := startFollowing(t, newFeed(Document{ID: "C-1", Title: "price"}, Document{ID: "C-2", Title: "price"}))
	require.False(t, f.index.Ready())
	f.expect("head")
	f.put(Document{ID: "C-3", Title: "price"}) // between noting the head and loading
	f.expect("documents", "changes after 0")
	require.True(t, f.index.Ready())
	require.Equal(t, "C-1 C-2 C-3", found(f.index, "price"))

	f.expect("document C-3")
	f.put(Document{ID: "C-4", Title: "price"})
	f.put(Document{ID: "C-4", Title: "price again"})
	f.remove("C-1")
	f.expect("changes after 1", "document C-4", "document C-1", "changes after 4")
	require.Equal(t, "C-2 C-3 C-4", found(f.index, "price"))
	require.Equal(t, "C-4", found(f.index, "again"))
}

func TestFollowTriesAgain(t *testing.T) {
	t.Parallel()
	source := newFeed(Document{ID: "C-1", Title: "price"})
	source.fail["head"] = errors.New("no connection")

	f := startFollowing(t, source)
	for _, wait := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second} {
		f.expect("head")
		f.pass(wait)
	}

	f.change(func() { clear(source.fail) })
	f.expect("head")
	f.change(func() { source.fail["documents"] = errors.New("lost on the way") })
	f.expect("documents")
	f.pass(30 * time.Second)
	require.False(t, f.index.Ready())
	f.change(func() { clear(source.fail) })
	f.expect("head", "documents", "changes after 0")
	require.True(t, f.index.Ready())

	// A change that can't be read is tried again from where the last step began.
	f.put(Document{ID: "C-2", Title: "price"})
	f.change(func() { source.fail["document C-2"] = errors.New("timeout") })
	f.expect("changes after 0", "document C-2")
	f.pass(500 * time.Millisecond)
	f.change(func() { clear(source.fail) })
	f.expect("changes after 0", "document C-2", "changes after 1")
	require.Equal(t, "C-1 C-2", found(f.index, "price"))
}

func TestFollowRebuildsWhenTheFeedIsTrimmed(t *testing.T) {
	t.Parallel()
	source := newFeed(Document{ID: "C-1", Title: "price"})
	f := startFollowing(t, source)
	f.expect("head", "documents")
	f.remove("C-1")
	f.put(Document{ID: "C-2", Title: "price"})
	f.change(func() { source.trimmed = 1 })
	f.expect("changes after 0") // which fails
	f.pass(500 * time.Millisecond)
	require.Equal(t, "C-1", found(f.index, "price"), "the old library answers until the new one is there")
	f.expect("head", "documents", "changes after 2")
	require.Equal(t, "C-2", found(f.index, "price"))
}

func TestFollowRebuildsEachHour(t *testing.T) {
	t.Parallel()
	source := newFeed(Document{ID: "C-1", Title: "price"})
	f := startFollowing(t, source)
	f.expect("head", "documents", "changes after 0")
	f.change(func() { source.documents["C-2"] = Document{ID: "C-2", Title: "price"} }) // not in the feed
	f.clock.Advance(59 * time.Minute)
	f.expect("changes after 0", "changes after 0")
	require.Equal(t, "C-1", found(f.index, "price"))
	f.clock.Advance(time.Minute)
	f.expect("changes after 0", "head", "documents", "changes after 0")
	require.Equal(t, "C-1 C-2", found(f.index, "price"))
}

// A rebuild that fails doesn't keep changes out, and is tried again later.
func TestFollowGoesOnWhenTheRebuildFails(t *testing.T) {
	t.Parallel()
	source := newFeed(Document{ID: "C-1", Title: "price"})
	f := startFollowing(t, source)
	f.expect("head", "documents", "changes after 0")
	f.clock.Advance(time.Hour)
	f.change(func() { source.fail["documents"] = errors.New("broken") })
	f.expect("changes after 0", "head", "documents")
	f.put(Document{ID: "C-2", Title: "price"})
	f.pass(500 * time.Millisecond)
	f.expect("changes after 0", "document C-2", "changes after 1")
	require.Equal(t, "C-1 C-2", found(f.index, "price"))
	f.change(func() { clear(source.fail) })
	f.clock.Advance(5 * time.Minute)
	f.expect("changes after 1", "head", "documents", "changes after 1")
}
