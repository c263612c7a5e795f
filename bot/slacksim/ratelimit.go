package slacksim

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// tier is how often a method may be called: Slack's tiers name a rate a minute that
// may be exceeded in short bursts, https://docs.slack.dev/apis/web-api/rate-limits.
type tier struct {
	perMinute float64
	burst     float64
}

// Slack's tiers. Opening sockets is rare but comes in twos and threes, up to ten.
var (
	tierOpen    = tier{perMinute: 1, burst: 20}
	tier2       = tier{perMinute: 20, burst: 20}
	tier3       = tier{perMinute: 50, burst: 50}
	tier4       = tier{perMinute: 100, burst: 100}
	tierPosting = tier{perMinute: 600, burst: 600} // "several hundred messages a minute" a workspace
	tierSpecial = tier{perMinute: 600, burst: 600} // auth.test: "hundreds a minute"
	// tierEvents is what an app is sent of a workspace's events: 30,000 an hour.
	tierEvents = tier{perMinute: 500, burst: 30_000}
	// perChannel is chat.postMessage's "one message a second a channel, short bursts".
	perChannel = tier{perMinute: 60, burst: 3}
)

// rateLimited is an answer with status 429.
type rateLimited struct{ after time.Duration }

func (e *rateLimited) Error() string { return "ratelimited: retry after " + e.seconds() + " s" }

// seconds is the Retry-After header: whole seconds, at least one.
func (e *rateLimited) seconds() string {
	return strconv.Itoa(max(1, int(math.Ceil(e.after.Seconds()))))
}

// limiter keeps a token bucket for each key.
type limiter struct {
	clock clockwork.Clock
	pace  float64

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(clock clockwork.Clock, pace float64) *limiter {
	return &limiter{clock: clock, pace: pace, buckets: map[string]*bucket{}}
}

// take takes one token from the key's bucket, or says when there will be one.
func (l *limiter) take(key string, perMinute, burst float64) (wait time.Duration, ok bool) {
	rate, full := perMinute/60*l.pace, burst*max(1, l.pace)
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		b = &bucket{tokens: full, at: now}
		l.buckets[key] = b
	}

	b.tokens = min(full, b.tokens+now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / rate * float64(time.Second)), false
	}

	b.tokens--
	return 0, true
}

// pacePosting returns *rateLimited when messages come too fast for a channel.
func (s *Server) pacePosting(channel string) error {
	if wait, ok := s.limits.take(fmt.Sprint("chat.postMessage ", channel), perChannel.perMinute, perChannel.burst); !ok {
		return &rateLimited{after: wait}
	}

	return nil
}
