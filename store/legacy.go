package store

// TRANSITION: what the domains still use that have not moved out yet.

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

var (
	ErrNotFound    = errs.ErrNotFound
	ErrConflict    = errs.ErrConflict
	ErrDuplicate   = errs.ErrDuplicate
	ErrUnavailable = errs.ErrUnavailable
	ErrUncertain   = errs.ErrUncertain
	ErrTooLate     = errs.ErrTooLate
)

type Invalid = errs.Invalid

type change = Tx

func (s *Store) change(op string) *change { return s.tx(op) }

func (s *Store) now() time.Time { return s.Now() }

func (s *Store) nextID(ctx context.Context, letter string) (string, error) {
	return s.NextID(ctx, letter)
}

func (s *Store) load(ctx context.Context, ref string, doc any) (int64, error) {
	return s.Load(ctx, ref, doc)
}

func wrap(doing string, err error) error { return Wrap(doing, err) }

func formatScore(ms int64) string { return FormatMillis(ms) }

func parseMillis(s string) time.Time { return ParseMillis(s) }

func (tx *Tx) expect(hash, field, value string) { tx.Expect(hash, field, value) }

func (tx *Tx) do(command, key string, args ...any) { tx.Do(command, key, args...) }

func (tx *Tx) put(ref string, rev int64, doc any, fields ...any) error {
	body, err := Encode(doc, "")
	if err != nil {
		return err
	}
	was := ""
	if rev > 0 {
		was = fmt.Sprint(rev)
	}
	key := tx.store.keys.record(ref)
	tx.Expect(key, "rev", was)
	tx.Do("HSET", key, append([]any{"rev", rev + 1, "doc", body}, fields...)...)
	return nil
}

func (tx *Tx) note(kind, ref string) { tx.Note(kind, ref) }

func (tx *Tx) wake(timer string, at time.Time) {
	tx.Do("ZADD", tx.store.keys.due(), at.UnixMilli(), timer)
}

func (tx *Tx) calm(timer string) { tx.cancel(timer) }

func (tx *Tx) settle(t Timer) { tx.finish(t) }

func (tx *Tx) send(it Item) error { tx.Send(it); return tx.err }

func (tx *Tx) sendAll(items []Item) error { tx.Send(items...); return tx.err }

func (tx *Tx) alone(ctx context.Context) error { return tx.Serialize(ctx) }

func (tx *Tx) done() { tx.release() }

func (tx *Tx) commitAs(ctx context.Context, result string) (string, error) {
	tx.result = result
	return tx.commit(ctx)
}

func (s *Store) refused(ctx context.Context, op string) error {
	if _, done, err := s.Done(ctx, op); err != nil {
		return err
	} else if done {
		return ErrDuplicate
	}
	return ErrConflict
}

func retryStale(ctx context.Context, step func() error) error {
	for range maxAttempts {
		err := step()
		if err != errStale { //nolint
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
		}
	}
	return fmt.Errorf("%w: changed %d times meanwhile", ErrConflict, maxAttempts)
}

func loadAll[T any](ctx context.Context, s *Store, ids []string, ref func(string) string, setRev func(*T, int64)) ([]T, error) {
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = ref(id)
	}
	return LoadAll(ctx, s, refs, setRev)
}

var _ = redis.Nil
