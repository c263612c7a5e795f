package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
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
const (
	// SchemaVersion is what this program writes.
	SchemaVersion = 2
	// schemaNeeds is the least version of the program that may work beside this
	// one, as it does during a rolling update.
	schemaNeeds = 1
)

// migration raises the version of what is stored by one. Run may be broken off
// at any moment and is then run again, so it must do no harm twice.
type migration struct {
	to    int
	needs int // see schemaNeeds
	run   func(context.Context, *Store) error
}

// migrations are in the order of their versions. From 1 to 2 nothing changes its
// form: only the version is written.
var migrations = []migration{{to: 2, needs: 1, run: func(context.Context, *Store) error { return nil }}}

const (
	// migrateLease is how long a process has the sole right to migrate; it is
	// renewed before each migration.
	migrateLease = 5 * time.Minute
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
		mine, err := s.rdb.SetNX(ctx, s.keys.schemaLock(), token, migrateLease).Result()
		if err != nil {
			return Wrap("migrate", err)
		}
		if mine {
			return s.migrate(ctx, version, steps, token)
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

// migrate runs the migrations after a version, and writes the version after
// each. The version is looked at again first: another process may have been
// faster before the lock was ours.
func (s *Store) migrate(ctx context.Context, version int, steps []migration, token string) error {
	defer s.unlockSchema(context.WithoutCancel(ctx), token)

	version, err := s.checkSchema(ctx, steps[len(steps)-1].to)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if step.to <= version {
			continue
		}
		if err := s.rdb.PExpire(ctx, s.keys.schemaLock(), migrateLease).Err(); err != nil {
			return Wrap("migrate", err)
		}
		if err := step.run(ctx, s); err != nil {
			return fmt.Errorf("migrate to version %d: %w", step.to, err)
		}
		if err := s.rdb.HSet(ctx, s.keys.schema(), "version", step.to, "min", step.needs).Err(); err != nil {
			return Wrap("write the schema version", err)
		}
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
