package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	turn   chan struct{} // see [change.alone]
}

// New returns the store of a workspace (a Slack team ID, "T0123"). The clock
// stamps records and decides what is due; replicas' clocks should agree to
// within a few seconds.
func New(rdb redis.UniversalClient, team string, clock clockwork.Clock) *Store {
	return &Store{rdb: rdb, keys: newKeys(team), clock: clock, nudged: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
}

// Ping says whether Redis answers.
func (s *Store) Ping(ctx context.Context) error {
	return wrap("ping redis", s.rdb.Ping(ctx).Err())
}

// now is the time in UTC to the millisecond: what a record keeps is what a
// reader gets back.
func (s *Store) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// nextID gives out the next ID under a letter: C-12, F-7, L-31. A number may
// be skipped when a process dies, never given out twice.
func (s *Store) nextID(ctx context.Context, letter string) (string, error) {
	n, err := s.rdb.Incr(ctx, s.keys.sequence(letter)).Result()
	if err != nil {
		return "", wrap("give out an ID", err)
	}
	return fmt.Sprintf("%s-%d", letter, n), nil
}

// load reads a record's document and revision into doc.
func (s *Store) load(ctx context.Context, ref string, doc any) (rev int64, err error) {
	got, err := s.rdb.HMGet(ctx, s.keys.record(ref), "rev", "doc").Result()
	if err != nil {
		return 0, wrap("read "+ref, err)
	}
	return decodeRecord(ref, got, doc)
}

// decodeRecord takes what HMGET answered for rev and doc.
func decodeRecord(ref string, got []any, doc any) (rev int64, err error) {
	body, ok := got[1].(string)
	if !ok {
		return 0, fmt.Errorf("%s: %w", ref, ErrNotFound)
	}
	if _, err := fmt.Sscan(got[0].(string), &rev); err != nil {
		return 0, fmt.Errorf("read %s: revision: %w", ref, err)
	}
	if err := json.Unmarshal([]byte(body), doc); err != nil {
		return 0, fmt.Errorf("read %s: %w", ref, err)
	}
	return rev, nil
}

// maxAttempts bounds how often a change is tried anew on a record that others
// keep changing. Each lost try means that another change won, so a lead with
// 64 racers is settled long before.
const maxAttempts = 64

// retryStale runs a read-decide-commit step again for as long as what it read
// has changed by the time it commits.
func retryStale(ctx context.Context, step func() error) error {
	for range maxAttempts {
		err := step()
		if !errors.Is(err, errStale) {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
		}
	}
	return fmt.Errorf("%w: changed %d times meanwhile", ErrConflict, maxAttempts)
}
