package content

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/store"
)

// Counter gathers how often pieces are used and writes it to the store every
// second, so that counting never slows or fails a search. What a killed
// process had gathered in its last second is not counted.
type Counter struct {
	store *store.Store
	clock clockwork.Clock
	log   *slog.Logger
	mu    sync.Mutex
	uses  map[store.Use]int
}

// NewCounter returns a counter; [Counter.Run] writes what it gathers.
func NewCounter(s *store.Store, clock clockwork.Clock, log *slog.Logger) *Counter {
	return &Counter{store: s, clock: clock, log: log, uses: map[store.Use]int{}}
}

// Add counts one use of each piece.
func (c *Counter) Add(what string, used ...store.Served) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range used {
		c.uses[store.Use{Asset: a.ID, Version: a.Version.Number, What: what}]++
	}
}

// Run writes until ctx ends, and then once more.
func (c *Counter) Run(ctx context.Context) {
	tick := c.clock.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.Chan():
			c.flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			c.flush(last)
			return
		}
	}
}

// flush writes what was gathered, and keeps it for the next time when Redis
// can't be reached.
func (c *Counter) flush(ctx context.Context) {
	c.mu.Lock()
	uses := c.uses
	c.uses = map[store.Use]int{}
	c.mu.Unlock()
	if len(uses) == 0 {
		return
	}
	err := c.store.CountUses(ctx, uses)
	if err == nil {
		return
	}
	c.log.DebugContext(ctx, "uses were not counted; trying again", "error", err)
	c.mu.Lock()
	defer c.mu.Unlock()
	for use, n := range maps.All(uses) {
		c.uses[use] += n
	}
}
