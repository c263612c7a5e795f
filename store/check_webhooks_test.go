package store

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// sadd and del do harm, too.
func sadd(k, member string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.SAdd(ctx, key(k), member).Err()
	}
}

// toldWorkspace is busyWorkspace with somebody who is forgotten.
func toldWorkspace(t *testing.T) *Store {
	t.Helper()
	s := busyWorkspace(t)
	_, _, err := s.TakeInLead(t.Context(), Lead{Source: "web", ExternalID: "4", Email: "gone@x.example"}, allQualify)
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
		{"a lead counted for no source", hdel("lead:stats:source:"+today, "web"+statsSplit+"claimed"), "there were 1 of claimed, and by source 0"},
		{"a lead counted twice", hset("lead:stats:route:"+today, statsSplit+"announced", "9"), "of announced, and by route 9"},
		{"less than nothing", hset("lead:stats:owner:"+today, "U1"+statsSplit+"claimed", "-1"), `counts "-1" of`},
		{"a name not noted with its lead", sadd("lead:names:L-1", "email\x00other@x.example"), `L-1 is known by a name that leads to ""`},
		{"a name that isn't the lead's", hset("lead:identity", "email\x00b@x.example", "L-1"), "is not among what L-1 is known by"},
		{"something left of somebody", hset("lead:L-4", "doc", `{"id":"L-4","status":"forgotten","email":"gone@x.example"}`), "L-4 is forgotten, and something is left of it"},
		{"a history of nobody", zadd("lead:history:L-9", "{}"), "lead:history:L-9 belongs to a record that doesn't exist"},
		{"who searched for nothing", zadd("gap:people:G-9", "U1"), "gap:people:G-9 belongs to a record that doesn't exist"},
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
