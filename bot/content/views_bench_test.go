package content

import (
	"testing"

	"smarketer/store/content"
)

// BenchmarkResultsView renders an answer with three pieces and encodes it.
func BenchmarkResultsView(b *testing.B) {
	found := []content.Served{normal(), normal(), normal()}
	for i := range found {
		found[i].Version.Body += " Each morning a short list names what ran all night for nobody, **site by site**, and nobody has to read a chart."
	}

	b.Run("rendered", func(b *testing.B) {
		for b.Loop() {
			_ = resultsView("pricing", found, 9, 3, false, nil)
		}
	})
	b.Run("rendered and encoded", func(b *testing.B) {
		for b.Loop() {
			if _, err := resultsView("pricing", found, 9, 3, false, nil).Encode(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
