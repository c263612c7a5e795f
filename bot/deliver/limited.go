package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// grace is how long work that ran into its limit may take to end; then it is
// left to itself.
const grace = time.Second

// errTooSlow is what becomes of an error of work whose time is over.
var errTooSlow = errors.New("it took too long")

// limited has a room do something until ctx ends. A panic is an error. Work that
// doesn't heed ctx is left to itself, so that it doesn't keep its slot. The error
// is errTooSlow when the work failed because its time was over: what the store
// then said, that Redis can't be reached, isn't true.
func limited[T any](ctx context.Context, work func(context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	ended := make(chan result, 1)
	go func() {
		var r result
		defer func() { ended <- r }()
		defer recovered(&r.err)

		r.value, r.err = work(ctx)
	}()

	var r result
	select {
	case r = <-ended:
	case <-ctx.Done():
		over := time.NewTimer(grace)
		defer over.Stop()

		select {
		case r = <-ended:
		case <-over.C:
			return r.value, fmt.Errorf("%w, and has not ended", errTooSlow)
		}
	}

	if r.err != nil && ctx.Err() != nil {
		return r.value, fmt.Errorf("%w: %s", errTooSlow, r.err.Error())
	}

	return r.value, r.err
}
