package lead

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/lead"
)

func TestWhatNumbersArePeopleAskFor(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		text string
		days int
		by   lead.Grouping
		bad  bool
	}{
		{"", 30, lead.All, false},
		{"7d", 7, lead.All, false},
		{"by source", 30, lead.BySource, false},
		{"90d by Owner", 90, lead.ByOwner, false},
		{"by route 1D", 1, lead.ByRoute, false},
		{"366d", 366, lead.All, false},
		{"367d", 0, "", true},
		{"0d", 0, "", true},
		{"-3d", 0, "", true},
		{"30 by source", 30, lead.BySource, false},
		{"by", 0, "", true},
		{"by weather", 0, "", true},
		{"by all", 0, "", true},
		{"99999999999999999999d", 0, "", true},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()

			days, by, err := statsOf(c.text)
			if c.bad {
				require.ErrorAs(t, err, new(*bot.Problem))
				return
			}

			require.NoError(t, err)
			require.Equal(t, c.days, days)
			require.Equal(t, c.by, by)
		})
	}
}

func numbers(group string) lead.Count {
	return lead.Count{
		Group: group, Announced: 140, Claimed: 131, Contacted: 118, Accepted: 60, Returned: 34, Converted: 12,
		Reasons: map[string]int{"no budget": 20, "misrouted": 9, "bad data": 5}, Amounts: map[string]lead.Amount{"GBP": 12_500_500, "EUR": -1000},
		Claim:   lead.Times{Raw: lead.Spread{Count: 131, Median: 3 * time.Minute, P90: 26 * time.Hour}, Working: lead.Spread{Count: 131, Median: 3 * time.Minute, P90: 70 * time.Minute}},
		Contact: lead.Times{Raw: lead.Spread{Count: 118, Median: 41 * time.Minute, P90: 60 * time.Hour}, Working: lead.Spread{Count: 118, Median: 40 * time.Minute, P90: 11 * time.Hour}},
	}
}

func TestStatsViews(t *testing.T) {
	t.Parallel()

	many := make([]lead.Count, 40)
	for i := range many {
		many[i] = numbers(fmt.Sprintf("%d %s", i, hostile))
		many[i].Reasons = map[string]int{}
		for j := range 30 {
			many[i].Reasons[fmt.Sprintf("%s %02d", hostile, j)] = j
		}
	}

	for name, m := range map[string]*bot.Message{
		"stats":         statsView([]lead.Count{numbers("")}, 30, lead.All),
		"stats_today":   statsView([]lead.Count{{Announced: 1, Claim: lead.Times{}}}, 1, lead.All),
		"stats_none":    statsView(nil, 7, lead.BySource),
		"stats_source":  statsView([]lead.Count{numbers("webinar"), {Group: "", Announced: 2, Claimed: 2}}, 30, lead.BySource),
		"stats_owner":   statsView([]lead.Count{numbers("U0RAJ")}, 90, lead.ByOwner),
		"stats_hostile": statsView(many, 366, lead.BySource),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			roomtest.Message(t, name, m)
		})
	}
}

func TestTimesAreSaidRoughly(t *testing.T) {
	t.Parallel()

	for d, want := range map[time.Duration]string{
		0: "a second", 40 * time.Second: "40 s", 119 * time.Second: "119 s", 5 * time.Minute: "5 min", 90 * time.Minute: "90 min",
		150 * time.Minute: "2.5 h", 30 * time.Hour: "30 h", 60 * time.Hour: "2.5 days", 800 * time.Hour: "33 days",
	} {
		require.Equal(t, want, roughly(d))
	}
}
