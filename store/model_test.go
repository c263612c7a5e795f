package store

import (
	"fmt"
	"maps"
	"slices"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The properties below run random operations of several replicas against one
// workspace, requests repeated among them, and compare what comes of it with a
// plain model in memory. In the end the workspace must not contradict itself.

// world is what every model is tried on.
type world struct {
	clock    *clockwork.FakeClock
	replicas []*Store
	asked    int
	answers  map[string]answer // what each request brought about, by its dedupe key
}

// answer is what a request brought about.
type answer struct{ id string }

func newWorld() *world {
	w := &world{clock: clockwork.NewFakeClockAt(start), answers: map[string]answer{}}
	w.replicas = []*Store{New(testConn, newTeam(), w.clock)}
	for range 2 {
		w.replicas = append(w.replicas, w.replicas[0].Another())
	}

	return w
}

// store is one of the replicas.
func (w *world) store(t *rapid.T) *Store { return rapid.SampledFrom(w.replicas).Draw(t, "replica") }

// op is the dedupe key of a new request or of one that was carried out before.
func (w *world) op(t *rapid.T, kind string) (op string, before answer, repeated bool) {
	var known []string
	for _, op := range slices.Sorted(maps.Keys(w.answers)) {
		if len(op) > len(kind) && op[:len(kind)] == kind {
			known = append(known, op)
		}
	}

	if len(known) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
		op := rapid.SampledFrom(known).Draw(t, "op")
		return op, w.answers[op], true
	}

	w.asked++
	return fmt.Sprintf("%s %d", kind, w.asked), answer{}, false
}

func (w *world) consistent(t *rapid.T) {
	require.NoError(t, faultsOfNotes(t, w.replicas[0]))
}
