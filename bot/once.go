package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/store"
)

const (
	// seenFor is how long a process remembers a request. Slack redelivers an
	// event for about six minutes.
	seenFor = 10 * time.Minute
	// seenAtMost bounds that memory, at some 200 bytes each.
	seenAtMost = 100_000
	// ackWithin is how long Slack waits for an ack. An envelope that it sends
	// again later than that has lost the first one.
	ackWithin = 3 * time.Second
)

// seen remembers what this process answered lately, so that an envelope that
// comes twice is not answered twice. It only spares people a second answer:
// that nothing is done twice, here or by another replica, is the store's work
// (Request.Op). Two generations of a map make forgetting cheap.
type seen struct {
	clock    clockwork.Clock
	mu       sync.Mutex
	now, old map[string]*turn
	since    time.Time
}

// turn is one delivery of a request that is answered, or has been.
type turn struct {
	envelopeID string
	conn       *connection   // that its ack goes to
	over       chan struct{} // closed once it is answered
	at         time.Time     // when that was
}

// errAnswered says that the very same envelope came again while the ack for it
// was being made or on its way: a second one, without the answer, might
// overtake it on another connection.
var errAnswered = errors.New("this envelope is acknowledged")

func newSeen(clock clockwork.Clock) *seen {
	return &seen{clock: clock, now: map[string]*turn{}, since: clock.Now()}
}

// begin waits until no other delivery of the request is being answered. The
// error is store.ErrDuplicate when one has been, or errAnswered. The caller
// must say when it is done, and whether another delivery should try again.
func (s *seen) begin(ctx context.Context, r *Request, e envelope) (done func(again bool), err error) {
	if r.Op == "" || r.Kind == Options {
		return func(bool) {}, nil
	}
	key := string(r.Kind) + " " + r.Op
	for {
		mine, other := s.claim(key, r, e)
		if other == nil {
			return func(again bool) { s.done(key, mine, again) }, nil
		}
		select {
		case <-other.over:
			switch {
			case !s.remembers(key, other): // it failed
			case other.envelopeID != e.EnvelopeID, other.conn.ended(), r.At.Sub(other.at) > ackWithin:
				return nil, store.ErrDuplicate
			default:
				return nil, errAnswered
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// claim makes the request ours, or returns whose it is.
func (s *seen) claim(key string, r *Request, e envelope) (mine, other *turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clock.Since(s.since) > seenFor || len(s.now) >= seenAtMost {
		s.old, s.now, s.since = s.now, map[string]*turn{}, s.clock.Now()
	}
	if other = s.get(key); other != nil && !other.lost(r) {
		return nil, other
	}
	mine = &turn{envelopeID: e.EnvelopeID, conn: e.conn, over: make(chan struct{})}
	s.now[key] = mine
	return mine, nil
}

func (s *seen) get(key string) *turn {
	if t := s.now[key]; t != nil {
		return t
	}
	return s.old[key]
}

// answered reports whether the turn is over.
func (t *turn) answered() bool {
	select {
	case <-t.over:
		return true
	default:
		return false
	}
}

// lost reports whether an answer may not have arrived: it rode in an ack, and
// that connection has died since. Only commands are answered so; to look
// again does no harm, and what changes something carries its Op.
func (t *turn) lost(r *Request) bool {
	return r.Kind == Command && t.answered() && t.conn.ended()
}

func (s *seen) remembers(key string, t *turn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(key) == t
}

func (s *seen) done(key string, t *turn, again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if again {
		delete(s.now, key)
		delete(s.old, key)
	}
	t.at = s.clock.Now()
	close(t.over)
}
