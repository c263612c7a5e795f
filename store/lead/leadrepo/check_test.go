package leadrepo

import (
	"context"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// busyWorkspace has an open lead with an address, a claimed one, a held one and
// one that is forgotten. The check finds nothing wrong with it.
func busyWorkspace(t *testing.T) *workspace {
	t.Helper()
	s := open(storetest.Store(t, redisURL, clockwork.NewFakeClockAt(start)))
	in := webLead("1")
	in.Employees, in.Email = 80, "a@x.example"
	_, _, err := s.TakeIn(t.Context(), "", in, largeQualify())
	require.NoError(t, err)
	mustTakeIn(t, s, webLead("2"))
	_, err = s.Claim(t.Context(), "", "L-2", "U1", lead.Policy{})
	require.NoError(t, err)
	_, _, err = s.TakeIn(t.Context(), "", webLead("3"), noneQualify())
	require.NoError(t, err)
	mustTakeIn(t, s, lead.Lead{Source: "web", ExternalID: "4", Email: "gone@x.example"})
	require.NoError(t, s.RememberForgotten(t.Context(), "gone@x.example"))
	require.NoError(t, s.Forget(t.Context(), "L-4", lead.ByRequest, true))
	sound(t, s)
	return s
}

// harm is a Redis command whose first argument is a key without its root, behind
// the repository's back.
type harm []any

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const today = "2026-11-20"
	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"status index lacks a lead", harm{"ZREM", "lead:status:open", "L-1"}, `lead:status:open lacks "L-1"`},
		{"status index has another's lead", harm{"ZADD", "lead:status:open", 0, "L-2"}, `lead:status:open has "L-2", which doesn't belong there`},
		{"no index has such a lead", harm{"ZADD", "lead:status:recycled", 0, "L-7"}, `lead:status:recycled has "L-7"`},
		{"owner's index lacks a lead", harm{"ZREM", "lead:owner:U1", "L-2"}, `lead:owner:U1 lacks "L-2"`},
		{"another owner's index has it", harm{"ZADD", "lead:owner:U2", 0, "L-2"}, `lead:owner:U2 has "L-2"`},

		{"owner without cause", harm{"HSET", "lead:L-1", "doc", `{"id":"L-1","source":"web","external_id":"1","status":"open","channel":"C1","owner":"U1"}`}, `L-1 is open and has the owner "U1"`},
		{"claimed by nobody", harm{"HSET", "lead:L-2", "doc", `{"id":"L-2","source":"web","external_id":"2","status":"claimed","channel":"C1"}`}, `L-2 is claimed and has the owner ""`},
		{"announced nowhere", harm{"HSET", "lead:L-1", "doc", `{"id":"L-1","source":"web","external_id":"1","status":"open"}`}, "L-1 is open in no channel"},
		{"unknown status", harm{"HSET", "lead:L-1", "doc", `{"id":"L-1","source":"web","external_id":"1","status":"lost","channel":"C1"}`}, `L-1 has the status "lost"`},
		{"another's record", harm{"HSET", "lead:L-1", "doc", `{"id":"L-2"}`}, `lead:L-1 holds no such record, but "L-2"`},
		{"number never given out", harm{"SET", "seq:L", 2}, "lead:L-3 has a number that was never given out (the last was 2)"},
		{"card nowhere", harm{"HSET", "lead:L-1", "card::C1", "C1"}, `lead:L-1 has its card at "C1"`},
		{"history of another", harm{"HSET", "lead:L-2", "doc", `{"id":"L-2","source":"web","external_id":"2","status":"claimed","owner":"U7","channel":"C1"}`}, `its history ends with claimed by "U1"`},
		{"a history of nobody", harm{"ZADD", "lead:history:L-9", 0, "{}"}, "lead:history:L-9 belongs to a record that doesn't exist"},

		{"sender's ID forgotten", harm{"HDEL", "lead:identity", lead.SenderName("web", "1")}, "L-1 is not found by its sender's ID"},
		{"address forgotten", harm{"HDEL", "lead:identity", lead.EmailName("a@x.example")}, "L-1 is not found by its e-mail address"},
		{"a name of nobody", harm{"HSET", "lead:identity", lead.EmailName("b@x.example"), "L-9"}, "a name leads to L-9"},
		{"a name not noted with its lead", harm{"SADD", "lead:names:L-1", lead.EmailName("other@x.example")}, `L-1 is known by a name that leads to ""`},
		{"a name that isn't the lead's", harm{"HSET", "lead:identity", lead.EmailName("b@x.example"), "L-1"}, "is not among what L-1 is known by"},
		{"names of nobody", harm{"SADD", "lead:names:L-9", lead.EmailName("b@x.example")}, "lead:names:L-9 belongs to a record that doesn't exist"},

		{"timer of a lead that nobody waits for", harm{"ZADD", "due", 0, "lead.sla:L-2"}, "timer lead.sla:L-2 is set, and nobody needs it"},
		{"timer of nothing", harm{"ZADD", "due", 0, "lead.sla:L-9"}, "timer lead.sla:L-9 is set, and nobody needs it"},
		{"timer that is missing", harm{"ZREM", "due", "lead.sla:L-1"}, "timer lead.sla:L-1 is not set, and L-1 needs it"},
		{"credit from nowhere", harm{"HSET", "turns:all", "U1", 2}, "the credits in the pool all add up to 2"},
		{"given less than nothing", harm{"HSET", "given:" + today, "U1", -1}, "given:" + today + ` counts "-1" for U1`},
		{"away until never", harm{"HSET", "away", "U1", "soon"}, `away has "soon" for U1, which is no time`},

		{"a lead counted for no source", harm{"HDEL", "lead:stats:source:" + today, "web" + lead.StatsSplit + "claimed"}, "there were 1 of claimed, and by source 0"},
		{"a lead counted twice", harm{"HSET", "lead:stats:route:" + today, lead.StatsSplit + "announced", 9}, "of announced, and by route 9"},
		{"counted less than nothing", harm{"HSET", "lead:stats:owner:" + today, "U1" + lead.StatsSplit + "claimed", -1}, `counts "-1" of`},
		{"counted by something unknown", harm{"HSET", "lead:stats:weather:" + today, "fine" + lead.StatsSplit + "claimed", 1}, "lead:stats:weather:" + today + " counts by something unknown"},
		{"told of a rule on no day", harm{"HSET", "rules:faults", "size", "once"}, `rules:faults has "once" for "size", which is no day`},

		{"something left of somebody", harm{"HSET", "lead:L-4", "doc", `{"id":"L-4","status":"forgotten","email":"gone@x.example"}`}, "L-4 is forgotten, and something is left of it"},
		{"a history of somebody", harm{"ZADD", "lead:history:L-4", 0, `{"kind":"opened","rev":0}`}, "L-4 is forgotten, and its history has 2 events"},
		{"a timer of somebody", harm{"ZADD", "due", 0, "lead.followup:L-4"}, "L-4 is forgotten, and the timer lead.followup:L-4 is set"},
		{"forgotten without a secret", harm{"HDEL", "forgotten", secretField}, "forgotten has no secret"},
		{"forgotten at no time", harm{"HSET", "forgotten", "ab12", "once"}, `forgotten has "once" for ab12, which is no time`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := busyWorkspace(t)
			command := append(harm{test.harm[0], s.store.Key(test.harm[1].(string))}, test.harm[2:]...)
			require.NoError(t, s.store.Redis().Do(context.Background(), command...).Err())
			require.ErrorContains(t, faultsOf(t, s), test.fault)
		})
	}
}

