package leadrepo

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
	"smarketer/store/hours"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// officeHours are the working hours in these tests.
func officeHours(t require.TestingT) hours.Hours {
	h, err := hours.New(hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:30"})
	require.NoError(t, err)
	return h
}

// recount counts leads from their histories, which know nothing of the
// numbers.
func recount(t require.TestingT, s *workspace, ids []string, h hours.Hours, group func(lead.Lead, lead.Event) string) map[string]*lead.Count {
	counts := map[string]*lead.Count{}
	times := map[string]map[string][]time.Duration{}
	for _, id := range ids {
		l, err := s.Lead(testContext(t), id)
		require.NoError(t, err)
		history, err := s.History(testContext(t), id)
		require.NoError(t, err)

		var opened time.Time
		owner, claimed, contacted := "", false, false
		for _, e := range history {
			if e.Owner != "" {
				owner = e.Owner
			}

			g := group(l, lead.Event{Owner: owner})
			if counts[g] == nil {
				counts[g], times[g] = &lead.Count{Group: g, Reasons: map[string]int{}, Amounts: map[string]lead.Amount{}}, map[string][]time.Duration{}
			}

			c := counts[g]
			took := func(what string) {
				times[g][what] = append(times[g][what], e.At.Sub(opened))
				times[g][what+" working"] = append(times[g][what+" working"], h.Between(opened, e.At))
			}
			switch e.Kind {
			case lead.EventOpened:
				c.Announced++
				opened, claimed, contacted = e.At, false, false
			case lead.EventClaimed:
				if !claimed {
					claimed = true
					c.Claimed++

					took("claim")
				}
			case lead.EventReturned:
				c.Returned++
				c.Reasons[e.Reason]++
				owner = ""
			case lead.EventReleased:
				owner = ""
			case lead.EventAccepted:
				c.Accepted++
			case lead.EventConverted:
				c.Converted++
				c.Amounts["EUR"] += l.Deal.Amount()
			}

			if (e.Kind == lead.EventContacted || e.Kind == lead.EventAccepted || e.Kind == lead.EventConverted && owner != "") && !contacted {
				contacted = true
				c.Contacted++

				took("contact")
			}
		}
	}

	for g, c := range counts {
		c.Claim = lead.Times{Raw: exactly(times[g]["claim"]), Working: exactly(times[g]["claim working"])}
		c.Contact = lead.Times{Raw: exactly(times[g]["contact"]), Working: exactly(times[g]["contact working"])}
	}

	return counts
}

func exactly(all []time.Duration) lead.Spread {
	slices.Sort(all)
	at := func(q float64) time.Duration {
		if len(all) == 0 {
			return 0
		}

		return all[int(math.Ceil(q*float64(len(all))))-1]
	}
	return lead.Spread{Count: len(all), Median: at(0.5), P90: at(0.9)}
}

// near compares times, which the numbers have to within a tenth.
func near(t require.TestingT, want, got lead.Spread) {
	require.Equal(t, want.Count, got.Count)

	for _, pair := range [][2]time.Duration{{want.Median, got.Median}, {want.P90, got.P90}} {
		require.InDelta(t, pair[0].Seconds(), pair[1].Seconds(), 1+pair[0].Seconds()/10)
	}
}

func TestNumbersAreARecountOfHistories(t *testing.T) {
	t.Parallel()
	rdb := storetest.Connect(t, redisURL)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rdb)
		open := officeHours(t)
		works := office{hours: open, route: "enterprise"}.policy()
		var ids []string
		n := 0
		pick := func(t *rapid.T) string {
			if len(ids) == 0 {
				t.Skip("no leads yet")
			}

			return rapid.SampledFrom(ids).Draw(t, "lead")
		}
		// do tries what may be refused.
		do := func(_ lead.Lead, err error) {
			if err != nil {
				require.ErrorIs(t, err, errs.ErrConflict)
			}
		}

		people := rapid.SampledFrom([]string{"U1", "U2"})
		actions := map[string]func(*rapid.T){
			"take in": func(t *rapid.T) {
				n++
				in := lead.Lead{ExternalID: fmt.Sprint(n), Source: rapid.SampledFrom([]string{"web", "fair"}).Draw(t, "source"), Name: "Ada"}
				route := rapid.SampledFrom([]string{"", "enterprise"}).Draw(t, "route")
				in.Employees = n % 4
				l, _, err := w.store(t).TakeIn(t.Context(), "", in, office{when: "lead.employees > 0", route: route, hours: open}.policy())
				require.NoError(t, err)
				ids = append(ids, l.ID)
			},
			"claim":   func(t *rapid.T) { do(w.store(t).Claim(t.Context(), "", pick(t), people.Draw(t, "who"), works)) },
			"release": func(t *rapid.T) { do(w.store(t).Release(t.Context(), "", pick(t), people.Draw(t, "who"), works)) },
			"contact": func(t *rapid.T) { do(w.store(t).Contact(t.Context(), "", pick(t), people.Draw(t, "who"), works)) },
			"accept":  func(t *rapid.T) { do(w.store(t).Accept(t.Context(), "", pick(t), people.Draw(t, "who"), works)) },
			"return": func(t *rapid.T) {
				r := lead.Return{Reason: rapid.SampledFrom([]string{"no budget", "no need"}).Draw(t, "reason"), By: people.Draw(t, "who")}
				do(w.store(t).ToMarketing(t.Context(), "", pick(t), r, false, works))
			},
			"convert": func(t *rapid.T) {
				by := rapid.SampledFrom([]string{"U1", "U2", lead.ByCRM}).Draw(t, "who")
				deal := lead.Deal{Cents: rapid.Int64Range(0, 5000).Draw(t, "cents"), Currency: "EUR"}
				do(w.store(t).Convert(t.Context(), "", pick(t), by, deal, works))
			},
		}
		for what, act := range actions {
			actions[what] = func(t *rapid.T) {
				w.clock.Advance(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, 9 * time.Hour}).Draw(t, "later"))
				act(t)
			}
		}

		t.Repeat(actions)

		for by, group := range map[lead.Grouping]func(lead.Lead, lead.Event) string{
			lead.All:      func(lead.Lead, lead.Event) string { return "" },
			lead.BySource: func(l lead.Lead, _ lead.Event) string { return l.Source },
			lead.ByRoute:  func(l lead.Lead, _ lead.Event) string { return l.Route },
		} {
			want := recount(t, w.replicas[0], ids, open, group)
			got, err := w.replicas[0].Stats(t.Context(), lead.MaxStatsDays, by)
			require.NoError(t, err)

			for _, c := range got {
				exact := want[c.Group]
				near(t, exact.Claim.Raw, c.Claim.Raw)
				near(t, exact.Claim.Working, c.Claim.Working)
				near(t, exact.Contact.Raw, c.Contact.Raw)
				near(t, exact.Contact.Working, c.Contact.Working)

				c.Claim, c.Contact = exact.Claim, exact.Contact
				if exact.Amounts["EUR"] == 0 {
					delete(exact.Amounts, "EUR")
				}

				require.Equal(t, *exact, c)
				delete(want, c.Group)
			}

			for _, c := range want {
				require.Zero(t, c.Announced+c.Claimed+c.Contacted+c.Accepted+c.Returned+c.Converted, "%s counts nothing of %q", by, c.Group)
			}
		}

		w.consistent(t)
	})
}

