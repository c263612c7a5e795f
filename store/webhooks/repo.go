package webhooks

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/errs"
)

// maxDead is how many events given up are kept of an endpoint, the newest.
const maxDead = 10_000

// Repo keeps the endpoints of one workspace. An endpoint has its own place in the
// feed, and one process at a time sends to it. What it refuses is put aside to be
// tried again, so that one event holds up no other, and no endpoint another.
type Repo struct {
	store *store.Store
	keys  keys
}

// New returns the endpoints of a workspace.
func New(s *store.Store) *Repo { return &Repo{s, keys{s.Key("")}} }

// Lease gives this process the right to send to an endpoint for the time given.
// The error is [errs.ErrConflict] when another has it. An endpoint that is new
// begins with what happens from now on.
func (r *Repo) Lease(ctx context.Context, name string, lifetime time.Duration) (Lease, error) {
	var lease Lease
	done, err := r.store.Try(ctx, func(tx *store.Tx) error {
		key := r.keys.endpoint(name)
		state, hash, err := r.read(ctx, name)
		if err != nil {
			return err
		}

		tx.Expect(key, "lease", hash["lease"])
		tx.Expect(key, "until", hash["until"])
		if store.ParseMillis(hash["until"]).After(tx.Now()) {
			return errs.ErrConflict
		}

		if state.Cursor == "" {
			if state.Cursor, err = r.store.FeedHead(ctx); err != nil {
				return err
			}
		}

		lease = Lease{State: state, Until: tx.Now().Add(lifetime), token: rand.Text()}
		tx.Do("HSET", key, "lease", lease.token, "until", millis(lease.Until), "cursor", state.Cursor)
		return nil
	})
	return lease, lost(done, err)
}

// lost says that a change was not made because somebody else has the lease.
func lost(done bool, err error) error {
	if err == nil && !done {
		return errs.ErrConflict
	}

	return err
}

// Release lets another process have the lease at once. One that is somebody
// else's by now stays.
func (r *Repo) Release(ctx context.Context, l Lease) error {
	_, err := r.store.Try(ctx, func(tx *store.Tx) error {
		tx.Expect(r.keys.endpoint(l.Name), "lease", l.token)
		tx.Do("HDEL", r.keys.endpoint(l.Name), "lease", "until")
		return nil
	})
	return err
}

// RecordResults notes what became of events, the endpoint's place in the feed
// and how it is doing, all as l says, and keeps the lease until l.Until. The
// error is [errs.ErrConflict] when the lease is somebody else's by now.
func (r *Repo) RecordResults(ctx context.Context, l Lease, results ...Result) error {
	done, err := r.store.Try(ctx, func(tx *store.Tx) error {
		key := r.keys.endpoint(l.Name)
		tx.Expect(key, "lease", l.token)
		tx.Do("HSET", key, "until", millis(l.Until), "cursor", l.Cursor, "fails", l.Fails, "error", l.Error,
			"since", millis(l.Since), "rest", millis(l.RestUntil), "told", millis(l.Told), "missed", millis(l.Missed))

		dead := 0
		for _, result := range results {
			if err := r.record(tx, l.Name, result); err != nil {
				return err
			}

			if result.GiveUp {
				dead++
			}
		}

		return r.trimDead(ctx, tx, l.Name, dead)
	})
	return lost(done, err)
}

// record notes what became of one event.
func (r *Repo) record(tx *store.Tx, name string, result Result) error {
	id := result.Event.ID
	if result.Again.IsZero() && !result.GiveUp {
		tx.Do("ZREM", r.keys.retry(name), id)
		tx.Do("HDEL", r.keys.events(name), id)
		return nil
	}

	if err := r.write(tx, name, result.Event); err != nil {
		return err
	}

	if result.GiveUp {
		tx.Do("ZREM", r.keys.retry(name), id)
		tx.Do("ZADD", r.keys.dead(name), tx.Now().UnixMilli(), id)
	} else {
		tx.Do("ZADD", r.keys.retry(name), result.Again.UnixMilli(), id)
	}

	return nil
}