// TestFaultsAreFoundAndMended has somebody spoil what is stored.
func TestFaultsAreFoundAndMended(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		spoil func(s *workspace, tx *store.Tx)
		finds string
	}{
		{"a list lacks a lead", func(s *workspace, tx *store.Tx) { tx.Do("ZREM", s.keys.byStatus(lead.Claimed), "L-1") },
			`lead:status:claimed lacks "L-1"`},
		{"a list has a lead too many", func(s *workspace, tx *store.Tx) { tx.Do("ZADD", s.keys.byOwner("U2"), 1, "L-1") },
			`lead:owner:U2 has "L-1", which doesn't belong there`},
		{"a list has a lead that is gone", func(s *workspace, tx *store.Tx) { tx.Do("ZADD", s.keys.byStatus(lead.Held), 1, "L-7") },
			`lead:status:held has "L-7", which doesn't belong there`},
		{"a timer is missing", func(_ *workspace, tx *store.Tx) { tx.CancelTimer(lead.SLATimer, "L-1") },
			`timer lead.sla:L-1 is not set, and L-1 needs it`},
		{"a timer is left over", func(_ *workspace, tx *store.Tx) { tx.SetTimer(lead.FollowUpTimer, "L-1", start) },
			`timer lead.followup:L-1 is set, and nobody needs it`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newWorkspace(t)
			p := office{contact: time.Hour}.policy()
			_, _, err := s.TakeIn(t.Context(), "", webLead("1"), p)
			require.NoError(t, err)
			l, err := s.Claim(t.Context(), "", "L-1", "U1", p)
			require.NoError(t, err)
			before := everything(t, s)

			_, err = s.store.Update(t.Context(), "", func(tx *store.Tx) error { c.spoil(s, tx); return nil })
			require.NoError(t, err)
			d := everything(t, s)
			Check(d)
			require.ErrorContains(t, d.Err(), c.finds)
			require.Len(t, d.Faults(), 1)

			_, err = s.store.Update(t.Context(), "", func(tx *store.Tx) error { return d.Faults()[0].Mend(t.Context(), tx) })
			require.NoError(t, err)
			require.Equal(t, before.ZSets, everything(t, s).ZSets, "as it was")
			now, err := s.Lead(t.Context(), "L-1")
			require.NoError(t, err)
			require.Equal(t, l, now)
		})
	}
}
