package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReadDay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)

	now := time.Date(2026, 11, 20, 14, 30, 0, 0, berlin) // a Friday
	for text, want := range map[string]string{
		"until Monday": "2026-11-23", "till mon": "2026-11-23", "Friday": "2026-11-27", "until next Tuesday.": "2026-11-24",
		"today": "2026-11-21", "tomorrow": "2026-11-21", "until tomorrow": "2026-11-21",
		"until 2026-12-01": "2026-12-01", "until 1 December": "2026-12-01", "1 dec 2026": "2026-12-01", "Jan 4": "2027-01-04", "until the 20 November": "2027-11-20",
		"for 3 days": "2026-11-23", "a week": "2026-11-27", "for two weeks": "2026-12-04",
	} {
		day, err := readDay(text, now)
		require.NoError(t, err, text)
		require.Equal(t, want+"T00:00:00", day.Format("2006-01-02T15:04:05"), text)
		require.Equal(t, berlin, day.Location())
	}

	for text, want := range map[string]string{
		"":                           "I don't know the day",
		"until <!channel>":           "I don't know the day “until &lt;!channel&gt;”",
		"until 2026-11-20":           "Friday 20 November 2026 has been already",
		"until 2026-02-30":           "I don't know the day",
		"for 0 days":                 "has been already",
		"until 2030-01-01":           "is more than a year ahead",
		"for 999 weeks":              "is more than a year ahead",
		"for 99999999999999999 days": "I don't know the day",
	} {
		_, err := readDay(text, now)
		require.ErrorContains(t, err, want, text)
	}
}
