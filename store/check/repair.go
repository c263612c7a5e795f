package check

import (
	"context"
	"fmt"

	"smarketer/store"
)

// rounds is how often Repair goes over the workspace: mending one thing may show
// another, such as an item of the outbox that nothing leads to any more.
const rounds = 4

// Repair mends what [Confirm] reports and can be mended, each fault in a change
// of its own, and reports what was mended and what is left. A fault that changed
// meanwhile is not touched; it is mended by the next round, or left. Changes
// that were made before an error stay, and are reported with it.
func Repair(ctx context.Context, s *store.Store) (Report, error) {
	var mended []store.Fault
	for range rounds {
		report, err := Confirm(ctx, s)
		if err != nil {
			return Report{Mended: mended}, err
		}

		before := len(mended)
		for _, f := range report.Faults {
			if f.Mend == nil {
				continue
			}
			done, err := s.Try(ctx, func(tx *store.Tx) error { return f.Mend(ctx, tx) })
			if err != nil {
				return Report{Mended: mended}, fmt.Errorf("mend %s: %w", f.Plain(), err)
			}
			if done {
				mended = append(mended, f)
			}
		}
		if report.Mended = mended; len(mended) == before {
			return report, nil
		}
	}

	report, err := Confirm(ctx, s)
	report.Mended = mended
	return report, err
}
