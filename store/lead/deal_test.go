package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

var testNow = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// openLead is announced since an hour.
func openLead() Lead {
	return Lead{ID: "L-1", Source: "web", ExternalID: "1", Company: "Acme", Status: Open, Channel: "C1", Rev: 1,
		Work: Work{Announcements: 1, OpenedAt: testNow.Add(-time.Hour)}}
}

func TestDealsThatCannotBe(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		field string
		deal  Deal
	}{
		{"amount", Deal{Cents: -1, Currency: "EUR"}},
		{"amount", Deal{Cents: 1, Mills: 10, Currency: "KWD"}},
		{"amount", Deal{Cents: 100_000_000_000_001, Currency: "EUR"}},
		{"currency", Deal{Cents: 1}},
		{"currency", Deal{Mills: 1}},
		{"currency", Deal{Cents: 1, Currency: "ABC"}},
		{"stage", Deal{Stage: string(make([]byte, maxStage+1))}},
	} {
		_, err := Convert(openLead(), ByCRM, c.deal, testNow, Policy{})
		var invalid *errs.Invalid
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, c.field, invalid.Field)
	}

	_, err := Convert(openLead(), "U1", Deal{}, testNow, Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "it is nobody's")
	c, err := Convert(openLead(), ByCRM, Deal{}, testNow, Policy{})
	require.NoError(t, err, "the CRM knows best")
	require.Empty(t, c.New.Owner)
}

func TestNumbersOfDeals(t *testing.T) {
	t.Parallel()
	first, second := Deal{Currency: "KWD"}, Deal{Currency: "KWD", Stage: "won"}
	first.SetAmount(12_505)
	second.SetAmount(20_002)

	sums := map[string]map[string]int64{"": {}}
	l := openLead()
	for _, deal := range []Deal{first, second} {
		c, err := Convert(l, ByCRM, deal, testNow, Policy{})
		require.NoError(t, err)

		l = c.New
		for what, n := range c.Tallies()[0].Counts {
			sums[""][what] += n
		}
	}

	require.Equal(t, map[string]Amount{"KWD": 20_002}, CountsOf(sums)[0].Amounts)
	require.EqualValues(t, 2000, sums[""]["amount:KWD"], "an older version counts the hundredths")
}
