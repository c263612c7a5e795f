package hours

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// friday is a working morning.
var friday = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func TestWorkingDays(t *testing.T) {
	t.Parallel()
	hours, err := New(Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:30", Holidays: []string{"2026-11-23"}})
	require.NoError(t, err)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, berlin) }
	require.True(t, at(19, 9).Equal(hours.DaysBack(at(24, 12), 2)), "over a weekend and a holiday")
	require.True(t, at(20, 9).Equal(hours.DaysBack(at(21, 12), 1)), "from a Saturday")
	require.True(t, at(24, 9).Equal(hours.NextDay(at(20, 8))))
	require.True(t, at(25, 9).Equal(hours.NextDay(at(24, 18))))
	require.Equal(t, at(22, 12), Hours{}.DaysBack(at(24, 12), 2))
	require.Equal(t, at(25, 12), Hours{}.NextDay(at(24, 12)))
}

func TestWorkingDaysAhead(t *testing.T) {
	t.Parallel()
	berlin, err := New(Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00", Holidays: []string{"2026-11-23"}})
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), berlin.DaysLater(friday, 1), "after the weekend and a holiday")
	require.Equal(t, time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), berlin.DaysLater(friday, 3))
	require.Equal(t, friday.AddDate(0, 0, 3), Hours{}.DaysLater(friday, 3))

	for date, want := range map[string]time.Time{
		"2026-11-26": time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC),
		"2026-11-22": time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), // a Sunday
		"2026-07-01": time.Date(2026, 7, 1, 7, 0, 0, 0, time.UTC),   // in summer
	} {
		got, err := berlin.On(date)
		require.NoError(t, err)
		require.Equal(t, want, got, date)
	}

	_, err = berlin.On("tomorrow")
	require.Error(t, err)
	got, err := Hours{}.On("2026-11-26")
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), got)
}
