package themes

import (
	"context"
	"errors"
	"strings"
	"time"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// How Follow keeps time.
const (
	rebuildEvery = time.Hour              // everything, in case a change was missed, and to let go of old words
	countEvery   = 10 * time.Minute       // without a change: days go by
	changesWait  = 500 * time.Millisecond // how long one look at the feed waits for something to happen
	changesRead  = 500
	retryAfter   = 5 * time.Second
	restFactor   = 10 // how many times as long as it counted it rests
)

// Follow keeps the index in step with the store until the context ends, and
// returns the context's error. It loads a year of feedback, then takes in
// changes as they come; every hour, and when the feed no longer holds the
// changes since, it loads everything again. Errors are logged, and what failed
// is tried again.
func (x *Index) Follow(ctx context.Context) error {
	f := follower{Index: x}
	for ctx.Err() == nil {
		err := f.step(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		x.Log.WarnContext(ctx, "themes: following the feedback failed", "error", err, "retry_in", retryAfter)
		select {
		case <-ctx.Done():
		case <-x.Clock.After(retryAfter):
		}
	}

	return ctx.Err()
}

// follower is how far a Follow has come.
type follower struct {
	*Index
	after   string    // the place in the feed that the table is in step with, "" for none
	rebuild time.Time // when everything is to be loaded again
	changed bool      // since it was counted
	counted time.Time
	rest    time.Duration
}

// step loads everything, or takes in what has changed, and counts.
func (f *follower) step(ctx context.Context) error {
	if f.after == "" || !f.Clock.Now().Before(f.rebuild) {
		return f.load(ctx)
	}

	changes, err := f.Store.FeedAfter(ctx, f.after, changesRead, changesWait)
	if errors.Is(err, errs.ErrNotFound) {
		f.after = ""
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.apply(ctx, changes); err != nil {
		return err
	}

	age := f.Clock.Since(f.counted)
	if f.changed && age >= f.rest || age >= countEvery {
		f.count()
	}

	return nil
}

// load notes where the feed ends before it reads: a change that comes
// meanwhile is taken in once more, and none is missed.
func (f *follower) load(ctx context.Context) error {
	head, err := f.Store.FeedHead(ctx)
	if err != nil {
		return err
	}

	start := f.Clock.Now()
	fresh := newTable(f.reader)
	for piece, err := range f.Feedback.All(ctx, start.Add(-horizon)) {
		if err != nil {
			return err
		}
		fresh.put(piece)
	}

	f.table = fresh
	f.count()
	f.Log.InfoContext(ctx, "themes: feedback loaded", "pieces", len(fresh.pieces), "took", f.Clock.Since(start))
	f.after, f.rebuild = head, start.Add(rebuildEvery)
	return nil
}

// apply reads each changed piece once, however often it changed.
func (f *follower) apply(ctx context.Context, changes []store.Change) error {
	var ids []string
	seen := map[string]bool{}
	for _, c := range changes {
		if id, ok := strings.CutPrefix(c.Ref, feedback.Ref("")); ok && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}

	pieces, err := f.Feedback.Pieces(ctx, ids...)
	if err != nil {
		return err
	}

	for _, p := range pieces {
		f.table.put(p)
		f.changed = true
	}
	if len(changes) > 0 {
		f.after = changes[len(changes)-1].Cursor
	}

	return nil
}

// count makes new reports.
func (f *follower) count() {
	start := f.Clock.Now()
	f.table.forget(start.Add(-horizon))
	reports := f.table.report(start)
	f.reports.Store(&reports)
	f.counted, f.changed = f.Clock.Now(), false
	f.rest = restFactor * f.counted.Sub(start)
}
