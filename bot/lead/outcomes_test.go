package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	storecheck "smarketer/store/check"
)

// won is what a CRM says of the lead with the ID 1 of the source x.
func won(cents int64, stage string, at time.Time) store.LeadOutcome {
	return store.LeadOutcome{Source: "X", ExternalID: "1", At: at, Deal: store.Deal{Cents: cents, Currency: "EUR", Stage: stage}}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	room.Returns = DefaultReturnReasons()
	_, _, err := room.TakeIn(t.Context(), store.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 30})
	require.NoError(t, err)
	say := func(o store.LeadOutcome) (store.Lead, bool) {
		lead, changed, err := room.Outcome(t.Context(), o)
		require.NoError(t, err)
		return lead, changed
	}
	lead, changed := say(won(120_050, "proposal", noon))
	require.True(t, changed)
	require.Equal(t, store.LeadConverted, lead.Status)
	require.Equal(t, store.Deal{Cents: 120_050, Currency: "EUR", Stage: "proposal", At: noon}, lead.Deal)

	_, changed = say(won(120_050, "proposal", noon))
	require.False(t, changed, "the same again")
	lead, changed = say(won(90_000, "negotiation", noon.Add(time.Minute)))
	require.True(t, changed)
	require.EqualValues(t, 90_000, lead.Deal.Cents)
	lead, changed = say(won(120_050, "proposal", noon))
	require.False(t, changed, "an old message that comes late, or was recorded")
	require.EqualValues(t, 90_000, lead.Deal.Cents)

	lost := store.LeadOutcome{Lead: "l-1", At: noon.Add(2 * time.Minute), Lost: true, Deal: store.Deal{Currency: "EUR"}}
	lead, changed = say(lost)
	require.True(t, changed)
	require.Equal(t, store.Deal{Currency: "EUR", Stage: "closed lost", At: lost.At}, lead.Deal)
	require.Equal(t, store.LeadConverted, lead.Status)
	require.NoError(t, storecheck.Err(t.Context(), room.Store))
}

func TestALeadThatTheCRMClosed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, reason, detail, wantReason, wantDetail string }{
		{"for a reason of ours", "No Budget", "Not this year", "no budget", "Not this year"},
		{"for one of its own", "Went with a competitor", "cheaper", "other", "Went with a competitor: cheaper"},
		{"for its own, without a word", "Duplicate", "", "other", "Duplicate"},
		{"for none", "", "gone quiet", "other", "gone quiet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			room := newRoom(t)
			room.Returns = DefaultReturnReasons()
			_, _, err := room.TakeIn(t.Context(), store.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 30})
			require.NoError(t, err)
			o := store.LeadOutcome{Lead: "L-1", At: noon, Lost: true, Reason: c.reason, Detail: c.detail}
			lead, changed, err := room.Outcome(t.Context(), o)
			require.NoError(t, err)
			require.True(t, changed)
			require.Equal(t, store.LeadRejected, lead.Status)
			require.Equal(t, store.Return{Reason: c.wantReason, Detail: c.wantDetail, By: store.ByCRM}, *lead.Return)
			_, changed, err = room.Outcome(t.Context(), o)
			require.NoError(t, err)
			require.False(t, changed)
		})
	}
}

func TestOutcomesThatAreWrong(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	for _, employees := range []int{30, 3} {
		_, _, err := room.TakeIn(t.Context(), store.Lead{ExternalID: map[int]string{30: "1", 3: "held"}[employees], Source: "x", Name: "N", Employees: employees})
		require.NoError(t, err)
	}
	for _, c := range []struct {
		name  string
		o     store.LeadOutcome
		field string
	}{
		{"about nothing", store.LeadOutcome{At: noon}, "lead"},
		{"half a name", store.LeadOutcome{At: noon, Source: "x"}, "lead"},
		{"no ID of ours", store.LeadOutcome{At: noon, Lead: "31"}, "lead"},
		{"a lead that there isn't", store.LeadOutcome{At: noon, Lead: "L-99"}, "lead"},
		{"a name that nobody knows", store.LeadOutcome{At: noon, Source: "x", ExternalID: "99"}, "id"},
		{"one that sales never saw", store.LeadOutcome{At: noon, Source: "x", ExternalID: "held"}, "lead"},
		{"without a time", store.LeadOutcome{Lead: "L-1"}, "at"},
		{"from the future", store.LeadOutcome{Lead: "L-1", At: noon.Add(time.Hour)}, "at"},
		{"an amount of nothing", store.LeadOutcome{Lead: "L-1", At: noon, Deal: store.Deal{Cents: 1}}, "currency"},
		{"a currency that is none", store.LeadOutcome{Lead: "L-1", At: noon, Deal: store.Deal{Cents: 1, Currency: "EURO"}}, "currency"},
		{"a stage in two lines", store.LeadOutcome{Lead: "L-1", At: noon, Deal: store.Deal{Stage: "a\nb"}}, "stage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := room.Outcome(t.Context(), c.o)
			var invalid *store.Invalid
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, c.field, invalid.Field)
		})
	}
}
