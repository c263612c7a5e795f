package lead

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store"
)

func TestWhatNumbersArePeopleAskFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		days int
		by   store.LeadGrouping
		bad  bool
	}{
		{"", 30, store.AllLeads, false},
		{"7d", 7, store.AllLeads, false},
		{"by source", 30, store.BySource, false},
		{"90d by Owner", 90, store.ByOwner, false},
		{"by route 1D", 1, store.ByRoute, false},
		{"366d", 366, store.AllLeads, false},
		{"367d", 0, "", true},
		{"0d", 0, "", true},
		{"-3d", 0, "", true},
		{"30 by source", 30, store.BySource, false},
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

func numbers(group string) store.LeadCount {
	return store.LeadCount{
		Group: group, Announced: 140, Claimed: 131, Contacted: 118, Accepted: 60, Returned: 34, Converted: 12,
		Reasons: map[string]int{"no budget": 20, "misrouted": 9, "bad data": 5}, Amounts: map[string]int64{"GBP": 1_250_050, "EUR": -100},
		Claim:   store.Times{Raw: store.Spread{Count: 131, Median: 3 * time.Minute, P90: 26 * time.Hour}, Working: store.Spread{Count: 131, Median: 3 * time.Minute, P90: 70 * time.Minute}},
		Contact: store.Times{Raw: store.Spread{Count: 118, Median: 41 * time.Minute, P90: 60 * time.Hour}, Working: store.Spread{Count: 118, Median: 40 * time.Minute, P90: 11 * time.Hour}},
	}
}

func TestStatsViews(t *testing.T) {
	t.Parallel()
	many := make([]store.LeadCount, 40)
	for i := range many {
		many[i] = numbers(fmt.Sprintf("%d %s", i, hostile))
		many[i].Reasons = map[string]int{}
		for j := range 30 {
			many[i].Reasons[fmt.Sprintf("%s %02d", hostile, j)] = j
		}
	}
	for name, m := range map[string]*bot.Message{
		"stats":         statsView([]store.LeadCount{numbers("")}, 30, store.AllLeads),
		"stats_today":   statsView([]store.LeadCount{{Announced: 1, Claim: store.Times{}}}, 1, store.AllLeads),
		"stats_none":    statsView(nil, 7, store.BySource),
		"stats_source":  statsView([]store.LeadCount{numbers("webinar"), {Group: "", Announced: 2, Claimed: 2}}, 30, store.BySource),
		"stats_owner":   statsView([]store.LeadCount{numbers("U0RAJ")}, 90, store.ByOwner),
		"stats_hostile": statsView(many, 366, store.BySource),
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
