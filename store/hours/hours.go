package hours

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"smarketer/store/errs"
)

// Spec is working hours as people write them. The zero value means
// around the clock.
type Spec struct {
	Timezone string   `yaml:"timezone"`           // an IANA name: Europe/Berlin
	Days     []string `yaml:"days,flow"`          // mon, tue, wed, thu, fri, sat, sun
	From     string   `yaml:"from"`               // "09:00"
	To       string   `yaml:"to"`                 // "17:30", at the latest "24:00"
	Holidays []string `yaml:"holidays,omitempty"` // dates without work: 2026-12-25
}

// Hours is working hours: on some days of the week, but for holidays, from one
// time of day to another in one timezone. The zero value is always open.
//
// When clocks change, work starts at the first moment at which they show the
// starting time or a later one, and ends likewise. An hour that is skipped is
// no working time; one that is repeated within the working day counts twice.
type Hours struct {
	zone     *time.Location // nil when always open
	weekdays [7]bool        // by [time.Weekday]
	from, to int            // minutes after midnight, from before to
	holidays map[civilDay]bool
}

// New checks a spec. It reports all mistakes at once, each as an
// [*errs.Invalid] with the field's name as it is written: "days[2]".
func New(spec Spec) (Hours, error) {
	if spec.IsZero() {
		return Hours{}, nil
	}

	var mistakes []error
	bad := func(field, format string, args ...any) {
		mistakes = append(mistakes, &errs.Invalid{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	h := Hours{holidays: make(map[civilDay]bool)}

	zone, err := time.LoadLocation(spec.Timezone)
	if err != nil || spec.Timezone == "" || spec.Timezone == "Local" {
		bad("timezone", "must be the name of a timezone, such as Europe/Berlin or UTC, not %q", spec.Timezone)
	}

	h.zone = zone

	if len(spec.Days) == 0 {
		bad("days", "must name at least one day, such as [mon, tue, wed, thu, fri]")
	}

	for i, name := range spec.Days {
		weekday := slices.Index(weekdayNames, name)
		switch {
		case weekday < 0:
			bad(fmt.Sprintf("days[%d]", i), "must be one of mon, tue, wed, thu, fri, sat, sun, not %q", name)
		case h.weekdays[weekday]:
			bad(fmt.Sprintf("days[%d]", i), "names %s again; once is enough", name)
		default:
			h.weekdays[weekday] = true
		}
	}

	var fromOK, toOK bool
	if h.from, fromOK = minuteOfDay(spec.From); !fromOK {
		bad("from", `must be a time of day such as "09:00", not %q`, spec.From)
	}

	if h.to, toOK = minuteOfDay(spec.To); !toOK {
		bad("to", `must be a time of day such as "17:30", at the latest "24:00", not %q`, spec.To)
	}

	if fromOK && toOK && h.from >= h.to {
		bad("to", "must be later than from: %s is not after %s", spec.To, spec.From)
	}

	for i, text := range spec.Holidays {
		date, err := time.Parse(time.DateOnly, text)
		if err != nil {
			bad(fmt.Sprintf("holidays[%d]", i), "must be a date such as 2026-12-25, not %q", text)
		}

		h.holidays[civilDayOf(date)] = true
	}

	if len(mistakes) > 0 {
		return Hours{}, errors.Join(mistakes...)
	}

	return h, nil
}

// Always says that there are no closing times.
func (h Hours) Always() bool { return h.zone == nil }

// Open says whether t is working time.
func (h Hours) Open(t time.Time) bool { return h.Next(t).Equal(t) }

// Date is the day of the calendar on which t falls in the timezone of these
// hours, or in UTC without one: "2026-11-21".
func (h Hours) Date(t time.Time) string {
	return t.In(h.Zone()).Format(time.DateOnly)
}

// Zone is the timezone of these hours, UTC without one.
func (h Hours) Zone() *time.Location {
	if h.Always() {
		return time.UTC
	}

	return h.zone
}

// Next returns the first working moment that is not before t: t itself when
// that is working time.
func (h Hours) Next(t time.Time) time.Time {
	if h.Always() {
		return t
	}

	start, _, _ := h.windowAt(t, h.dayOf(t))
	return later(t, start)
}

// Add returns the moment when d of working time has passed after t. That is
// the earliest such moment: a deadline that falls on closing time is closing
// time, not the next morning, and Add(t, 0) is t. A negative d counts as 0.
func (h Hours) Add(t time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return t
	}

	if h.Always() {
		return t.Add(d)
	}

	from := t
	for day := h.dayOf(t); ; {
		start, end, found := h.windowAt(from, day)
		start = later(from, start)
		open := end.Sub(start)
		if d <= open {
			return start.Add(d).In(t.Location())
		}

		d -= open
		from, day = end, found+1
	}
}

// Between returns how much working time lies between a and b: 0 when b is not
// after a, and the longest [time.Duration] when it is longer than that.
func (h Hours) Between(a, b time.Time) time.Duration {
	if !a.Before(b) {
		return 0
	}

	if h.Always() {
		return b.Sub(a)
	}

	var total time.Duration
	from := a
	for day := h.dayOf(a); ; {
		start, end, found := h.windowAt(from, day)
		if !start.Before(b) {
			return total
		}

		open := earlier(end, b).Sub(later(from, start))
		if total > math.MaxInt64-open {
			return math.MaxInt64
		}

		total += open
		from, day = end, found+1
	}
}

// windowAt returns the working time that t lies in, or else the next one, and
// the day it is of. It looks at one day after another, beginning with day.
func (h Hours) windowAt(t time.Time, day civilDay) (start, end time.Time, found civilDay) {
	for ; ; day++ {
		if !h.weekdays[day.weekday()] || h.holidays[day] {
			continue
		}

		start, end = h.clockShows(day, h.from), h.clockShows(day, h.to)
		// When clocks skip a whole working day nothing is left of it.
		if start.Before(end) && t.Before(end) {
			return start, end, day
		}
	}
}

// maxUTCOffset is more than any clock is ahead of UTC, in seconds.
const maxUTCOffset = 26 * 60 * 60

// clockShows returns the first moment at which clocks show this minute of the
// day, or a later time or day. So a later minute never comes before an earlier
// one, even where clocks are set back over midnight.
func (h Hours) clockShows(day civilDay, minute int) time.Time {
	shown := int64(day)*secondsPerDay + int64(minute)*60
	t := time.Unix(shown-maxUTCOffset, 0).In(h.zone)
	for {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		if !end.IsZero() && !end.After(t) {
			// Go 1.26 counts 365 days to the end of every year that its tables
			// don't list, so on the last day of a leap year this is past.
			end = t.Add(time.Hour)
		}

		first := max(t.Unix(), shown-int64(offset))
		if end.IsZero() || first < end.Unix() {
			return time.Unix(first, 0).In(h.zone)
		}

		t = end
	}
}

func (h Hours) dayOf(t time.Time) civilDay { return civilDayOf(t.In(h.zone)) }

// civilDay is a day of the calendar, counted from 1 January 1970.
type civilDay int64

const secondsPerDay = 24 * 60 * 60

func civilDayOf(t time.Time) civilDay {
	year, month, day := t.Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return civilDay(midnight.Unix() / secondsPerDay) // exact: UTC has no other midnights
}

func (d civilDay) weekday() time.Weekday {
	return time.Weekday(((int64(d)+int64(time.Thursday))%7 + 7) % 7)
}

// weekdayNames is in the order of [time.Weekday].
var weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// minuteOfDay reads "09:00" or "9:00", up to "24:00".
func minuteOfDay(text string) (minute int, ok bool) {
	if text == "24:00" {
		return 24 * 60, true
	}

	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil
}

// IsZero says that nothing is set.
func (s Spec) IsZero() bool {
	return s.Timezone == "" && len(s.Days) == 0 && s.From == "" && s.To == "" && len(s.Holidays) == 0
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b.In(a.Location())
	}

	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}

	return a
}
