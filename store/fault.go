package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Fault is a contradiction in what is stored.
type Fault struct {
	// What names it, with what is stored, which may be personal: it is for tests.
	// See [Fault.Plain].
	What error
	// Means says what follows for people, "" where that isn't known.
	Means string
	// Mend, when not nil, mends it: what is missing is added, what doesn't belong
	// is removed. It may be run while others change the workspace, since the
	// change rests on what was or is read; see [Store.Try].
	Mend Mend

	plain  string
	format string
	args   []any
}

// Mend mends a fault as part of a change. It knows keys without their root; see
// [Tx.Key].
type Mend = func(ctx context.Context, tx *Tx) error

// Fault notes a contradiction that nothing mends by itself.
func (d *Dump) Fault(format string, args ...any) { d.report(Fault{}, format, args...) }

// Mendable notes a contradiction that can be mended safely.
func (d *Dump) Mendable(mend Mend, format string, args ...any) {
	d.report(Fault{Mend: mend}, format, args...)
}

// report notes a fault, and what it is about.
func (d *Dump) report(f Fault, format string, args ...any) {
	f.What, f.format, f.args = fmt.Errorf(format, args...), format, args
	f.plain = d.plain(format, args)
	d.faults = append(d.faults, f)
}

// Faults are those that were noted so far.
func (d *Dump) Faults() []Fault { return d.faults }

// Err joins all faults; nil when there is none.
func (d *Dump) Err() error {
	all := make([]error, len(d.faults))
	for i, f := range d.faults {
		all[i] = f.What
	}

	return errors.Join(all...)
}

// Plain is what the fault is, for a screen or a log: IDs, the names of keys,
// numbers and the program's own words are as they are; "…" stands for whatever
// else is stored, which may be a name, an address or what somebody wrote.
func (f Fault) Plain() string { return f.plain }

// Same tells whether two readings found the same fault. Numbers don't matter,
// such as those of a counter that goes on while it is wrong.
func (f Fault) Same(as Fault) bool {
	if f.format != as.format || len(f.args) != len(as.args) {
		return false
	}

	for i := range f.args {
		a, b := fmt.Sprint(f.args[i]), fmt.Sprint(as.args[i])
		if a != b && !(isCount(a) && isCount(b)) {
			return false
		}
	}

	return true
}

// isCount tells a number from a text, also from the ID of an item in the outbox,
// which begins with zeros.
func isCount(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && strconv.Itoa(n) == text
}
