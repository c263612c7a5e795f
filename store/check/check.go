package check

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/turns/turnrepo"
	"smarketer/store/webhooks"
)

// domain is a part of what is stored, with its check.
type domain struct {
	check func(*store.Dump)
	means string // what follows from its faults, where a fault doesn't say
}

// domains are all parts; the engine comes last.
var domains = []domain{
	{turnrepo.Check, "a lead may go to somebody whose turn it is not"},
	{leadrepo.Check, "a list or a number of leads may be wrong, or nobody reminded of one"},
	{contentrepo.Check, "a list, a number or a reminder of copy may be wrong"},
	{feedbackrepo.Check, "a list or a number of feedback may be wrong, or somebody not told what became of it"},
	{webhooks.Check, "an endpoint may not be told of an event"},
	{(*store.Dump).CheckEngine, "messages or reminders may be late or missing"},
}

// Report is what a check found.
type Report struct {
	Keys   int           // that were read
	Faults []store.Fault // what contradicts what, as it is now
	Mended []store.Fault // what was mended
}

// Run reads the whole workspace once and reports everything in it that
// contradicts something else. While others change the workspace it may report
// what is none; see [Confirm].
func Run(ctx context.Context, s *store.Store) ([]store.Fault, error) {
	r, err := read(ctx, s)
	return r.Faults, err
}

// Err is Run for tests: one error that joins all faults, nil when there is none.
func Err(ctx context.Context, s *store.Store) error {
	r, err := read(ctx, s)
	all := []error{err}
	for _, f := range r.Faults {
		all = append(all, f.What)
	}

	return errors.Join(all...)
}

func read(ctx context.Context, s *store.Store) (Report, error) {
	d, err := s.ReadDump(ctx)
	if err != nil {
		return Report{}, err
	}

	checked, means := 0, []string{}
	for _, part := range domains {
		part.check(d)
		for ; checked < len(d.Faults()); checked++ {
			means = append(means, part.means)
		}
	}

	r := Report{Keys: d.Size()}
	for i, f := range d.Faults() {
		f.Means = cmp.Or(f.Means, means[i])
		if !slices.ContainsFunc(r.Faults, sameAs(f)) {
			r.Faults = append(r.Faults, f)
		}
	}

	return r, nil
}

// sameAs tells a fault that was reported already, such as one that several names
// of a lead have.
func sameAs(f store.Fault) func(store.Fault) bool {
	return func(other store.Fault) bool { return other.What.Error() == f.What.Error() }
}

// readings is how often a workspace is read in which something seems wrong. Two
// would do where little happens; in a channel that is written to all the time
// the same thing can be half done at two readings.
const readings = 3

// Confirm reads the workspace until nothing is wrong with it, three times at the
// most, and reports what was wrong each time. It changes nothing.
func Confirm(ctx context.Context, s *store.Store) (Report, error) {
	report, err := read(ctx, s)
	for n := 1; n < readings && err == nil && len(report.Faults) > 0; n++ {
		before := report.Faults
		if report, err = read(ctx, s); err != nil {
			break
		}

		report.Faults = slices.DeleteFunc(report.Faults, func(f store.Fault) bool {
			return !slices.ContainsFunc(before, f.Same)
		})
	}

	return report, err
}
