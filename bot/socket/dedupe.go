package socket

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/store/errs"
)

const (
	// dedupeFor is how long a process remembers a request. Slack redelivers an
	// event for about six minutes.
	dedupeFor = 10 * time.Minute
	// maxDeduped bounds that memory, at some 200 bytes each.
	maxDeduped = 100_000
	// slackWaits is how long Slack waits for an ack. An envelope that it sends
	// again later than that has lost the first one.
	slackWaits = 3 * time.Second
)

// dedupe remembers what this process answered lately, so that an envelope that
// comes twice is not answered twice. It only spares people a second answer:
// that nothing is done twice, here or by another replica, is the store's work
// (Request.Op). Two generations of a map make forgetting cheap.
type dedupe struct {
	clock    clockwork.Clock
	mu       sync.Mutex
	now, old map[string]*delivery
	since    time.Time // when the generation now began
}

// delivery is one delivery of a request that is being answered, or was.
type delivery struct {
	envelopeID string
	conn       *connection   // that its ack goes to
	done       chan struct{} // closed once it is answered
	at         time.Time     // when that was
}

// errAcked says that the very same envelope came again while the ack for it
// was being made or on its way: a second one, without the answer, might
// overtake it on another connection.
var errAcked = errors.New("this envelope is acknowledged")

func newDedupe(clock clockwork.Clock) *dedupe {
	return &dedupe{clock: clock, now: map[string]*delivery{}, since: clock.Now()}
}

// begin waits until no other delivery of the request is being answered. The
// error is errs.ErrDuplicate when one was, errAcked when that one's ack is the
// answer to this one too, or that of ctx. The caller must say when it is done,
// and whether another delivery should try again.
func (d *dedupe) begin(ctx context.Context, r *bot.Request, e envelope) (done func(again bool), err error) {
	if r.Op == "" || r.Kind == bot.Options {
		return func(bool) {}, nil
	}

	key := string(r.Kind) + " " + r.Op
	for {
		mine, other := d.claim(key, r, e)
		if other == nil {
			return func(again bool) { d.finish(key, mine, again) }, nil
		}

		select {
		case <-other.done:
			switch {
			case !d.remembers(key, other): // it failed
			case other.envelopeID != e.EnvelopeID, other.conn.ended(), r.At.Sub(other.at) > slackWaits:
				return nil, errs.ErrDuplicate
			default:
				return nil, errAcked
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// claim makes the request this delivery's, or returns whose it is.
func (d *dedupe) claim(key string, r *bot.Request, e envelope) (mine, other *delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()

	if d.clock.Since(d.since) > dedupeFor || len(d.now) >= maxDeduped {
		d.old, d.now, d.since = d.now, map[string]*delivery{}, d.clock.Now()
	}

	if other = d.get(key); other != nil && !other.lost(r) {
		return nil, other
	}

	mine = &delivery{envelopeID: e.EnvelopeID, conn: e.conn, done: make(chan struct{})}
	d.now[key] = mine
	return mine, nil
}

func (d *dedupe) get(key string) *delivery {
	if found := d.now[key]; found != nil {
		return found
	}

	return d.old[key]
}

// answered reports whether the delivery is answered.
func (v *delivery) answered() bool {
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}

// lost reports whether an answer may not have arrived: it rode in an ack, and
// that connection has died since. Only commands are answered so; to look
// again does no harm, and what changes something carries its Op.
func (v *delivery) lost(r *bot.Request) bool {
	return r.Kind == bot.Command && v.answered() && v.conn.ended()
}

func (d *dedupe) remembers(key string, v *delivery) bool {
	d.mu.Lock()
	defer d.mu.Unlock()

	return d.get(key) == v
}

func (d *dedupe) finish(key string, v *delivery, again bool) {
	d.mu.Lock()
	defer d.mu.Unlock()

	if again {
		delete(d.now, key)
		delete(d.old, key)
	}

	v.at = d.clock.Now()
	close(v.done)
}
