package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storecheck "smarketer/store/check"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// won is what a CRM says of the lead with the ID 1 of the source x.
func won(cents int64, stage string, at time.Time) lead.Outcome {
	return lead.Outcome{Source: "X", ExternalID: "1", At: at, Deal: lead.Deal{Cents: cents, Currency: "EUR", Stage: stage}}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	room, s := newRoomIn(t)
	room.Returns = DefaultReturnReasons()
	_, _, err := room.TakeIn(t.Context(), lead.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 30})
	require.NoError(t, err)
	say := func(o lead.Outcome) (lead.Lead, bool) {
		l, changed, err := room.Outcome(t.Context(), o)
		require.NoError(t, err)
		return l, changed
	}
	l, changed := say(won(120_050, "proposal", noon))
	require.True(t, changed)
	require.Equal(t, lead.Converted, l.Status)
	require.Equal(t, lead.Deal{Cents: 120_050, Currency: "EUR", Stage: "proposal", At: noon}, l.Deal)

	_, changed = say(won(120_050, "proposal", noon))
	require.False(t, changed, "the same again")
	l, changed = say(won(90_000, "negotiation", noon.Add(time.Minute)))
	require.True(t, changed)
	require.EqualValues(t, 90_000, l.Deal.Cents)
	l, changed = say(won(120_050, "proposal", noon))
	require.False(t, changed, "an old message that comes late, or was recorded")
	require.EqualValues(t, 90_000, l.Deal.Cents)

	lost := lead.Outcome{Lead: "l-1", At: noon.Add(2 * time.Minute), Lost: true, Deal: lead.Deal{Currency: "EUR"}}
	l, changed = say(lost)
	require.True(t, changed)
	require.Equal(t, lead.Deal{Currency: "EUR", Stage: "closed lost", At: lost.At}, l.Deal)
	require.Equal(t, lead.Converted, l.Status)
	require.NoError(t, storecheck.Err(t.Context(), s))
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
			_, _, err := room.TakeIn(t.Context(), lead.Lead{ExternalID: "1", Source: "x", Name: "N", Employees: 30})
			require.NoError(t, err)
			o := lead.Outcome{Lead: "L-1", At: noon, Lost: true, Reason: c.reason, Detail: c.detail}
			l, changed, err := room.Outcome(t.Context(), o)
			require.NoError(t, err)
			require.True(t, changed)
			require.Equal(t, lead.Rejected, l.Status)
			require.Equal(t, lead.Return{Reason: c.wantReason, Detail: c.wantDetail, By: lead.ByCRM}, *l.Return)
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
		_, _, err := room.TakeIn(t.Context(), lead.Lead{ExternalID: map[int]string{30: "1", 3: "held"}[employees], Source: "x", Name: "N", Employees: employees})
		require.NoError(t, err)
	}

	for _, c := range []struct {
		name  string
		o     lead.Outcome
		field string
	}{
		{"about nothing", lead.Outcome{At: noon}, "lead"},
		{"half a name", lead.Outcome{At: noon, Source: "x"}, "lead"},
		{"no ID of ours", lead.Outcome{At: noon, Lead: "31"}, "lead"},
		{"a lead that there isn't", lead.Outcome{At: noon, Lead: "L-99"}, "lead"},
		{"a name that nobody knows", lead.Outcome{At: noon, Source: "x", ExternalID: "99"}, "id"},
		{"one that sales never saw", lead.Outcome{At: noon, Source: "x", ExternalID: "held"}, "lead"},
		{"without a time", lead.Outcome{Lead: "L-1"}, "at"},
		{"from the future", lead.Outcome{Lead: "L-1", At: noon.Add(time.Hour)}, "at"},
		{"an amount of nothing", lead.Outcome{Lead: "L-1", At: noon, Deal: lead.Deal{Cents: 1}}, "currency"},
		{"a currency that is none", lead.Outcome{Lead: "L-1", At: noon, Deal: lead.Deal{Cents: 1, Currency: "EURO"}}, "currency"},
		{"a stage in two lines", lead.Outcome{Lead: "L-1", At: noon, Deal: lead.Deal{Stage: "a\nb"}}, "stage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := room.Outcome(t.Context(), c.o)
			var invalid *errs.Invalid
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, c.field, invalid.Field)
		})
	}
}
