package content

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store/content"
)

// BenchmarkImport brings in 10,000 files of some 900 characters, first anew,
// then once more as they are, then each with other words, and exports them.
// Redis shares the machine.
func BenchmarkImport(b *testing.B) {
	const files = 10_000
	text := strings.Repeat("Every site sends a short list each morning. ", 20)

	library := func(round int) func(func(File) bool) {
		return func(yield func(File) bool) {
			for i := range files {
				slug := fmt.Sprintf("piece-%d", i)
				if !yield(simple(slug, "approved", fmt.Sprintf("%s %d %d", text, i, round))) {
					return
				}
			}
		}
	}
	for b.Loop() {
		s := newAssets(b, clockwork.NewRealClock())
		bring := func(round int, want content.Outcome) float64 {
			began, n := time.Now(), 0
			require.NoError(b, Import(b.Context(), s, library(round), noon, everySeason, false, func(i Imported) {
				if i.Done == want {
					n++
				}
			}))
			require.Equal(b, files, n)
			return time.Since(began).Seconds()
		}
		var before, after runtime.MemStats

		runtime.GC()
		runtime.ReadMemStats(&before)
		b.ReportMetric(bring(1, content.Created), "new-s")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "kept-MB")
		b.ReportMetric(bring(1, content.Unchanged), "unchanged-s")
		b.ReportMetric(bring(2, content.NewVersion), "new-version-s")

		began, n := time.Now(), 0
		for _, err := range Export(b.Context(), s) {
			require.NoError(b, err)
			n++
		}

		require.Equal(b, files, n)
		b.ReportMetric(time.Since(began).Seconds(), "export-s")
	}
}