func TestNumbersByOwner(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	for i, who := range []string{"U1", "U1", "U2"} {
		l, _, err := s.TakeIn(t.Context(), "", lead.Lead{ExternalID: fmt.Sprint(i), Source: "web", Name: "Ada"},
			allQualify())
		require.NoError(t, err)
		clock.Advance(10 * time.Minute)
		_, err = s.Claim(t.Context(), "", l.ID, who, lead.Policy{})
		require.NoError(t, err)
		_, err = s.ToMarketing(t.Context(), "", l.ID, lead.Return{Reason: "no need", By: who}, false, lead.Policy{})
		require.NoError(t, err)
	}

	got, err := s.Stats(t.Context(), 1, lead.ByOwner)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "U1", got[0].Group)
	require.Equal(t, 2, got[0].Claimed)
	require.Equal(t, map[string]int{"no need": 2}, got[0].Reasons, "a return counts for who had the lead")
	require.Equal(t, 1, got[1].Returned)
}

func TestNumbersOfTheDaysAskedFor(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	for i := range 5 {
		_, _, err := s.TakeIn(t.Context(), "", lead.Lead{ExternalID: fmt.Sprint(i), Source: "web", Name: "Ada"},
			allQualify())
		require.NoError(t, err)
		clock.Advance(24 * time.Hour)
	}

	for days, want := range map[int]int{1: 0, 2: 1, 4: 3, 6: 5, lead.MaxStatsDays: 5} {
		got, err := s.Stats(t.Context(), days, lead.All)
		require.NoError(t, err)

		announced := 0
		for _, c := range got {
			announced += c.Announced
		}

		require.Equal(t, want, announced, days)
	}
}
