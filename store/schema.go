package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// What is stored has a version. Almost every change of form is additive: a new
// field, key or index that an older program passes over and keeps, and needs no
// new version. What can't be additive is a migration: it raises the version, and
// it says from which version of the program on the state can be worked with.
//
// Version 1 is what was written before there were versions.

// SchemaVersion is what this program writes.
const SchemaVersion = 2

// migration raises the version of what is stored by one. Run may be broken off
// at any moment and is then run again, so it must do no harm twice.
type migration struct {
	to    int
	needs int // the least version of the program that may work with it, as during a rolling update
	run   func(context.Context, *Store) error
}

// migrations are in the order of their versions. From 1 to 2 nothing changes its
// form: only the version is written.
var migrations = []migration{{to: 2, needs: 1, run: func(context.Context, *Store) error { return nil }}}

const (
	// migrateLease is how long a process has the sole right to migrate; it is
	// renewed for as long as it does, so others wait that long for one that died.
	migrateLease = time.Minute
	// migrateLook is how often others look whether it is done.
	migrateLook = 200 * time.Millisecond
)

// Open looks at the version of what is stored, and migrates what is older than
// this program; when several processes start together, one does and the others
// wait. It must be called once before anything is changed. The error says what to
// do when what is stored is of a newer version than this program understands.
func (s *Store) Open(ctx context.Context) error { return s.open(ctx, SchemaVersion, migrations) }

func (s *Store) open(ctx context.Context, ours int, steps []migration) error {
	token := rand.Text()
	for {
		version, err := s.checkSchema(ctx, ours)
		if err != nil || version >= ours {
			return err
		}

		mine, err := lockScript.Run(ctx, s.rdb, []string{s.keys.schemaLock()}, token, migrateLease.Milliseconds()).Bool()
		if err != nil {
			return Wrap("migrate", err)
		}

		if mine {
			return s.migrate(ctx, ours, steps, token)
		}

		select {
		case <-s.clock.After(migrateLook):
		case <-ctx.Done():
			return fmt.Errorf("wait for another process to migrate: %w: %w", errs.ErrUnavailable, ctx.Err())
		}
	}
}

// Readable looks at the version of what is stored, and changes nothing. The error
// says what to do when it is of a newer version than this program understands.
func (s *Store) Readable(ctx context.Context) error {
	_, err := s.checkSchema(ctx, SchemaVersion)
	return err
}

// checkSchema reads the version of what is stored, and refuses what this program
// doesn't understand.
func (s *Store) checkSchema(ctx context.Context, ours int) (version int, err error) {
	got, err := s.rdb.HMGet(ctx, s.keys.schema(), "version", "min").Result()
	if err != nil {
		return 0, Wrap("read the schema version", err)
	}

	version, least := 1, 1
	for i, into := range []*int{&version, &least} {
		if text, ok := got[i].(string); ok {
			if *into, err = strconv.Atoi(text); err != nil {
				return 0, fmt.Errorf("the schema version in Redis is %q, which is no number", text)
			}
		}
	}

	if least > ours {
		return 0, fmt.Errorf("this Smarketer is too old for what is stored: it understands version %d, and Redis holds version %d, which needs a Smarketer that understands %d; start a newer Smarketer", ours, version, least)
	}

	return version, nil
}

// migrate runs the migrations that are still to be run. The version is looked at
// again first: another process may have been faster before the lock was ours.
func (s *Store) migrate(ctx context.Context, ours int, steps []migration, token string) error {
	defer s.unlockSchema(context.WithoutCancel(ctx), token)

	version, err := s.checkSchema(ctx, ours)
	if err != nil {
		return err
	}

	for _, step := range steps {
		if step.to <= version {
			continue
		}

		if err := s.migrateStep(ctx, step, token); err != nil {
			return fmt.Errorf("migrate to version %d: %w", step.to, err)
		}
	}

	return nil
}

// migrateStep runs a migration, and then writes its version. It keeps the lock
// meanwhile, and is broken off when another process has it.
func (s *Store) migrateStep(ctx context.Context, step migration, token string) error {
	if err := s.holdSchema(ctx, token); err != nil {
		return err
	}

	within, breakOff := context.WithCancelCause(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { s.keepSchema(within, token, breakOff) })
	err := step.run(within, s)
	breakOff(nil)
	keeping.Wait()

	if lost := context.Cause(within); errors.Is(lost, errLockLost) {
		return lost
	}

	if err != nil {
		return err
	}

	return s.holdSchema(ctx, token, "version", step.to, "min", step.needs)
}

// keepSchema renews the lock until ctx ends, which it has it do when the lock is
// somebody else's.
func (s *Store) keepSchema(ctx context.Context, token string, breakOff context.CancelCauseFunc) {
	ticker := s.clock.NewTicker(migrateLease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.Chan():
		}

		if err := s.holdSchema(ctx, token); errors.Is(err, errLockLost) {
			breakOff(err)
			return
		} // what else went wrong may be over before the lock runs out
	}
}

// errLockLost says that a migration took longer than its lock was held.
var errLockLost = errors.New("another process has taken the migration over")

// lockScript takes the lock, also for who has it already: go-redis asks again
// when the answer was lost.
//
//	KEYS  1 lock
//	ARGV  1 token   2 for how long, ms
//	Returns 1, or 0 when somebody else has it.
var lockScript = redis.NewScript(`
local have = redis.call('GET', KEYS[1])
if have and have ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

// holdScript renews a lock that is still ours, and writes down the version.
//
//	KEYS  1 lock   2 schema
//	ARGV  1 token   2 for how long, ms   3… fields and values of the schema, if any
//	Returns 1, or 0 when the lock is not ours any more.
var holdScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if #ARGV > 2 then redis.call('HSET', KEYS[2], unpack(ARGV, 3)) end
return 1
`)

// holdSchema renews the lock and writes fields of the schema. The error is
// errLockLost when the lock is not ours any more.
func (s *Store) holdSchema(ctx context.Context, token string, fields ...any) error {
	keys := []string{s.keys.schemaLock(), s.keys.schema()}
	mine, err := holdScript.Run(ctx, s.rdb, keys, append([]any{token, migrateLease.Milliseconds()}, fields...)...).Bool()
	if err != nil {
		return Wrap("hold the lock", err)
	}

	if !mine {
		return errLockLost
	}

	return nil
}

// unlockScript takes a lock away that is still ours.
//
//	KEYS  1 lock
//	ARGV  1 token
var unlockScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)

func (s *Store) unlockSchema(ctx context.Context, token string) {
	_ = unlockScript.Run(ctx, s.rdb, []string{s.keys.schemaLock()}, token).Err() // else it runs out
}
