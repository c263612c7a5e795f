package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"smarketer/store/hours"
)

const day = 24 * time.Hour

// span is a length of calendar time, written "90d", "36h" or "1d12h".
type span time.Duration

// MarshalYAML writes a span as [parseSpan] reads it.
func (s span) MarshalYAML() (any, error) {
	days, rest := time.Duration(s)/day, time.Duration(s)%day
	switch {
	case days == 0:
		return hours.WorkingTime(rest).String(), nil
	case rest == 0:
		return fmt.Sprintf("%dd", days), nil
	}

	return fmt.Sprintf("%dd%v", days, hours.WorkingTime(rest)), nil
}

// maxSpan keeps sums of times far from overflowing.
const maxSpan = 100 * 366 * day

// UnmarshalText reads a span. It is more than nothing.
func (s *span) UnmarshalText(text []byte) (err error) {
	*s, err = parseSpan(string(text))
	return err
}

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
