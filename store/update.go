package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// maxAttempts bounds how often a change is decided anew on a record that others
// keep changing. Each lost try means that another change won, so a lead with
// 64 racers is decided on long before.
const maxAttempts = 64

// Update carries a change out. decide reads through the Tx, decides, and writes
// to it; it runs again for as long as what it read has changed by the time of
// the commit, so it must have no effects of its own and ask nobody but Redis.
// An error of decide ends it, and nothing is done.
//
// op is the dedupe key of the request that asks for the change, "" for none.
// When the same request was carried out before, the error is
// [errs.ErrDuplicate], also where decide failed because of its own earlier
// work (a conflict, or a record that it deleted). The result is what the Tx, or
// then the earlier one, noted by [Tx.Result].
func (s *Store) Update(ctx context.Context, op string, decide func(*Tx) error) (result string, err error) {
	for range maxAttempts {
		result, err = s.attempt(ctx, op, decide)
		if !errors.Is(err, errStale) {
			return result, err
		}

		if ctx.Err() != nil {
			return "", fmt.Errorf("%w: %w", errs.ErrUnavailable, ctx.Err())
		}
	}

	return "", fmt.Errorf("%w: changed %d times meanwhile", errs.ErrConflict, maxAttempts)
}

func (s *Store) attempt(ctx context.Context, op string, decide func(*Tx) error) (string, error) {
	tx := s.tx(op)
	defer tx.release()

	err := decide(tx)
	if err != nil && op != "" && !errors.Is(err, errs.ErrUnavailable) {
		// A request that came twice is told from one that came too late: what it
		// did itself may be what stands in its way now.
		if result, done, readErr := s.Done(ctx, op); readErr != nil {
			return "", readErr
		} else if done {
			return result, errs.ErrDuplicate
		}
	}

	if err != nil {
		return "", err
	}

	return tx.commit(ctx)
}

// FinishTimer carries out what a timer was for, and takes the timer away in the
// same change. When something has changed meanwhile nothing is done and there
// is no error: the timer comes back after its lease, or somebody else has it.
func (s *Store) FinishTimer(ctx context.Context, t Timer, decide func(*Tx) error) error {
	tx := s.tx("")
	defer tx.release()

	tx.finish(t)
	if err := decide(tx); err != nil {
		return err
	}

	if _, err := tx.commit(ctx); err != nil && !errors.Is(err, errStale) {
		return err
	}

	return nil
}

// Try is Update without the repetition: it reports false when what decide read
// had changed by the time of the commit, and nothing is done.
func (s *Store) Try(ctx context.Context, decide func(*Tx) error) (done bool, err error) {
	_, err = s.attempt(ctx, "", decide)
	if errors.Is(err, errStale) {
		return false, nil
	}

	return err == nil, err
}

// Done reports whether a request has been carried out before, and its result.
func (s *Store) Done(ctx context.Context, op string) (result string, done bool, err error) {
	mark, err := s.rdb.Get(ctx, s.keys.op(op)).Result()
	if errors.Is(err, redis.Nil) {
		return "", false, nil
	}

	if err != nil {
		return "", false, Wrap("look for a request", err)
	}

	_, result, _ = strings.Cut(mark, " ")
	return result, true, nil
}
