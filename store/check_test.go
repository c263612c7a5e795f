package store

import (
	"context"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// busyWorkspace has something of everything. The check must find nothing
// wrong with it.
func busyWorkspace(t *testing.T) *Store {
	t.Helper()
	s := New(testConn, newTeam(), clockwork.NewFakeClockAt(start))
	asset := mustImport(t, s, approved("pitch", "one"))
	mustImport(t, s, approved("pitch", "two"))
	_, err := s.AddFeedback(t.Context(), "", Feedback{Words: "x", Verdict: Works, Asset: asset, Version: 2, Reporter: "U1"}, "C9")
	require.NoError(t, err)
	_, err = s.AddVerdict(t.Context(), "", Feedback{Verdict: Fails, Asset: asset, Version: 1, Reporter: "U1"})
	require.NoError(t, err)
	l := sendable(t, s)[0]
	require.NoError(t, s.ArchiveItem(t.Context(), l, "is_archived", true))
	in := webLead("1")
	in.Employees, in.Email = 80, "a@x.example"
	_, _, err = s.TakeInLead(t.Context(), in, largeQualify)
	require.NoError(t, err)
	mustTakeIn(t, s, webLead("2"))
	_, err = s.ClaimLead(t.Context(), "", "L-2", "U1", LeadDesk{})
	require.NoError(t, err)
	_, _, err = s.TakeInLead(t.Context(), webLead("3"), noneQualify)
	require.NoError(t, err)
	_, _, err = s.LeaseItems(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	_, err = s.AddFeedback(t.Context(), "", Feedback{Words: "x", Source: "survey", ExternalID: "1"}, "C9")
	require.NoError(t, err)
	require.NoError(t, s.CheckInvariants(t.Context()))
	return s
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const item, later = "0000000000000003", "0000000000000099"
	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"status index lacks a lead", zrem("lead:status:open", "L-1"), `lead:status:open lacks "L-1"`},
		{"status index has another's lead", zadd("lead:status:open", "L-2"), `lead:status:open has "L-2", which doesn't belong there`},
		{"no index has such a lead", zadd("lead:status:recycled", "L-7"), `lead:status:recycled has "L-7"`},
		{"owner's index lacks a lead", zrem("lead:owner:U1", "L-2"), `lead:owner:U1 lacks "L-2"`},
		{"another owner's index has it", zadd("lead:owner:U2", "L-2"), `lead:owner:U2 has "L-2"`},
		{"owner without cause", hset("lead:L-1", "doc", `{"id":"L-1","source":"web","external_id":"1","status":"open","channel":"C1","owner":"U1"}`), `L-1 is open and has the owner "U1"`},
		{"claimed by nobody", hset("lead:L-2", "doc", `{"id":"L-2","source":"web","external_id":"2","status":"claimed","channel":"C1"}`), `L-2 is claimed and has the owner ""`},
		{"announced nowhere", hset("lead:L-1", "doc", `{"id":"L-1","source":"web","external_id":"1","status":"open"}`), "L-1 is open in no channel"},
		{"unknown status", hset("lead:L-1", "doc", `{"id":"L-1","source":"web","external_id":"1","status":"lost","channel":"C1"}`), `L-1 has the status "lost"`},
		{"sender's ID forgotten", hdel("lead:identity", identityField("web", "1")), "L-1 is not found by its sender's ID"},
		{"address forgotten", hdel("lead:identity", emailField("a@x.example")), "L-1 is not found by its e-mail address"},
		{"a name of nobody", hset("lead:identity", "email\x00b@x.example", "L-9"), "a name leads to L-9"},
		{"another's record", hset("lead:L-1", "doc", `{"id":"L-2"}`), `lead:L-1 holds no such record, but "L-2"`},
		{"not a record", hset("feedback:F-1", "doc", `{`), "feedback:F-1 holds no such record"},
		{"number never given out", setTo("seq:L", "2"), "lead:L-3 has a number that was never given out (the last was 2)"},
		{"no revision", hset("asset:C-1", "rev", ""), `asset:C-1 has the revision ""`},
		{"card nowhere", hset("lead:L-1", "card::C1", "C1"), `lead:L-1 has its card at "C1"`},
		{"slug of no asset", hset("slugs", "old", "C-1"), `slugs has "old"`},
		{"slug forgotten", hdel("slugs", "pitch"), `slugs lacks "pitch"`},
		{"asset not listed", srem("assets", "C-1"), `assets lacks "C-1"`},
		{"version missing", hdel("asset:C-1", "v:1"), "C-1 has no version 1"},
		{"version too many", hset("asset:C-1", "v:3", "{}"), "C-1 has v:3, and its latest version is 2"},
		{"two approved versions", hset("asset:C-1", "v:1", `{"number":1,"status":"approved"}`), "version 1 of C-1 is approved, and the approved one is 2"},
		{"serves another version", hset("asset:C-1", "live", `{"number":1}`), "C-1 serves something else"},
		{"tally below zero", hset("tally:C-1", "pulls:1", "-1"), `tally:C-1 counts "-1" of pulls:1`},
		{"tally too high", hset("tally:C-1", "works:2", "2"), "tally:C-1 counts 2 of works:2, and there are 1"},
		{"tally forgotten", hdel("tally:C-1", "fails:1"), "tally:C-1 doesn't count 1 of fails:1"},
		{"another's voice", hset("voices:C-1:1", "U2", "F-2"), `voices:C-1:1 has "U2", which doesn't belong there`},
		{"a voice forgotten", hdel("voices:C-1:1", "U1"), `voices:C-1:1 lacks "U1"`},
		{"who fails forgotten", hdel("failing:C-1:1", "U1"), `failing:C-1:1 lacks "U1"`},
		{"too many fail", hset("failing:C-1:1", "people", "3"), `failing:C-1:1 has "3" for "people" instead of "1"`},
		{"fails of nobody", hset("failing:C-1:2", "U9", "1"), `failing:C-1:2 has "U9"`},
		{"feedback from outside not found", del("feedback:identity"), "F-3 is not found by its sender's ID"},
		{"a deleted piece that speaks", hset("feedback:F-3", "doc", `{"id":"F-3","words":"x","source":"survey","status":"new","deleted":"2026-11-20T10:00:00Z"}`), "F-3 is deleted and still says something"},
		{"feedback not listed", zrem("feedback:all", "F-1"), `feedback:all lacks "F-1"`},
		{"feedback not its reporter's", zadd("feedback:by:U2", "F-1"), `feedback:by:U2 has "F-1"`},
		{"timer of a lead that nobody waits for", zadd("due", "lead.sla:L-2"), "timer lead.sla:L-2 is set, and nobody needs it"},
		{"timer of nothing", zadd("due", "lead.sla:L-9"), "timer lead.sla:L-9 is set, and nobody needs it"},
		{"timer that is missing", zrem("due", "lead.sla:L-1"), "timer lead.sla:L-1 is not set, and L-1 needs it"},
		{"history of another", hset("lead:L-2", "doc", `{"id":"L-2","source":"web","external_id":"2","status":"claimed","owner":"U7","channel":"C1"}`), `its history ends with claimed by "U1"`},
		{"credit from nowhere", hset("turns:all", "U1", "2"), "the credits on the route all add up to 2"},
		{"given less than nothing", hset("given:2026-11-20", "U1", "-1"), `given:2026-11-20 counts "-1" for U1`},
		{"item without a body", hdel("ob:item", item), "outbox: item " + item + " in the queue has no body"},
		{"body without an item", hset("ob:item", later, "\n0\n{}"), "outbox: item " + later + " is neither in the queue"},
		{"item never given out", zadd("ob:queue", "C1|"+later), `outbox: item "` + later + `" in the queue has a number`},
		{"queued and dead", zadd("ob:dead", item+"|C1|0|x"), "outbox: item " + item + " is there twice"},
		{"no dead letter", zadd("ob:dead", "x"), `outbox: "x" is no dead letter`},
		{"channel never ready", zrem("ob:ready", "C1"), "outbox: channel C1 has items and is never ready"},
		{"channel ready for nothing", zadd("ob:ready", "C7"), "outbox: channel C7 is ready and has no items"},
		{"lease of nothing", hset("ob:lease", "C7", "1"), "outbox: channel C7 is leased and has no items"},
		{"card waits in vain", hset("ob:pending", "C1|lead:L-9", "1"), `outbox: "C1|lead:L-9" is noted as waiting`},
		{"doubt about nothing", hset("ob:doubt", later, "1"), "ob:doubt knows item " + later},
		{"tries of nothing", hset("ob:tries", later, "1"), "ob:tries knows item " + later},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := busyWorkspace(t)
			require.NoError(t, test.harm(t.Context(), testConn, func(k string) string { return s.keys.root + k }))
			require.ErrorContains(t, s.CheckInvariants(t.Context()), test.fault)
		})
	}
}

// harm changes one thing in a workspace behind the store's back.
type harm = func(ctx context.Context, r redis.UniversalClient, key func(string) string) error

func zadd(k, member string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.ZAdd(ctx, key(k), redis.Z{Member: member}).Err()
	}
}

func zrem(k, member string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.ZRem(ctx, key(k), member).Err()
	}
}

func srem(k, member string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.SRem(ctx, key(k), member).Err()
	}
}

func hset(k, field, value string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.HSet(ctx, key(k), field, value).Err()
	}
}

func hdel(k, field string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.HDel(ctx, key(k), field).Err()
	}
}

func del(k string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.Del(ctx, key(k)).Err()
	}
}

func setTo(k, value string) harm {
	return func(ctx context.Context, r redis.UniversalClient, key func(string) string) error {
		return r.Set(ctx, key(k), value, 0).Err()
	}
}
