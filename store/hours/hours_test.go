package hours

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
)

func office(zone string) Spec {
	return Spec{Timezone: zone, Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:30",
		Holidays: []string{"2026-12-25"}}
}

func hoursOf(t require.TestingT, spec Spec) Hours {
	hours, err := New(spec)
	require.NoError(t, err)
	return hours
}

// clock reads "2026-11-20 17:00" as clocks in the zone show it.
func clock(t *testing.T, zone, text string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, location)
	require.NoError(t, err)
	return moment
}

func TestHours(t *testing.T) {
	t.Parallel()
	everyDay := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

	night := func(zone, from, to string) Spec {
		return Spec{Timezone: zone, Days: everyDay, From: from, To: to}
	}
	berlin, saoPaulo, newYork := "Europe/Berlin", "America/Sao_Paulo", "America/New_York"
	for _, test := range []struct {
		name     string
		spec     Spec
		zone     string
		start    string
		add      time.Duration
		deadline string
	}{
		{"within a day", office(berlin), berlin, "2026-11-20 10:00", time.Hour, "2026-11-20 11:00"},
		{"closing time is in time", office(berlin), berlin, "2026-11-20 17:00", 30 * time.Minute, "2026-11-20 17:30"},
		{"over a weekend", office(berlin), berlin, "2026-11-20 17:00", 31 * time.Minute, "2026-11-23 09:01"},
		{"at night", office(berlin), berlin, "2026-11-18 23:00", 5 * time.Minute, "2026-11-19 09:05"},
		{"before opening", office(berlin), berlin, "2026-11-18 03:00", 5 * time.Minute, "2026-11-18 09:05"},
		{"no time is no wait", office(berlin), berlin, "2026-11-18 23:00", 0, "2026-11-18 23:00"},
		{"less than no time is no wait", office(berlin), berlin, "2026-11-18 12:00", -time.Hour, "2026-11-18 12:00"},
		{"a holiday before a weekend", office(berlin), berlin, "2026-12-24 17:00", time.Hour, "2026-12-28 09:30"},
		{"asked from another zone", office(berlin), newYork, "2026-11-20 11:00", time.Hour, "2026-11-23 03:30"},
		{"an hour skipped at night", night(berlin, "00:00", "06:00"), berlin, "2026-03-29 00:00", 4 * time.Hour, "2026-03-29 05:00"},
		{"an hour repeated at night", night(berlin, "00:00", "06:00"), berlin, "2026-10-25 00:00", 7 * time.Hour, "2026-10-25 06:00"},
		{"opening within the skipped hour", night(berlin, "02:30", "04:00"), berlin, "2026-03-29 01:00", time.Hour, "2026-03-29 04:00"},
		{"closing within the skipped hour", night(berlin, "01:00", "02:30"), berlin, "2026-03-29 01:00", 2 * time.Hour, "2026-03-30 02:00"},
		{"all of it within the skipped hour", night(berlin, "02:10", "02:50"), berlin, "2026-03-29 01:00", time.Minute, "2026-03-30 02:11"},
		{"midnight skipped", night(saoPaulo, "00:00", "02:00"), saoPaulo, "2018-11-03 12:00", time.Hour, "2018-11-04 02:00"},
		{"an hour repeated before midnight", night(saoPaulo, "22:00", "24:00"), saoPaulo, "2018-02-17 22:00", 3 * time.Hour, "2018-02-18 00:00"},
		{"the last night of a leap year", night(newYork, "18:00", "24:00"), newYork, "2040-12-31 20:00", 5 * time.Hour, "2041-01-01 19:00"},
		{"a day skipped", night("Pacific/Apia", "09:00", "10:00"), "Pacific/Apia", "2011-12-29 09:00", 61 * time.Minute, "2011-12-31 09:01"},
		{"around the clock", Spec{}, berlin, "2026-11-21 23:00", 48 * time.Hour, "2026-11-23 23:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			hours := hoursOf(t, test.spec)
			start := clock(t, test.zone, test.start)
			require.Equal(t, test.deadline, hours.Add(start, test.add).Format("2006-01-02 15:04"))
			require.Equal(t, max(test.add, 0), hours.Between(start, hours.Add(start, test.add)))
		})
	}
}

