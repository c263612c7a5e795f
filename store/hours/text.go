package hours

import (
	"fmt"
	"strings"
	"time"
)

// WorkingTime is a length of working time, written "5m" or "1h30m". It has no
// days: is a working day eight hours of it, or twenty-four?
type WorkingTime time.Duration

// maxWorkingTime keeps sums of times far from overflowing.
const maxWorkingTime = WorkingTime(100 * 366 * 24 * time.Hour)

// UnmarshalText reads a working time. It is more than nothing.
func (w *WorkingTime) UnmarshalText(text []byte) error {
	length, err := time.ParseDuration(string(text))
	switch {
	case strings.HasSuffix(string(text), "d"):
		return fmt.Errorf(`is working time and has no days; write hours, such as "8h", not %q`, text)
	case err != nil || length <= 0 || WorkingTime(length) > maxWorkingTime:
		return fmt.Errorf(`must be a length of time such as "5m" or "1h30m", not %q`, text)
	}

	*w = WorkingTime(length)
	return nil
}

// String is "1h30m" where [time.Duration] says "1h30m0s".
func (w WorkingTime) String() string {
	text := time.Duration(w).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}

	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}

	return text
}

// MarshalYAML writes a working time as it is read.
func (w WorkingTime) MarshalYAML() (any, error) { return w.String(), nil }
