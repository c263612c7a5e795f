package store

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
)

// Store keeps one workspace's state in Redis. It is safe for concurrent use,
// by any number of processes.
type Store struct {
	rdb    redis.UniversalClient
	keys   keys
	clock  clockwork.Clock
	nudged chan struct{}
	serial chan struct{} // see [Tx.Serialise]
	// everyTx are keys that every change names; see [keys.everyTx].
	everyTx []string
}

// New returns the store of a workspace (a Slack team ID, "T0123"). The clock
// stamps records and decides what is due; replicas' clocks should agree to
// within a few seconds. Before anything is changed, [Store.Open] must have
// looked at the schema.
func New(rdb redis.UniversalClient, team string, clock clockwork.Clock) *Store {
	k := newKeys(team)
	return &Store{
		rdb: rdb, keys: k, clock: clock, everyTx: k.everyTx(),
		nudged: make(chan struct{}, 1), serial: make(chan struct{}, 1),
	}
}

// Another is the same workspace as another process sees it; for tests.
func (s *Store) Another() *Store {
	other := *s
	other.nudged, other.serial = make(chan struct{}, 1), make(chan struct{}, 1)
	return &other
}

// Ping says whether Redis answers.
func (s *Store) Ping(ctx context.Context) error {
	return Wrap("ping redis", s.rdb.Ping(ctx).Err())
}

// Now is the time in UTC to the millisecond: what a record keeps is what a
// reader gets back.
func (s *Store) Now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }
