package feedbackrepo

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// busyWorkspace has some of everything. The check finds nothing wrong with it.
func busyWorkspace(t *testing.T) *workspace {
	t.Helper()
	s, _ := bareWorkspace(t)
	asset := mustImport(t, s, "pitch", "one")
	mustImport(t, s, "pitch", "two")
	said(t, s, feedback.Piece{Verdict: content.Works, Asset: asset, Version: 2, Reporter: "U1"})
	_, err := s.AddVerdict(t.Context(), "", feedback.Piece{Verdict: content.Fails, Asset: asset, Version: 1, Reporter: "U1"})
	require.NoError(t, err)
	said(t, s, feedback.Piece{Source: "survey", ExternalID: "1"})
	sound(t, s)
	return s
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"not a record", hset("feedback:F-1", "doc", `{`), "feedback:F-1 holds no such record"},
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
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := busyWorkspace(t)
			require.NoError(t, test.harm(t.Context(), s.store.Redis(), s.store.Key))
			require.ErrorContains(t, faultsOf(t, s), test.fault)
		})
	}
}

func TestCheckFindsWhatIsWrongWithJoinedFeedback(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"inbox lacks a piece", zrem("feedback:with:status:new", "F-1"), `feedback:with:status:new lacks "F-1"`},
		{"inbox has a joined piece", zadd("feedback:with:status:new", "F-2"), `feedback:with:status:new has "F-2"`},
		{"an inbox of nothing", zadd("feedback:with:competitor:x", "F-2"), `feedback:with:competitor:x has "F-2"`},
		{"not listed as joined", zrem("feedback:behind:F-1", "F-2"), `feedback:behind:F-1 lacks "F-2"`},
		{"listed as joined to another", zadd("feedback:behind:F-3", "F-2"), `feedback:behind:F-3 has "F-2"`},
		{"a person lost", hdel("feedback:voices:F-1", "U1"), `feedback:voices:F-1 lacks "U1"`},
		{"a person too many", hset("feedback:voices:F-1", "U9", "F-3"), `feedback:voices:F-1 has "U9"`},
		{"another's piece", hset("feedback:voices:F-1", "U1", "F-3"), `feedback:voices:F-1 has "F-3" for "U1" instead of "F-2"`},
		{"wrong numbers", hset("feedback:F-1", "doc", `{"id":"F-1","words":"w","source":"sales","reporter":"U0","status":"new","created":"2026-11-20T10:00:00Z","behind":2,"people":3}`), "F-1 counts 2 pieces joined to it, and there are 1"},
		{"joined to nothing", hset("feedback:F-2", "doc", `{"id":"F-2","words":"w","source":"sales","reporter":"U1","status":"new","created":"2026-11-20T10:00:00Z","joined":"F-8"}`), "F-2 is joined to F-8, which can't be"},
		{"no timer for the step", zrem("due", "feedback.spread:F-1"), "F-2 has not taken step 1 of F-1, and no timer is set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _ := bareWorkspace(t)
			joinedPieces(t, s, 1, 2)
			heard(t, s, func(*feedback.Piece) {})

			if strings.HasPrefix(test.name, "no timer") {
				_, err := s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Planned, By: "U9"}, 0, "C9")
				require.NoError(t, err)
			}

			sound(t, s)
			require.NoError(t, test.harm(t.Context(), s.store.Redis(), s.store.Key))
			require.ErrorContains(t, faultsOf(t, s), test.fault)
		})
	}
}

// TestMendingLeavesNothingWrong harms what can be mended safely.
func TestMendingLeavesNothingWrong(t *testing.T) {
	t.Parallel()

	for name, harm := range map[string]harm{
		"not listed":               zrem("feedback:all", "F-1"),
		"listed by another":        zadd("feedback:by:U2", "F-1"),
		"listed and doesn't exist": zadd("feedback:with:status:new", "F-9"),
		"click forgotten":          hdel("voices:C-1:1", "U1"),
		"click of another":         hset("voices:C-1:1", "U2", "F-2"),
		"click is another piece":   hset("voices:C-1:1", "U1", "F-1"),
		"identity forgotten":       del("feedback:identity"),
		"listed as joined":         zadd("feedback:behind:F-1", "F-2"),
		"no timer for the step":    zrem("due", "feedback.spread:F-4"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := busyWorkspace(t)
			said(t, s, feedback.Piece{Reporter: "U3"})
			said(t, s, feedback.Piece{Reporter: "U4"})
			_, err := s.Join(t.Context(), "", "F-5", "F-4", "C1")
			require.NoError(t, err)
			_, err = s.Triage(t.Context(), "", "F-4", feedback.Step{Status: feedback.Planned, By: "U9"}, 0, "C1")
			require.NoError(t, err)
			sound(t, s)

			require.NoError(t, harm(t.Context(), s.store.Redis(), s.store.Key))
			d := checked(t, s)
			require.NotEmpty(t, d.Faults())

			for _, fault := range d.Faults() {
				require.NotNil(t, fault.Mend, fault.What)
				_, err := s.store.Update(t.Context(), "", func(tx *store.Tx) error { return fault.Mend(t.Context(), tx) })
				require.NoError(t, err)
			}

			sound(t, s)
		})
	}
}

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
