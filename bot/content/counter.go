package content

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
)

// Counter gathers which pieces people were shown and writes it to the store
// every second, so that counting never slows or fails a search. What a killed
// process had gathered in its last second is not counted.
type Counter struct {
	assets *contentrepo.Repo
	clock  clockwork.Clock
	log    *slog.Logger
	mu     sync.Mutex
	uses   map[useKey]*content.Use
}

// useKey is what uses are added up by.
type useKey struct {
	asset   string
	version int
	by      string
}

// NewCounter returns a counter; [Counter.Run] writes what it gathers.
func NewCounter(assets *contentrepo.Repo, clock clockwork.Clock, log *slog.Logger) *Counter {
	return &Counter{assets: assets, clock: clock, log: log, uses: map[useKey]*content.Use{}}
}

// Pulled counts that somebody was shown pieces.
func (c *Counter) Pulled(by string, shown ...content.Served) {
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range shown {
		c.add(use(content.Pulls, by, a, now))
	}
}

// use is one use of a piece.
func use(what, by string, a content.Served, at time.Time) content.Use {
	return content.Use{Asset: a.ID, Version: a.Version.Number, What: what, By: by, N: 1, At: at, Personas: a.Personas, Stages: a.Stages}
}

// add adds up uses of the same piece by the same person. mu is held.
func (c *Counter) add(u content.Use) {
	key := useKey{u.Asset, u.Version, u.By}
	if known := c.uses[key]; known != nil {
		u.N += known.N
	}

	c.uses[key] = &u
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
	gathered := c.uses
	c.uses = map[useKey]*content.Use{}
	c.mu.Unlock()
	uses := make([]content.Use, 0, len(gathered))
	for _, u := range gathered {
		uses = append(uses, *u)
	}

	err := c.assets.CountUses(ctx, uses)
	if err == nil {
		return
	}

	c.log.DebugContext(ctx, "uses were not counted; trying again", "error", err)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range uses {
		c.add(u)
	}
}
