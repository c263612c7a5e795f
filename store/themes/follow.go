package themes

import (
	"context"
	"time"

	"smarketer/store/feedback"
	"smarketer/store/follow"
)

// How often the reports are counted anew.
const (
	countEvery = 10 * time.Minute // without a change: days go by
	restFactor = 10               // after a count it rests this many times as long as that took
)

// Follow keeps the index in step with the store until the context ends, and
// returns the context's error. It loads a year of feedback, then takes in
// changes as they come. See package follow for when everything is loaded again,
// which also lets go of words that nobody says any more. Only one Follow may
// run at a time.
func (x *Index) Follow(ctx context.Context) error {
	return follow.Follower{
		Name:   "themes",
		Prefix: feedback.Ref(""),
		Feed:   x.Feed,
		View:   &view{Index: x},
		Clock:  x.Clock,
		Log:    x.Log,
	}.Run(ctx)
}

// view is the index as package follow sees it.
type view struct {
	*Index
	changed bool // since the last count
	counted time.Time
	rest    time.Duration // from one count to the next, at least
}

// Load reads a year of feedback and counts it.
func (v *view) Load(ctx context.Context) error {
	fresh := newTable(v.reader)
	for piece, err := range v.Feedback.All(ctx, v.Clock.Now().Add(-horizon)) {
		if err != nil {
			return err
		}

		fresh.put(piece)
	}

	v.table = fresh
	v.count()
	return nil
}

// Update takes in the changed pieces, and counts when it is time to.
func (v *view) Update(ctx context.Context, ids []string) error {
	if len(ids) > 0 {
		pieces, err := v.Feedback.Pieces(ctx, ids...)
		if err != nil {
			return err
		}

		for _, p := range pieces {
			v.table.put(p)
			v.changed = true
		}
	}

	if age := v.Clock.Since(v.counted); v.changed && age >= v.rest || age >= countEvery {
		v.count()
	}

	return nil
}

// count makes new reports.
func (v *view) count() {
	start := v.Clock.Now()
	v.table.forget(start.Add(-horizon))
	reports := v.table.report(start)
	v.reports.Store(&reports)

	v.counted, v.changed = v.Clock.Now(), false
	v.rest = restFactor * v.counted.Sub(start)
}