func TestHoursOpenAndNext(t *testing.T) {
	t.Parallel()

	zone := "Europe/Berlin"
	hours := hoursOf(t, office(zone))
	for _, test := range []struct{ at, next string }{
		{"2026-11-20 08:59", "2026-11-20 09:00"},
		{"2026-11-20 09:00", "2026-11-20 09:00"},
		{"2026-11-20 17:29", "2026-11-20 17:29"},
		{"2026-11-20 17:30", "2026-11-23 09:00"},
		{"2026-11-21 12:00", "2026-11-23 09:00"},
		{"2026-12-25 12:00", "2026-12-28 09:00"},
	} {
		at := clock(t, zone, test.at)
		require.Equal(t, clock(t, zone, test.next), hours.Next(at), test.at)
		require.Equal(t, test.at == test.next, hours.Open(at), test.at)
	}

	require.False(t, hours.Always())
	require.True(t, Hours{}.Always())
	require.True(t, Hours{}.Open(clock(t, zone, "2026-11-21 03:00")))
}

func TestHoursFarApart(t *testing.T) {
	t.Parallel()
	hours := hoursOf(t, office("Europe/Berlin"))
	start := clock(t, "Europe/Berlin", "2026-01-05 09:00") // a Monday
	// Forty years: 2,087 weeks, one holiday on a working day.
	end := start.AddDate(0, 0, 2087*7)
	require.Equal(t, time.Duration(2087*5-1)*510*time.Minute, hours.Between(start, end))
	require.Equal(t, time.Duration(math.MaxInt64), Hours{}.Between(time.Time{}, end), "as time.Time.Sub does")
}

func TestNewHoursReportsEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := New(Spec{Timezone: "Europe/Berln", Days: []string{"mon", "funday", "mon"}, From: "9", To: "25:00",
		Holidays: []string{"2026-12-25", "25.12.2026"}})
	require.EqualError(t, err, `timezone must be the name of a timezone, such as Europe/Berlin or UTC, not "Europe/Berln"
days[1] must be one of mon, tue, wed, thu, fri, sat, sun, not "funday"
days[2] names mon again; once is enough
from must be a time of day such as "09:00", not "9"
to must be a time of day such as "17:30", at the latest "24:00", not "25:00"
holidays[1] must be a date such as 2026-12-25, not "25.12.2026"`)
	invalid, ok := errors.AsType[*errs.Invalid](err)
	require.True(t, ok)
	require.Equal(t, "timezone", invalid.Field)
}

