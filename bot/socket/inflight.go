package socket

import (
	"slices"
	"sync"
	"time"
)

// maxInFlight is how many envelopes a process has in flight. Beyond it they
// are left unacknowledged: Slack sends events again, and tells a person whose
// command it was.
const maxInFlight = 4096

// task is an envelope in flight.
type task struct {
	envelope
	at      time.Time // when it came
	isAcked bool      // guarded by inFlight.mu
}

// inFlight is the envelopes that came and are not finished. At a shutdown it
// tells when the connections can be closed without losing an ack, and when
// nothing is left to do.
type inFlight struct {
	mu       sync.Mutex
	tasks    map[*task]bool
	unacked  int
	draining bool          // closed at the first moment without an unacknowledged envelope
	closed   bool          // nothing more is taken
	acksOut  chan struct{} // closed once nothing more is taken and every ack is out
	finished chan struct{} // closed once everything is finished as well
}

func newInFlight() *inFlight {
	return &inFlight{tasks: map[*task]bool{}, acksOut: make(chan struct{}), finished: make(chan struct{})}
}

// add takes a task, if there is room, and reports whether it did.
func (f *inFlight) add(t *task) bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	if f.closed || len(f.tasks) >= maxInFlight {
		return false
	}

	f.tasks[t] = true
	f.unacked++
	return true
}

// acked notes that a task's ack is out, or failed for good.
func (f *inFlight) acked(t *task) {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.countAck(t)
	f.check()
}

// finish lets go of a task.
func (f *inFlight) finish(t *task) {
	f.mu.Lock()
	defer f.mu.Unlock()

	delete(f.tasks, t)
	f.countAck(t)
	f.check()
}

// drain begins the end: tasks are still taken until none waits for its ack, so
// that nobody's command falls into the gap.
func (f *inFlight) drain() {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.draining = true
	f.check()
}

// close ends the taking of tasks.
func (f *inFlight) close() {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.draining, f.closed = true, true
	f.check()
}

// countAck counts a task's ack, once. mu is held.
func (f *inFlight) countAck(t *task) {
	if !t.isAcked {
		t.isAcked = true
		f.unacked--
	}
}

// check tells what is over when the end has begun. mu is held.
func (f *inFlight) check() {
	if !f.draining || f.unacked > 0 {
		return
	}

	f.closed = true
	closeOnce(f.acksOut)
	if len(f.tasks) == 0 {
		closeOnce(f.finished)
	}
}

func closeOnce(ch chan struct{}) {
	select {
	case <-ch:
	default:
		close(ch)
	}
}

// left names what is not finished.
func (f *inFlight) left() []string {
	f.mu.Lock()
	defer f.mu.Unlock()

	var names []string
	for t := range f.tasks {
		names = append(names, t.label())
	}

	slices.Sort(names)
	return names
}
