package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// sadd and del do harm, too.
func sadd(k, member string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.SAdd(ctx, key(k), member).Err()
	}
}

// toldWorkspace is busyWorkspace with an endpoint that failed, and somebody
// who is forgotten.
func toldWorkspace(t *testing.T) *Store {
	t.Helper()
	s := busyWorkspace(t)
	turn, err := s.TakeWebhookTurn(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.SettleWebhook(t.Context(), turn,
		WebhookResult{Event: WebhookEvent{ID: "1-1", Kind: "lead.opened", Ref: "lead:L-1#1"}, Again: start},
		WebhookResult{Event: WebhookEvent{ID: "2-1", Kind: "lead.opened", Ref: "lead:L-2#1"}, GiveUp: true}))
	_, _, err = s.TakeInLead(t.Context(), Lead{Source: "web", ExternalID: "4", Email: "gone@x.example"}, allQualify)
	require.NoError(t, err)
	done, err := s.ForgetPerson(t.Context(), "gone@x.example")
	require.NoError(t, err)
	require.Equal(t, []string{"L-4"}, done.Leads)
	require.NoError(t, s.CheckInvariants(t.Context()))
	return s
}

func TestCheckFindsWhatIsWrongWithWhatGoesOut(t *testing.T) {
	t.Parallel()
	const today = "2026-11-20"
	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"an event that is never tried again", zrem("webhook:crm:retry", "1-1"), "the event 1-1 waits (false) and is given up (false)"},
		{"an event tried again though given up", zadd("webhook:crm:retry", "2-1"), "the event 2-1 waits (true) and is given up (true)"},
		{"an event that nobody knows", zadd("webhook:crm:dead", "3-1"), "there are 2 events, 1 of them wait and 2 are given up"},
		{"a lead counted for no source", hdel("lead:stats:source:"+today, "web"+statsSplit+"claimed"), "there were 1 of claimed, and by source 0"},
		{"a lead counted twice", hset("lead:stats:route:"+today, statsSplit+"announced", "9"), "of announced, and by route 9"},
		{"less than nothing", hset("lead:stats:owner:"+today, "U1"+statsSplit+"claimed", "-1"), `counts "-1" of`},
		{"a name not noted with its lead", sadd("lead:names:L-1", "email\x00other@x.example"), `L-1 is known by a name that leads to ""`},
		{"a name that isn't the lead's", hset("lead:identity", "email\x00b@x.example", "L-1"), "is not among what L-1 is known by"},
		{"something left of somebody", hset("lead:L-4", "doc", `{"id":"L-4","status":"forgotten","email":"gone@x.example"}`), "L-4 is forgotten, and something is left of it"},
		{"a history of nobody", zadd("lead:history:L-9", "{}"), "lead:history:L-9 belongs to a record that doesn't exist"},
		{"who searched for nothing", zadd("gap:people:G-9", "U1"), "gap:people:G-9 belongs to a record that doesn't exist"},
		{"events of no endpoint", zadd("webhook:erp:dead", "1-1"), "webhook:erp:dead belongs to an endpoint that was never told anything"},
		{"a key of nobody", hset("leads:all", "L-1", "1"), "nobody knows the key leads:all"},
		{"away until never", hset("away", "U1", "soon"), `away has "soon" for U1, which is no time`},
		{"forgotten without a secret", hdel("forgotten", forgottenKey), "forgotten has no secret"},
		{"told of a rule on no day", hset("rules:faults", "size", "once"), `rules:faults has "once" for "size", which is no day`},
		{"a history of somebody", zadd("lead:history:L-4", `{"kind":"opened","rev":0}`), "L-4 is forgotten, and its history has 2 events"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := toldWorkspace(t)
			require.NoError(t, test.harm(t.Context(), s.rdb, s.keys.record))
			require.ErrorContains(t, s.CheckInvariants(t.Context()), test.fault)
		})
	}
}

func TestOneProcessAtATimeTellsAnEndpoint(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	first, err := s.TakeWebhookTurn(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	require.Equal(t, "0-0", first.Cursor)
	_, err = another(s).TakeWebhookTurn(t.Context(), "crm", time.Minute)
	require.ErrorIs(t, err, ErrConflict)
	clock.Advance(2 * time.Minute)
	second, err := another(s).TakeWebhookTurn(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	event := WebhookEvent{ID: "1-1", Kind: "lead.opened", Ref: "lead:L-1#1"}
	require.ErrorIs(t, s.SettleWebhook(t.Context(), first, WebhookResult{Event: event, GiveUp: true}), ErrConflict, "it came too late")
	require.NoError(t, s.EndWebhookTurn(t.Context(), first), "nor does it end another's")
	second.Cursor, second.Fails, second.Error, second.Since = "5-0", 2, "status 500", clock.Now()
	require.NoError(t, s.SettleWebhook(t.Context(), second, WebhookResult{Event: event, Again: clock.Now()}))
	state, err := s.Webhook(t.Context(), "crm")
	require.NoError(t, err)
	require.Equal(t, WebhookState{Name: "crm", Cursor: "5-0", Fails: 2, Error: "status 500", Since: clock.Now(), Waiting: 1}, state)
	due, err := s.WebhookRetries(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Equal(t, []WebhookEvent{event}, due)
	require.NoError(t, s.SettleWebhook(t.Context(), second, WebhookResult{Event: event}))
	due, err = s.WebhookRetries(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Empty(t, due)
}

func TestTheOldestEventsGivenUpMakeRoom(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	turn, err := s.TakeWebhookTurn(t.Context(), "crm", time.Hour)
	require.NoError(t, err)
	give := func(first, n int) {
		var results []WebhookResult
		for i := range n {
			results = append(results, WebhookResult{Event: WebhookEvent{ID: fmt.Sprintf("%d-1", first+i), Kind: "lead.opened"}, GiveUp: true})
		}
		require.NoError(t, s.SettleWebhook(t.Context(), turn, results...))
		clock.Advance(time.Second)
	}
	give(1, 1)
	give(2, deadKept-2)
	give(deadKept, 3)
	state, err := s.Webhook(t.Context(), "crm")
	require.NoError(t, err)
	require.Equal(t, deadKept, state.Dead)
	require.Len(t, everything(t, s).Hashes["webhook:crm:events"], deadKept)
	newest, err := s.WebhookDead(t.Context(), "crm", deadKept)
	require.NoError(t, err)
	require.NotContains(t, newest, WebhookEvent{ID: "1-1", Kind: "lead.opened"})
}

func TestApprovalIsToldOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	id := mustImport(t, s, approved("pitch", "one"))
	mustImport(t, s, approved("pitch", "two"))
	var told []string
	for _, entry := range feedOf(t, s) {
		if entry != "asset "+AssetRef(id) {
			told = append(told, entry)
		}
	}
	require.Equal(t, []string{"content.approved version:C-1@1", "content.approved version:C-1@2"}, told)
}
