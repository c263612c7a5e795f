package follow

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/store"
	"smarketer/store/backoff"
	"smarketer/store/errs"
)

// Timing of a follower.
const (
	reloadEvery = time.Hour              // how often the whole view is loaded anew
	reloadRetry = 5 * time.Minute        // when the hourly load failed; updates go on meanwhile
	readWait    = 500 * time.Millisecond // how long one read of the feed waits for an entry
	readLimit   = 500                    // entries taken from the feed at once
)

// retry says how long to wait after failures in a row.
var retry = backoff.Policy{Min: 500 * time.Millisecond, Max: 30 * time.Second}

// View is something in memory that is made from records in the store. A
// follower calls one method at a time, from one goroutine.
type View interface {
	// Load makes the view anew from all records. When it returns an error, the
	// view must be as it was before.
	Load(ctx context.Context) error

	// Update reads the records with these IDs again, each of which may have
	// changed, come or gone. It is called after each read of the feed, about
	// twice a second, with no IDs when nothing has changed. After an error the
	// same IDs come again.
	Update(ctx context.Context, ids []string) error
}

// Feed reads the store's feed; *store.Store is one. See there.
type Feed interface {
	FeedHead(ctx context.Context) (string, error)
	FeedAfter(ctx context.Context, cursor string, limit int, wait time.Duration) ([]store.Change, error)
}

// Follower keeps a view in step with records of one sort. All fields must be
// set.
type Follower struct {
	Name   string // of the view, for the log: "search"
	Prefix string // of the records' references in the feed: "asset:"
	Feed   Feed
	View   View
	Clock  clockwork.Clock
	Log    *slog.Logger
}

// Run keeps the view in step until the context ends, and returns the context's
// error. Other errors are logged, and what failed is tried again.
func (f Follower) Run(ctx context.Context) error {
	p := progress{Follower: f}
	failures := 0

	for ctx.Err() == nil {
		err := p.step(ctx)
		if err == nil {
			failures = 0
			continue
		}

		if ctx.Err() != nil {
			break
		}

		failures++
		wait := retry.After(failures)
		f.Log.WarnContext(ctx, f.Name+": following the feed failed", "error", err, "retry_in", wait)

		select {
		case <-ctx.Done():
		case <-f.Clock.After(wait):
		}
	}

	return ctx.Err()
}

// progress is how far a Follower has come.
type progress struct {
	Follower
	loaded bool      // the view has been loaded, and no entry was missed since
	cursor string    // the last feed entry that the view has taken in
	reload time.Time // when the view is to be loaded anew
}

// step loads the view or updates it from the feed. When it fails, the next
// step starts where this one did.
func (p *progress) step(ctx context.Context) error {
	if now := p.Clock.Now(); !p.loaded || !now.Before(p.reload) {
		p.reload = now.Add(reloadRetry)
		return p.load(ctx)
	}

	changes, err := p.Feed.FeedAfter(ctx, p.cursor, readLimit, readWait)
	if errors.Is(err, errs.ErrNotFound) { // trimmed or restored: entries may be missing
		p.loaded = false
	}

	if err != nil {
		return err
	}

	if err := p.View.Update(ctx, p.changedIDs(changes)); err != nil {
		return err
	}

	if len(changes) > 0 {
		p.cursor = changes[len(changes)-1].Cursor
	}

	return nil
}

// load notes the end of the feed before it loads the view, so that a change
// made meanwhile is taken in again and not missed.
func (p *progress) load(ctx context.Context) error {
	head, err := p.Feed.FeedHead(ctx)
	if err != nil {
		return err
	}

	start := p.Clock.Now()
	if err := p.View.Load(ctx); err != nil {
		return err
	}

	p.Log.InfoContext(ctx, p.Name+": loaded", "took", p.Clock.Since(start))
	p.loaded, p.cursor, p.reload = true, head, start.Add(reloadEvery)
	return nil
}

// changedIDs lists the IDs of the followed records among the changes, each
// once, in the order of their first change.
func (p *progress) changedIDs(changes []store.Change) []string {
	var ids []string
	seen := map[string]bool{}

	for _, c := range changes {
		if id, ok := strings.CutPrefix(c.Ref, p.Prefix); ok && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}

	return ids
}
