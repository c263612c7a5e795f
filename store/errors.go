package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

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

	// ErrUnavailable says that Redis can't be reached; nothing was saved, or
	// what was saved will be found by the same request sent again.
	ErrUnavailable = errors.New("redis can't be reached")
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

func unreachable(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, redis.ErrPoolTimeout) || redis.IsLoadingError(err) || redis.IsClusterDownError(err) ||
		redis.IsReadOnlyError(err) || redis.IsMasterDownError(err) || redis.IsTryAgainError(err)
}
