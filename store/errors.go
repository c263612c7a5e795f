package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// Wrap marks errors of the connection as [errs.ErrUnavailable] and says what was
// being done.
func Wrap(doing string, err error) error {
	if err == nil {
		return nil
	}

	if unreachable(err) {
		return fmt.Errorf("%s: %w: %w", doing, errs.ErrUnavailable, err)
	}

	return fmt.Errorf("%s: %w", doing, err)
}

// wrapCommit is Wrap for a change. What broke the connection says nothing of
// what Redis did before, and neither does what it answered when go-redis sent
// the change again: only a refusal in the script, which looks for its own work
// first, is certain.
func wrapCommit(err error) error {
	if unreachable(err) && !cannotWrite(err) {
		return fmt.Errorf("commit: %w: %w", errs.ErrUncertain, err)
	}

	return Wrap("commit", err)
}

// unreachable tells the errors of a Redis that isn't there or doesn't serve.
func unreachable(err error) bool {
	var netErr net.Error
	_, moved := redis.IsMovedError(err) // the cluster is being rearranged
	return errors.As(err, &netErr) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, redis.ErrPoolTimeout) ||
		redis.IsLoadingError(err) || redis.IsClusterDownError(err) || redis.IsReadOnlyError(err) ||
		redis.IsMasterDownError(err) || redis.IsTryAgainError(err) || moved || cannotWrite(err)
}

// cannotWrite tells the errors of a Redis that is there and can't write: its
// memory or disk is full, or too few replicas follow it.
func cannotWrite(err error) bool {
	return redis.IsOOMError(err) || redis.IsNoReplicasError(err) || redis.HasErrorPrefix(err, "MISCONF")
}
