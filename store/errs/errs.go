// Package errs has the errors that the domain, its repositories and the engine
// share, in terms that callers act on. It imports nothing of ours, so that the
// pure cores can return them.
package errs

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that there is no record with this ID.
	ErrNotFound = errors.New("not found")

	// ErrConflict says that the record is no longer in a state that allows the
	// change. The record as it is now comes with it.
	ErrConflict = errors.New("the record has moved on")

	// ErrDuplicate says that the same request was carried out before, here or by
	// another replica: there is nothing left to do or to say.
	ErrDuplicate = errors.New("done already")

	// ErrTooLate says that the time in which something could be done is over.
	ErrTooLate = errors.New("too late")

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

// Error is the field and what is wrong with it.
func (e *Invalid) Error() string { return e.Field + " " + e.Message }
