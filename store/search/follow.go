package search

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Source is where the documents come from: a set of them, and a feed that
// tells in order which have changed.
type Source interface {
	// Head names the place in the feed where it ends now.
	Head(ctx context.Context) (string, error)
	// Documents goes through all documents as they are now. It ends after the
	// first error.
	Documents(ctx context.Context) iter.Seq2[Document, error]
	// Changes returns what came into the feed after the given place, and the
	// place to go on from. When there is nothing, it waits a few seconds for
	// something and then returns none. It fails with ErrTrimmed when the feed
	// no longer reaches back to that place, or doesn't know it: entries may
	// have been missed.
	Changes(ctx context.Context, after string) (changes []Change, next string, err error)
	// Document reads one document; false when it is not to be found by anyone.
	Document(ctx context.Context, id string) (Document, bool, error)
}

// Change says that the document with this ID may have changed, come or gone.
type Change struct{ ID string }

// ErrTrimmed is what [Source.Changes] fails with when changes may have been
// missed. The index is then built anew.
var ErrTrimmed = errors.New("search: the feed no longer holds the changes asked for")

// How Follow keeps time.
const (
	rebuildEvery = time.Hour              // the whole index, in case a change was missed
	rebuildAgain = 5 * time.Minute        // when that failed; changes are taken in meanwhile
	firstRetry   = 500 * time.Millisecond // after an error; doubled after each further one
	lastRetry    = 30 * time.Second
)

// Follow keeps the index in step with the source until the context ends, and
// returns the context's error. It loads everything, then takes in changes as
// they come; every hour, and after ErrTrimmed, it loads everything again into
// a new index, which takes the place of the old one when it is complete. Other
// errors are logged, and what failed is tried again, less and less often.
// Only one Follow may run at a time.
func (x *Index) Follow(ctx context.Context, source Source) error {
	f := follower{index: x, source: source}
	for ctx.Err() == nil {
		err := f.step(ctx)
		if err == nil {
			f.retry = 0
			continue
		}
		if ctx.Err() != nil {
			break
		}
		f.retry = min(max(firstRetry, 2*f.retry), lastRetry)
		x.log.WarnContext(ctx, "search: following the library failed", "error", err, "retry_in", f.retry)
		select {
		case <-ctx.Done():
		case <-x.clock.After(f.retry):
		}
	}
	return ctx.Err()
}

// follower is how far a Follow has come.
type follower struct {
	index   *Index
	source  Source
	loaded  bool      // everything has been loaded, and nothing missed since
	after   string    // the place in the feed that the index is in step with
	rebuild time.Time // when everything is to be loaded again
	retry   time.Duration
}

// step loads everything, or takes in what has changed. When it fails, the
// next step starts where this one did.
func (f *follower) step(ctx context.Context) error {
	if now := f.index.clock.Now(); !f.loaded || !now.Before(f.rebuild) {
		f.rebuild = now.Add(rebuildAgain)
		return f.load(ctx)
	}
	changes, next, err := f.source.Changes(ctx, f.after)
	if errors.Is(err, ErrTrimmed) {
		f.loaded = false
	}
	if err != nil {
		return err
	}
	if err := f.apply(ctx, changes); err != nil {
		return err
	}
	f.after = next
	return nil
}

// load notes where the feed ends before it reads the documents: a change that
// comes meanwhile is then taken in once more, and none is missed.
func (f *follower) load(ctx context.Context) error {
	head, err := f.source.Head(ctx)
	if err != nil {
		return err
	}
	start := f.index.clock.Now()
	if err := f.index.Replace(f.source.Documents(ctx)); err != nil {
		return err
	}
	f.index.log.InfoContext(ctx, "search: library loaded", "documents", f.index.Len(), "took", f.index.clock.Since(start))
	f.loaded, f.after, f.rebuild = true, head, start.Add(rebuildEvery)
	return nil
}

// apply reads each changed document once, however often it changed.
func (f *follower) apply(ctx context.Context, changes []Change) error {
	done := map[string]bool{}
	for _, change := range changes {
		if done[change.ID] {
			continue
		}
		done[change.ID] = true
		d, found, err := f.source.Document(ctx, change.ID)
		switch {
		case err != nil:
			return err
		case found:
			f.index.Put(d)
		default:
			f.index.Remove(change.ID)
		}
	}
	return nil
}
