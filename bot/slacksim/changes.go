package slacksim

import (
	"context"
	"fmt"
	"sync"
)

// Kind says what a [Change] is about.
type Kind string

// The kinds of change.
const (
	ChangeMessage    Kind = "message"
	ChangeEdited     Kind = "message_changed"
	ChangeDeleted    Kind = "message_deleted"
	ChangeEphemeral  Kind = "ephemeral"
	ChangeView       Kind = "view"
	ChangeViewClosed Kind = "view_closed"
	ChangeHome       Kind = "home"
	ChangeChannel    Kind = "channel"
	ChangeConnection Kind = "connection"
	ChangeCall       Kind = "call"
	// ChangeMissed stands for changes that a slow subscriber lost: read all anew.
	ChangeMissed Kind = "missed"
)

// Change is something that happened in the workspace. Fields that don't apply are empty.
type Change struct {
	Kind     Kind   `json:"kind"`
	Channel  string `json:"channel,omitempty"`
	TS       string `json:"ts,omitempty"`
	ThreadTS string `json:"thread_ts,omitempty"`
	User     string `json:"user,omitempty"` // whom it concerns, where that is one person
	View     string `json:"view,omitempty"`
	Call     int64  `json:"call,omitempty"` // the number of a [Call]
}

// subscriberBuffer is how far a subscriber may fall behind before it loses changes.
const subscriberBuffer = 256

// hub tells subscribers and waiters what changed. It never blocks.
type hub struct {
	mu          sync.Mutex
	closed      bool
	subscribers map[chan Change]struct{}
	waiters     map[chan struct{}]struct{}
}

func newHub() *hub {
	return &hub{subscribers: map[chan Change]struct{}{}, waiters: map[chan struct{}]struct{}{}}
}

func (h *hub) tell(c Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.subscribers {
		select {
		case ch <- c:
		default:
			// Full: the oldest gives way to the notice that something was lost.
			select {
			case <-ch:
			default:
			}

			select {
			case ch <- Change{Kind: ChangeMissed}:
			default:
			}
		}
	}

	for ch := range h.waiters {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}

	h.closed = true
	for ch := range h.subscribers {
		delete(h.subscribers, ch)
		close(ch)
	}
}

// Subscribe returns every change from now on, and a function that ends it. The
// channel is closed by that function or by [Server.Close]. A reader that falls far
// behind gets [ChangeMissed] in place of what it lost.
func (s *Server) Subscribe() (<-chan Change, func()) {
	ch := make(chan Change, subscriberBuffer)
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(ch)
		return ch, func() {}
	}

	h.subscribers[ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if _, there := h.subscribers[ch]; there {
			delete(h.subscribers, ch)
			close(ch)
		}
	}
}

// Wait returns nil as soon as cond holds. It asks again after every change, so a
// test waits without sleeping; cond may call any method of the server. It returns
// an error that wraps ctx's when that ends first.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	wake := make(chan struct{}, 1)
	s.hub.mu.Lock()
	s.hub.waiters[wake] = struct{}{}
	s.hub.mu.Unlock()
	defer func() {
		s.hub.mu.Lock()
		delete(s.hub.waiters, wake)
		s.hub.mu.Unlock()
	}()
	for {
		if cond() {
			return nil
		}

		select {
		case <-wake:
		case <-ctx.Done():
			return fmt.Errorf("slacksim: the condition was not met: %w", ctx.Err())
		}
	}
}
