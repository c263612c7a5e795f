package socket

import "time"

// budget allows some openings at once, and then one more each interval: a
// token bucket.
type budget struct {
	burst    int           // how many at once
	interval time.Duration // until one more is allowed
	full     time.Time     // when the whole burst is allowed again
}

// take counts an opening, and returns how long it must wait. Openings wait one
// after the other, so that it is never longer than the interval.
func (b *budget) take(now time.Time) time.Duration {
	if b.full.Before(now) {
		b.full = now
	}

	b.full = b.full.Add(b.interval)

	missing := b.full.Sub(now) - time.Duration(b.burst)*b.interval
	return min(max(missing, 0), b.interval)
}
