package bot

import (
	"slices"
	"sync"
	"time"
)

// maxBegun is how many envelopes a process has in hand. Beyond it they are
// left unacknowledged: Slack sends events again, and tells a person whose
// command it was.
const maxBegun = 4096

// task is an envelope in hand.
type task struct {
	envelope
	at    time.Time // when it came
	acked bool      // guarded by begun.mu
}

// begun is what the process has in hand. At a shutdown it tells when the
// connections can be closed without losing an ack, and when nothing is left
// to do.
type begun struct {
	mu      sync.Mutex
	tasks   map[*task]bool
	unacked int
	ending  bool          // shut at the first moment without an unacknowledged envelope
	closed  bool          // nothing more is taken
	quiet   chan struct{} // closed once nothing more is taken and every ack is out
	idle    chan struct{} // closed once everything is finished as well
}

func newBegun() *begun {
	return &begun{tasks: map[*task]bool{}, quiet: make(chan struct{}), idle: make(chan struct{})}
}

// add takes a task in hand, if there is room.
func (b *begun) add(t *task) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.tasks) >= maxBegun {
		return false
	}
	b.tasks[t] = true
	b.unacked++
	return true
}

// acked notes that a task's ack is out, or failed for good.
func (b *begun) acked(t *task) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle(t)
}

// finish lets go of a task.
func (b *begun) finish(t *task) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tasks, t)
	b.settle(t)
}

// end begins the end: tasks are still taken until none waits for its ack, so
// that nobody's command falls into the gap.
func (b *begun) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ending = true
	b.settle(nil)
}

// shut ends the taking of tasks.
func (b *begun) shut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ending, b.closed = true, true
	b.settle(nil)
}

// settle counts a task's ack, once, and tells what is over. mu is held.
func (b *begun) settle(t *task) {
	if t != nil && !t.acked {
		t.acked = true
		b.unacked--
	}
	if b.ending && b.unacked == 0 {
		b.closed = true
		closeOnce(b.quiet)
		if len(b.tasks) == 0 {
			closeOnce(b.idle)
		}
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
func (b *begun) left() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var names []string
	for t := range b.tasks {
		names = append(names, t.what())
	}
	slices.Sort(names)
	return names
}
