package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/hours"
)

func TestWhenMarketingHearsOfReturns(t *testing.T) {
	t.Parallel()
	berlin, err := hours.New(hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00", Holidays: []string{"2026-11-23"}})
	require.NoError(t, err)
	friday := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	tuesday := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		hours    hours.Hours
		returned time.Time
		want     time.Time
	}{
		{"over a weekend and a holiday", berlin, friday, tuesday},
		{"on the weekend", berlin, friday.AddDate(0, 0, 1), tuesday},
		{"early in the morning", berlin, tuesday.Add(-2 * time.Hour), tuesday.AddDate(0, 0, 1)},
		{"late in the evening of Berlin", berlin, tuesday.Add(14*time.Hour + 59*time.Minute), tuesday.AddDate(0, 0, 1)},
		{"on the longest day", berlin, time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC), time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC)},
		{"around the clock", hours.Hours{}, friday, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			room := Room{Rules: &Rules{fallback: Route{Hours: c.hours}}}
			require.Equal(t, c.want, room.digestAt(c.returned).UTC())
		})
	}
}

func TestReturnsDigest(t *testing.T) {
	t.Parallel()
	l := store.Lead{ID: "L-4", Name: "Ann Lee"}
	l.Return = &store.Return{Reason: "no <budget>", Detail: "She said so", By: "U0RAJ"}
	const how = "`/lead returns` has what they wrote, the rules behind it, and a way to send a lead elsewhere."
	require.Equal(t, "*Sales returned a lead.*\n• L-4: no &lt;budget&gt; (<@U0RAJ>)\n"+how, returnsDigest([]store.Lead{l}), "and nothing that is personal")
	many := make([]store.Lead, digestNamed+2)
	for i := range many {
		many[i] = l
	}
	require.Contains(t, returnsDigest(many), "*Sales returned 12 leads.*")
	require.Contains(t, returnsDigest(many), "\nand 2 more\n")
}
