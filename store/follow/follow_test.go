package follow_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/follow"
)

// fake is a feed and a view. Each call waits until the test expects it and
// says how it ends, so the two go along step by step.
type fake struct {
	t     *testing.T
	clock *clockwork.FakeClock
	calls chan string
	ends  chan end
}

// end is how an expected call ends: with entries that came into the feed, or
// with an error.
type end struct {
	refs []string
	err  error
}

func (f *fake) call(ctx context.Context, name string) ([]string, error) {
	select {
	case f.calls <- name:
	case <-ctx.Done():
		return nil, ctx.Err()
	}

	select {
	case e := <-f.ends:
		return e.refs, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f *fake) FeedHead(ctx context.Context) (string, error) {
	_, err := f.call(ctx, "head")
	return "10", err
}

func (f *fake) FeedAfter(ctx context.Context, cursor string, limit int, wait time.Duration) ([]store.Change, error) {
	require.Positive(f.t, limit)
	require.Positive(f.t, wait)

	refs, err := f.call(ctx, "after "+cursor)
	last, _ := strconv.Atoi(cursor)
	var changes []store.Change
	for i, ref := range refs {
		changes = append(changes, store.Change{Cursor: strconv.Itoa(last + i + 1), Ref: ref})
	}

	return changes, err
}

func (f *fake) Load(ctx context.Context) error {
	_, err := f.call(ctx, "load")
	return err
}

func (f *fake) Update(ctx context.Context, ids []string) error {
	_, err := f.call(ctx, strings.TrimSpace("update "+strings.Join(ids, " ")))
	return err
}

func start(t *testing.T) *fake {
	f := &fake{t: t, clock: clockwork.NewFakeClock(), calls: make(chan string), ends: make(chan end)}

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	follower := follow.Follower{Name: "test", Prefix: "asset:", Feed: f, View: f, Clock: f.clock, Log: slog.New(slog.DiscardHandler)}
	go func() { ended <- follower.Run(ctx) }()

	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	return f
}

// ok expects these calls, which succeed without entries.
func (f *fake) ok(calls ...string) {
	f.t.Helper()

	for _, name := range calls {
		f.answer(name, end{})
	}
}

func (f *fake) fails(name string, err error) {
	f.t.Helper()
	f.answer(name, end{err: err})
}

func (f *fake) entries(name string, refs ...string) {
	f.t.Helper()
	f.answer(name, end{refs: refs})
}

func (f *fake) answer(name string, e end) {
	f.t.Helper()
	require.Equal(f.t, name, <-f.calls)
	f.ends <- e
}

// pass waits until the follower waits, and lets it wait for half as long again
// as the step of its backoff, which is the longest with its random part.
func (f *fake) pass(d time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.clock.BlockUntilContext(f.t.Context(), 1))
	f.clock.Advance(d * 3 / 2)
}

var errBroken = errors.New("broken")

func TestLoadsThenUpdates(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.ok("head", "load", "after 10", "update", "after 10", "update")
	f.entries("after 10", "asset:C-1", "feedback:F-1", "asset:C-2", "asset:C-1")
	f.ok("update C-1 C-2", "after 14", "update")
	f.entries("after 14", "feedback:F-1")
	f.ok("update", "after 15")
}

func TestTriesAgain(t *testing.T) {
	t.Parallel()

	f := start(t)
	for _, seconds := range []float64{.5, 1, 2, 4, 8, 16, 30, 30} {
		f.fails("head", errBroken)
		f.pass(time.Duration(seconds * float64(time.Second)))
	}

	f.ok("head")
	f.fails("load", errBroken)
	f.pass(30 * time.Second)
	f.ok("head", "load", "after 10", "update")

	// The wait is short again after a success, and the same IDs come again.
	f.entries("after 10", "asset:C-1")
	f.fails("update C-1", errBroken)
	f.pass(500 * time.Millisecond)
	f.entries("after 10", "asset:C-1", "asset:C-2")
	f.ok("update C-1 C-2", "after 12")
}

func TestLoadsAnewWhenTheFeedIsTrimmed(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.ok("head", "load")
	f.fails("after 10", errs.ErrNotFound)
	f.pass(500 * time.Millisecond)
	f.ok("head", "load", "after 10")
}

func TestLoadsAnewEachHour(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.ok("head", "load", "after 10")
	f.clock.Advance(59 * time.Minute)
	f.ok("update", "after 10")
	f.clock.Advance(time.Minute)
	f.ok("update", "head", "load", "after 10")
}

// An hourly load that fails doesn't hold up changes, and is tried again later.
func TestUpdatesWhileLoadingFails(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.ok("head", "load", "after 10")
	f.clock.Advance(time.Hour)
	f.ok("update", "head")
	f.fails("load", errBroken)
	f.pass(500 * time.Millisecond)
	f.entries("after 10", "asset:C-1")
	f.ok("update C-1", "after 11")
	f.clock.Advance(5 * time.Minute)
	f.ok("update", "head", "load", "after 10")
}

// One sort of record is not taken for another whose name begins alike.
func TestTakesOnlyItsOwnRecords(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.ok("head", "load")
	f.entries("after 10", slices.Repeat([]string{"assets:C-1", "lead:L-1"}, 3)...)
	f.ok("update", "after 16")
}