// write keeps an event that is to be tried again or was given up.
func (r *Repo) write(tx *store.Tx, name string, e Event) error {
	body, err := store.Encode(e, e.stored)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.ID, err)
	}

	tx.Do("HSET", r.keys.events(name), e.ID, body)
	return nil
}

// trimDead makes room for so many more events given up. Only who has the lease
// gives events up, so what is read here stays as it is.
func (r *Repo) trimDead(ctx context.Context, tx *store.Tx, name string, more int) error {
	if more == 0 {
		return nil
	}

	dead := r.keys.dead(name)
	n, err := r.store.Redis().ZCard(ctx, dead).Result()
	if err != nil {
		return store.Wrap("count events given up", err)
	}

	extra := n + int64(more) - maxDead
	if extra <= 0 {
		return nil
	}

	oldest, err := r.store.Redis().ZRange(ctx, dead, 0, extra-1).Result()
	if err != nil {
		return store.Wrap("list events given up", err)
	}

	for _, id := range oldest {
		tx.Do("ZREM", dead, id)
		tx.Do("HDEL", r.keys.events(name), id)
	}

	return nil
}

// State tells how an endpoint is doing.
func (r *Repo) State(ctx context.Context, name string) (State, error) {
	state, _, err := r.read(ctx, name)
	if err != nil {
		return state, err
	}

	pipe := r.store.Redis().Pipeline()
	waiting, dead := pipe.ZCard(ctx, r.keys.retry(name)), pipe.ZCard(ctx, r.keys.dead(name))
	if _, err := pipe.Exec(ctx); err != nil {
		return state, store.Wrap("look at a webhook", err)
	}

	state.Waiting, state.Dead = int(waiting.Val()), int(dead.Val())
	return state, nil
}

func (r *Repo) read(ctx context.Context, name string) (State, map[string]string, error) {
	hash, err := r.store.Redis().HGetAll(ctx, r.keys.endpoint(name)).Result()
	if err != nil {
		return State{}, nil, store.Wrap("look at a webhook", err)
	}

	return decodeState(name, hash), hash, nil
}

// Due lists up to limit events that an endpoint should be told of again now,
// those that have waited longest first.
func (r *Repo) Due(ctx context.Context, name string, limit int) ([]Event, error) {
	now := store.FormatMillis(r.store.Now().UnixMilli())
	ids, err := r.store.Redis().ZRangeByScore(ctx, r.keys.retry(name), &redis.ZRangeBy{Min: "-inf", Max: now, Count: int64(limit)}).Result()
	if err != nil {
		return nil, store.Wrap("look for events to send again", err)
	}

	return r.events(ctx, name, ids)
}

// Dead lists up to limit events that were given up, newest first.
func (r *Repo) Dead(ctx context.Context, name string, limit int) ([]Event, error) {
	ids, err := r.deadIDs(ctx, name, limit)
	if err != nil {
		return nil, err
	}

	return r.events(ctx, name, ids)
}

func (r *Repo) deadIDs(ctx context.Context, name string, limit int) ([]string, error) {
	ids, err := r.store.Redis().ZRevRange(ctx, r.keys.dead(name), 0, int64(limit)-1).Result()
	return ids, store.Wrap("list events given up", err)
}

// events reads events; any that is gone is left out.
func (r *Repo) events(ctx context.Context, name string, ids []string) ([]Event, error) {
	if len(ids) == 0 {
		return nil, nil
	}

	stored, err := r.store.Redis().HMGet(ctx, r.keys.events(name), ids...).Result()
	if err != nil {
		return nil, store.Wrap("read events", err)
	}

	var events []Event
	for i, id := range ids {
		text, ok := stored[i].(string)
		if !ok {
			continue
		}

		e, err := decodeEvent(id, text)
		if err != nil {
			return nil, err
		}

		events = append(events, e)
	}

	return events, nil
}
