package check

import (
	"context"
	"errors"
	"slices"

	"smarketer/store"
	"smarketer/store/errs"
)

// rounds is how often Repair goes over the workspace: mending one thing may show
// another, such as an item of the outbox that nothing leads to any more.
const rounds = 4

// Repair mends what [Confirm] reports and can be mended, each fault in a change
// of its own, and reports what was mended and what is left. A fault that changed
// meanwhile is not touched; it is mended by the next round, or left. One whose
// mending fails, say because a record can't be read, is left as one that can't be
// mended. The error says that Redis can't be asked; what was mended before is
// reported with it.
func Repair(ctx context.Context, s *store.Store) (Report, error) {
	var mended, failed []store.Fault
	for round := 1; ; round++ {
		report, err := Confirm(ctx, s)
		report.Mended = mended
		for i, f := range report.Faults {
			if slices.ContainsFunc(failed, f.Same) {
				report.Faults[i].Mend = nil
			}
		}

		if err != nil || round > rounds || !mendable(report.Faults) {
			return report, err
		}

		for _, f := range report.Faults {
			if f.Mend == nil {
				continue
			}

			done, err := s.Try(ctx, func(tx *store.Tx) error { return f.Mend(ctx, tx) })
			switch {
			case errors.Is(err, errs.ErrUnavailable):
				return Report{Keys: report.Keys, Mended: mended}, err
			case err != nil:
				failed = append(failed, f)
			case done:
				mended = append(mended, f)
			}
		}
	}
}

// mendable tells whether any of the faults can be mended.
func mendable(faults []store.Fault) bool {
	return slices.ContainsFunc(faults, func(f store.Fault) bool { return f.Mend != nil })
}