func TestNewHoursRefuses(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name   string
		change func(*Spec)
		want   string
	}{
		{"from after to", func(s *Spec) { s.To = "08:00" }, "to must be later than from: 08:00 is not after 09:00"},
		{"no time at all", func(s *Spec) { s.To = "09:00" }, "to must be later than from: 09:00 is not after 09:00"},
		{"no day", func(s *Spec) { s.Days = nil }, "days must name at least one day, such as [mon, tue, wed, thu, fri]"},
		{"no zone", func(s *Spec) { s.Timezone = "" }, `timezone must be the name of a timezone, such as Europe/Berlin or UTC, not ""`},
		{"this machine's zone", func(s *Spec) { s.Timezone = "Local" }, `timezone must be the name of a timezone, such as Europe/Berlin or UTC, not "Local"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spec := office("UTC")
			test.change(&spec)
			_, err := New(spec)
			require.EqualError(t, err, test.want)
		})
	}
}

// zones have clocks that change at night, at midnight, by half an hour, in
// both hemispheres, during Ramadan, and not at all.
var zones = []string{"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "America/Havana",
	"Australia/Lord_Howe", "Africa/Casablanca", "Asia/Beirut", "Asia/Kathmandu", "Pacific/Apia", "UTC"}

var anyHours = rapid.Custom(func(t *rapid.T) Spec {
	minutes := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*60), 2, 2, rapid.ID[int]).Draw(t, "from and to")
	from, to := min(minutes[0], minutes[1]), max(minutes[0], minutes[1])
	holidays := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return anyMoment.Draw(t, "holiday").Format(time.DateOnly) }), 0, 5)
	return Spec{
		Timezone: rapid.SampledFrom(zones).Draw(t, "zone"),
		Days:     rapid.SliceOfNDistinct(rapid.SampledFrom(weekdayNames), 1, 7, rapid.ID[string]).Draw(t, "days"),
		From:     timeOfDay(from), To: timeOfDay(to),
		Holidays: holidays.Draw(t, "holidays"),
	}
})

// anyMoment is often near one of the nights in which clocks change.
var anyMoment = rapid.Custom(func(t *rapid.T) time.Time {
	nights := []time.Time{
		time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), // Berlin
		time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC), // New York
		time.Date(2018, 11, 4, 3, 0, 0, 0, time.UTC), time.Date(2018, 2, 18, 2, 0, 0, 0, time.UTC), // São Paulo
		time.Date(2010, 11, 7, 2, 31, 0, 0, time.UTC),  // St. John's, back over midnight
		time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC), // Apia, a day skipped
		time.Date(2026, 4, 4, 15, 0, 0, 0, time.UTC),   // Lord Howe
		time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC),    // beyond the tables, after a leap year
	}
	near := rapid.SampledFrom(nights).Draw(t, "near")
	seconds := rapid.OneOf(rapid.IntRange(-2*secondsPerDay, 2*secondsPerDay), rapid.IntRange(-400*secondsPerDay, 400*secondsPerDay))
	return near.Add(time.Duration(seconds.Draw(t, "seconds")) * time.Second)
})

func timeOfDay(minute int) string {
	if minute == 24*60 {
		return "24:00"
	}

	return time.Time{}.Add(time.Duration(minute) * time.Minute).Format("15:04")
}

func TestHoursProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hours := hoursOf(t, anyHours.Draw(t, "hours"))
		start := anyMoment.Draw(t, "start")
		first := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "first"))
		second := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "second"))

		middle := hours.Add(start, first)
		end := hours.Add(middle, second)
		require.Equal(t, first, hours.Between(start, middle), "what was added has passed")
		require.False(t, middle.Before(start), "adding goes forward")
		require.False(t, end.Before(middle), "more is later")
		require.True(t, end.Equal(hours.Add(start, first+second)), "in two steps or in one")
		require.Equal(t, first+second, hours.Between(start, end), "parts add up")
		require.Zero(t, hours.Between(middle, start), "nothing passes backwards")

		if first > 0 {
			require.Less(t, hours.Between(start, middle.Add(-time.Nanosecond)), first, "not a moment later than need be")
		}

		next := hours.Next(start)
		require.True(t, hours.Open(next), "next is working time")
		require.Zero(t, hours.Between(start, next), "and the first there is")
		require.Equal(t, hours.Open(start), next.Equal(start))
		require.Equal(t, start.Location(), end.Location(), "in the asker's zone")
	})
}

// TestHoursAgainstEveryMinute compares with a look at every minute of six
// days: work starts in the first minute at which clocks show its start or
// later, and ends likewise.
func TestHoursAgainstEveryMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := anyHours.Draw(t, "hours")
		hours := hoursOf(t, spec)
		noon := anyMoment.Draw(t, "day").In(hours.zone).Truncate(time.Minute)
		from, to := noon.Add(-24*time.Hour), noon.Add(24*time.Hour)

		var working time.Duration
		var reached string // the latest that clocks have shown
		for minute := from.Add(-48 * time.Hour); minute.Before(to); minute = minute.Add(time.Minute) {
			reached = max(reached, minute.Format("2006-01-02 15:04"))
			day, shown := reached[:10], reached[11:]
			date, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)

			open := hours.weekdays[date.Weekday()] && !slices.Contains(spec.Holidays, day) &&
				timeOfDay(hours.from) <= shown && shown < timeOfDay(hours.to)
			if minute.Before(from) {
				continue
			}

			if open != hours.Open(minute) {
				require.Equal(t, open, hours.Open(minute), minute)
			}

			if open {
				working += time.Minute
			}
		}

		require.Equal(t, working, hours.Between(from, to))
	})
}

func BenchmarkHoursTenYears(b *testing.B) {
	hours := hoursOf(b, office("Europe/Berlin"))
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	end := start.AddDate(10, 0, 0)
	for b.Loop() {
		hours.Between(start, end)
	}
}
