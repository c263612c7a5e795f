// Package backoff says how long to wait before the next try of something that
// fails.
package backoff

import (
	"math/rand/v2"
	"time"
)

// Policy doubles the wait with each failure, from Min up to Max. Both must be
// above zero, Min at most Max.
type Policy struct{ Min, Max time.Duration }

// After is how long to wait after so many failures in a row, counted from 1:
// Min, twice Min, four times Min… up to Max, each with a random part of ±50 %,
// so that what failed together is not tried again together. After no failure
// it is 0.
func (p Policy) After(failures int) time.Duration {
	if failures <= 0 {
		return 0
	}

	const mostDoublings = 30 // enough for any Max, and no overflow
	wait := p.Max
	if doublings := failures - 1; doublings < mostDoublings && p.Min <= p.Max>>doublings {
		wait = p.Min << doublings
	}

	return wait/2 + rand.N(wait)
}
