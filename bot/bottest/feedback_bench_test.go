package bottest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkFeedback measures /feedback from the moment Slack sends it: until
// the form is open with what the line gives away, and, for a line that needs
// no form, until the piece is stored and the receipt is shown. Simulator,
// Redis and bot share the machine; one person types at a time.
func BenchmarkFeedback(b *testing.B) {
	for _, c := range []struct {
		name, line string
		opens      bool
	}{
		{"form open", "/feedback the CFO at Brackenmoor loved the payback line, Voltquill had nothing like it", true},
		{"stored without a form", "/feedback + C-8 the CFO at Brackenmoor loved it", false},
	} {
		b.Run(c.name, func(b *testing.B) {
			sim := bootSmarketer(b)
			rep, took := sim.As(raj), make([]time.Duration, 0, b.N)
			for b.Loop() {
				began := time.Now()

				require.NoError(b, rep.Command(b.Context(), emea, c.line)) // the form is opened before the command is acknowledged
				took = append(took, time.Since(began))
				views := rep.Views()
				require.Equal(b, c.opens, len(views) > 0)

				for _, v := range views {
					require.NoError(b, rep.CloseView(b.Context(), v.ID))
				}
			}

			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
		})
	}
}
