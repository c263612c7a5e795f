package leadrepo

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/lead"
)

func TestFaultsAreToldOnceADay(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	// Text is no number, so the rules fail on every lead.
	policy := func(names ...string) lead.Policy {
		var spec lead.RuleSpec
		for _, name := range names {
			spec.Qualify = append(spec.Qualify, lead.QualifySpec{Name: name, When: `int(lead.company) > 5`})
		}

		rules, err := lead.CompileRules(spec)
		require.NoError(t, err)
		return lead.Policy{Rules: rules, Words: lead.Words{Fault: faultWords}}
	}
	_, _, err := s.TakeIn(t.Context(), "", webLead("1"), policy("a"))
	lacks, ok := errors.AsType[*lead.Lacks](err)
	require.True(t, ok)
	require.True(t, lacks.Marketing)
	require.Contains(t, lacks.Fault, "rule a: ")
	require.Empty(t, timersSet(t, s), "nothing is stored")
	take := func(id string, rules ...string) {
		p := policy(rules...)
		p.Marketing = []string{"U0MIA"}
		_, what, err := s.TakeIn(t.Context(), "", webLead(id), p)
		require.NoError(t, err)
		require.Equal(t, lead.IntakeHeld, what)
	}
	take("1", "a")
	take("2", "a")
	take("3", "a", "b")
	require.Equal(t, []string{`U0MIA "a"`, `U0MIA "b"`}, drain(t, s))
	clock.Advance(24 * time.Hour)
	take("4", "a")
	require.Equal(t, []string{`U0MIA "a"`}, drain(t, s))
}

// faultWords names the rule that failed.
func faultWords(_ lead.Lead, f lead.Fault) (json.RawMessage, error) {
	name, _, _ := strings.Cut(f.Problem, ":")
	return words(name)
}

func TestPromotion(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	l, _, err := s.TakeIn(t.Context(), "", webLead("1"), noneQualify())
	require.NoError(t, err)
	held, all, err := s.With(t.Context(), lead.Held, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, all)
	require.Equal(t, l.ID, held[0].ID)

	_, err = s.Promote(t.Context(), "", l.ID, "U0MIA", "", allQualify())
	require.ErrorAs(t, err, new(*errs.Invalid))
	l, err = s.Promote(t.Context(), "op", l.ID, "U0MIA", "they called", inTurn("enterprise", lead.OwnerSpec{User: "U1"}))
	require.NoError(t, err)
	require.Equal(t, &lead.Promotion{By: "U0MIA", Reason: "they called", At: start}, l.Promotion)
	require.Equal(t, "U1 claimed C1 [no budget]", fmt.Sprint(l.Owner, " ", l.Status, " ", l.Channel, " ", l.Reasons))
	_, err = s.Promote(t.Context(), "op", l.ID, "U0MIA", "they called", allQualify())
	require.ErrorIs(t, err, errs.ErrDuplicate)
	now, err := s.Promote(t.Context(), "", l.ID, "U0MIA", "again", allQualify())
	require.ErrorIs(t, err, errs.ErrConflict)
	require.Equal(t, "they called", now.Promotion.Reason)
	_, all, err = s.With(t.Context(), lead.Held, 0, 10)
	require.NoError(t, err)
	require.Zero(t, all)

	events, err := s.History(t.Context(), l.ID)
	require.NoError(t, err)

	var kinds []string
	for _, e := range events {
		kinds = append(kinds, fmt.Sprintf("%s by %s: %s", e.Kind, e.By, e.Detail))
	}

	require.Equal(t, []string{"held by : ", "opened by U0MIA: they called", "assigned by U0MIA: they called"}, kinds)
	sound(t, s)
}

func TestAPromotionTellsOfARouteThatFails(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	_, _, err := s.TakeIn(t.Context(), "", webLead("1"), noneQualify())
	require.NoError(t, err)
	rules, err := lead.CompileRules(lead.RuleSpec{Channel: "C1", Routes: []lead.RouteSpec{{Name: "seats", When: `int(lead.company) > 5`}}})
	require.NoError(t, err)
	faulty := lead.Policy{Rules: rules, Channels: map[string]string{"C1": "C1"}, Marketing: []string{"U0MIA"}, Words: lead.Words{Fault: faultWords}}
	l, err := s.Promote(t.Context(), "", "L-1", "U0MIA", "They called us", faulty)
	require.NoError(t, err)
	require.Equal(t, lead.Open, l.Status)
	require.Contains(t, sortedDrain(t, s), `U0MIA "seats"`)
}

func TestHeldLeadsArePaged(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	for i := range 5 {
		_, _, err := s.TakeIn(t.Context(), "", webLead(fmt.Sprint(i)), noneQualify())
		require.NoError(t, err)
		clock.Advance(time.Second)
	}

	var got []string
	for after := 0; after < 6; after += 2 {
		leads, all, err := s.With(t.Context(), lead.Held, after, 2)
		require.NoError(t, err)
		require.Equal(t, 5, all)

		for _, l := range leads {
			got = append(got, l.ID)
		}
	}

	require.Equal(t, []string{"L-5", "L-4", "L-3", "L-2", "L-1"}, got)
}

func TestARequestAddsALeadOnce(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	in := webLead("1")
	in.AddedBy = "U0RAJ"
	l, what, err := s.TakeIn(t.Context(), "op", in, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what)
	require.Equal(t, "U0RAJ", l.AddedBy)
	again, _, err := s.TakeIn(t.Context(), "op", in, allQualify())
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, l.ID, again.ID)
	_, what, err = s.TakeIn(t.Context(), "another", in, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeDuplicate, what)
	require.Equal(t, []string{"opened"}, slices.Collect(maps.Keys(kindsOf(t, s, l.ID))))
}

func kindsOf(t *testing.T, s *workspace, id string) map[string]int {
	t.Helper()
	events, err := s.History(t.Context(), id)
	require.NoError(t, err)

	kinds := map[string]int{}
	for _, e := range events {
		kinds[string(e.Kind)]++
	}

	return kinds
}
