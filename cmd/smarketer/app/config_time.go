package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// span is a length of calendar time, written "90d", "36h" or "1d12h".
type span time.Duration

// MarshalYAML writes a span as [parseSpan] reads it.
func (s span) MarshalYAML() (any, error) {
	days, rest := time.Duration(s)/day, time.Duration(s)%day
	switch {
	case days == 0:
		return shortDuration(rest), nil
	case rest == 0:
		return fmt.Sprintf("%dd", days), nil
	}
	return fmt.Sprintf("%dd%s", days, shortDuration(rest)), nil
}

// workingTime is a length of working time, written "5m" or "1h30m". It has no
// days: is a working day eight hours of it, or twenty-four?
type workingTime time.Duration

// MarshalYAML writes a working time as [parseWorkingTime] reads it.
func (w workingTime) MarshalYAML() (any, error) { return shortDuration(time.Duration(w)), nil }

// maxSpan keeps sums of times far from overflowing.
const maxSpan = 100 * 366 * day

func parseSpan(text string) (span, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	}
	count, err := strconv.ParseUint(days, 10, 16)
	var more time.Duration
	if err == nil && rest != "" {
		more, err = time.ParseDuration(rest)
	}
	length := time.Duration(count)*day + more
	if err != nil || more < 0 || more > maxSpan || length <= 0 || length > maxSpan {
		return 0, fmt.Errorf(`must be a length of time such as "90d" or "12h", not %q`, text)
	}
	return span(length), nil
}

func parseWorkingTime(text string) (workingTime, error) {
	length, err := time.ParseDuration(text)
	switch {
	case strings.HasSuffix(text, "d"):
		return 0, fmt.Errorf(`is working time and has no days; write hours, such as "8h", not %q`, text)
	case err != nil || length <= 0 || length > maxSpan:
		return 0, fmt.Errorf(`must be a length of time such as "5m" or "1h30m", not %q`, text)
	}
	return workingTime(length), nil
}

// shortDuration is "1h30m" where [time.Duration] says "1h30m0s".
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
