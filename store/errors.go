package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/redis/go-redis/v9"
)

var (
	// ErrNotFound says that there is no record with this ID.
	ErrNotFound = errors.New("not found")

	// ErrConflict says that the record is no longer in a state that allows
	// the change. The record as it is now comes with it.
	ErrConflict = errors.New("the record has moved on")

	// ErrDuplicate says that the same request was carried out before, here or
	// by another replica: there is nothing left to do or to say.
	ErrDuplicate = errors.New("done already")

	// ErrUnavailable says that Redis can't be reached or can't take anything in.
	// Unless the error is ErrUncertain, too, nothing was saved.
	ErrUnavailable = errors.New("redis can't be reached")

	// ErrUncertain says that the connection broke while a change was on its
	// way: it may have been saved or not. The same request sent again does no
	// harm, and finds what was saved. It is an ErrUnavailable.
	ErrUncertain = fmt.Errorf("%w, and nobody knows whether the change was saved", ErrUnavailable)
)

// Invalid says which field of what came in is wrong, and how to mend it.
type Invalid struct {
	Field   string // as the sender knows it: "touches[3].at"
	Message string // "must be a date such as 2026-11-21T09:30:00Z"
}

func (e *Invalid) Error() string { return e.Field + " " + e.Message }

// wrap marks errors of the connection as [ErrUnavailable] and says what was
// being done.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	if unreachable(err) {
		return fmt.Errorf("%s: %w: %w", doing, ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// wrapCommit is wrap for a change. What broke the connection says nothing of
// what Redis did before, and neither does what it answered when go-redis sent
// the change again: only a refusal in the script, which looks for its own work
// first, is certain.
func wrapCommit(err error) error {
	if unreachable(err) && !refused(err) {
		return fmt.Errorf("commit: %w: %w", ErrUncertain, err)
	}
	return wrap("commit", err)
}

// unreachable tells the errors of a Redis that isn't there or doesn't serve.
func unreachable(err error) bool {
	var netErr net.Error
	_, moved := redis.IsMovedError(err) // the cluster is being rearranged
	return errors.As(err, &netErr) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, redis.ErrPoolTimeout) ||
		redis.IsLoadingError(err) || redis.IsClusterDownError(err) || redis.IsReadOnlyError(err) ||
		redis.IsMasterDownError(err) || redis.IsTryAgainError(err) || moved || refused(err)
}

// refused tells the errors of a Redis that is there and can't write: its
// memory or disk is full, or too few replicas follow it.
func refused(err error) bool {
	return redis.IsOOMError(err) || redis.IsNoReplicasError(err) || redis.HasErrorPrefix(err, "MISCONF")
}
