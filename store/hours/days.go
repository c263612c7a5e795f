package hours

import "time"

// DaysBack returns when the working day began that is n working days before
// the day of t. Around the clock every 24 hours are a day.
func (h Hours) DaysBack(t time.Time, n int) time.Time {
	if h.Always() {
		return t.AddDate(0, 0, -n)
	}

	day := h.dayOf(t)
	for n > 0 {
		if day--; h.weekdays[day.weekday()] && !h.holidays[day] {
			n--
		}
	}

	return h.clockShows(day, h.from).In(t.Location())
}

// NextDay returns when the next working day begins after the day of t. Around
// the clock that is 24 hours later.
func (h Hours) NextDay(t time.Time) time.Time {
	if h.Always() {
		return t.AddDate(0, 0, 1)
	}

	return h.Next(h.clockShows(h.dayOf(t)+1, 0)).In(t.Location())
}

// DaysLater returns when the nth working day begins after the day of t. Around
// the clock every 24 hours are a day.
func (h Hours) DaysLater(t time.Time, n int) time.Time {
	for range n {
		t = h.NextDay(t)
	}

	return t
}

// On returns when work begins on a date such as 2026-11-21, or on the first
// working day after it. Around the clock that is nine o'clock UTC.
func (h Hours) On(date string) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil || h.Always() {
		return at.Add(9 * time.Hour), err
	}

	midnight := h.clockShows(civilDayOf(at), 0)
	return h.Next(midnight).UTC(), nil
}
