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
	done     map[string]bool // requests that were carried out, by their dedupe key
}

func newWorld() *world {
	w := &world{clock: clockwork.NewFakeClockAt(start), done: map[string]bool{}}
	w.replicas = []*Store{New(testConn, newTeam(), w.clock)}
	for range 2 {
		w.replicas = append(w.replicas, w.replicas[0].Another())
	}

	return w
}

// store is one of the replicas.
func (w *world) store(t *rapid.T) *Store { return rapid.SampledFrom(w.replicas).Draw(t, "replica") }

// op is the dedupe key of a new request or of one that was carried out before.
func (w *world) op(t *rapid.T, kind string) (op string, repeated bool) {
	var known []string
	for _, op := range slices.Sorted(maps.Keys(w.done)) {
		if len(op) > len(kind) && op[:len(kind)] == kind {
			known = append(known, op)
		}
	}

	if len(known) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
		op := rapid.SampledFrom(known).Draw(t, "op")
		return op, true
	}

	w.asked++
	return fmt.Sprintf("%s %d", kind, w.asked), false
}

func (w *world) consistent(t *rapid.T) {
	require.NoError(t, faultsOfNotes(t, w.replicas[0]))
}
