package contentrepo

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/content"
)

// harm changes one thing in a workspace behind the repository's back.
type harm = func(ctx context.Context, s *workspace) error

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name  string
		harm  harm
		fault string
		mends bool
	}{
		{"slug of no asset", hset("slugs", "old", "C-1"), `slugs has "old"`, false},
		{"slug forgotten", hdel("slugs", "a"), `slugs lacks "a"`, true},
		{"asset not listed", srem("assets", "C-1"), `assets lacks "C-1"`, true},
		{"no revision", hset("asset:C-1", "rev", ""), `asset:C-1 has the revision ""`, false},
		{"version missing", hdel("asset:C-1", "v:1"), "C-1 has no version 1", false},
		{"version too many", hset("asset:C-1", "v:3", "{}"), "C-1 has v:3, and its latest version is 2", false},
		{"two approved versions", hset("asset:C-1", "v:1", `{"number":1,"status":"approved"}`), "version 1 of C-1 is approved, and the approved one is 2", false},
		{"serves another version", hset("asset:C-1", "live", `{"number":1}`), "C-1 serves something else", true},
		{"in use and not known", zrem("used:last", "C-1"), `used:last lacks "C-1"`, true},
		{"known and not in use", zadd("used:last", "C-9"), `used:last has "C-9"`, true},
		{"used a version that isn't", zadd("used:by:C-1:7", "U1"), "used:by:C-1:7 is about a version that doesn't exist", false},

		{"an asset that isn't to be reviewed", zadd("reviews", "C-1"), `reviews has "C-1", which doesn't belong there`, true},
		{"an asset that is to be reviewed", zrem("reviews", "C-3"), `reviews lacks "C-3"`, true},
		{"no timer for its last day", zrem("due", "content.review:C-2"), "no timer is set", true},
		{"a timer for nothing", zadd("due", "content.decide:C-9"), "there is nothing to do", false},
		{"an author who decides", hset("asset:C-3", "v:1",
			`{"number":1,"title":"T","body":"B","status":"in_review","author":"U1","proposal":{"channel":"C1","decider":"U1","began":1}}`), "which is theirs", false},

		{"count below zero", hset("tally:C-1", "pulls:2", "-1"), `tally:C-1 counts "-1" of pulls:2`, false},
		{"count too high", hset("tally:C-1", "works:2", "2"), "tally:C-1 counts 2 of works:2, and there are 1", false},
		{"count forgotten", hdel("tally:C-1", "works:2"), "tally:C-1 doesn't count 1 of works:2", false},
		{"library's count too high", hset("tallies", "works", "2"), "tallies counts 2 of works, and there are 1", false},
		{"library's count forgotten", hdel("tallies", "works"), "tallies doesn't count 1 of works", false},
		{"persona not counted", hdel("tally:C-1", "works:2:persona:cfo"), "tally:C-1 doesn't count 1 of works:2:persona:cfo", false},
		{"persona counted no more", del("labels"), "verdicts are not counted by :persona:cfo, and there is room", false},
		{"ranked too low", zadd("most:works", "C-1"), "most:works counts 0 of C-1, and there are 1", false},
		{"not ranked", zrem("most:works", "C-1"), "most:works doesn't count 1 of C-1", false},

		{"gap not open", zrem("gap:open", "G-1"), `gap:open lacks "G-1"`, true},
		{"gap open that isn't", zadd("gap:open", "G-2"), `gap:open has "G-2"`, true},
		{"gap ranked wrongly", zadd("gap:open", "G-1"), "G-1 ranks at", true},
		{"gap without a name", hdel("gaps", "one"), `gaps lacks "one"`, false},
		{"who searched for nothing", zadd("gap:people:G-9", "U1"), "gap:people:G-9 belongs to a record that doesn't exist", false},
		{"somebody searched", zadd("gap:people:G-1", "U9"), "G-1 counts 1 people, and 2 searched", false},
		{"somebody asked", zadd("gap:asked:G-1", "U9"), "G-1 counts 1 who asked, and there are 2", false},
		{"somebody is never told", zadd("gap:asked:G-2", "U9"), "G-2 is declined, and 1 who asked will never be told", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := busyWorkspace(t)
			require.NoError(t, test.harm(t.Context(), s))
			require.ErrorContains(t, sound(t, s), test.fault)
			require.Equal(t, test.mends, mend(t, s))

			if test.mends {
				require.NoError(t, sound(t, s))
			}
		})
	}
}

func TestNothingIsMendedOnTheWordOfAnAssetThatHasChanged(t *testing.T) {
	t.Parallel()
	s := busyWorkspace(t)
	require.NoError(t, zrem("used:last", "C-1")(t.Context(), s))
	d := everything(t, s)
	Check(d)
	mustImport(t, s, draft("a", "two"))

	for _, fault := range d.Faults() {
		_, err := s.store.Update(t.Context(), "", func(tx *store.Tx) error { return fault.Mend(t.Context(), tx) })
		require.Error(t, err)
	}

	require.NoError(t, sound(t, s))
}

// mend mends what can be mended, and reports whether there was something.
func mend(t *testing.T, s *workspace) (mended bool) {
	t.Helper()
	d := everything(t, s)
	Check(d)

	for _, fault := range d.Faults() {
		if fault.Mend == nil {
			continue
		}

		mended = true
		_, err := s.store.Update(t.Context(), "", func(tx *store.Tx) error { return fault.Mend(t.Context(), tx) })
		require.NoError(t, err)
	}

	return mended
}

// busyWorkspace holds copy that was used, judged, approved and suggested, and
// gaps.
func busyWorkspace(t *testing.T) *workspace {
	t.Helper()
	s := spoilt(t)
	id := mustImport(t, s, approved("a", "one"))
	mustImport(t, s, approved("a", "two"))
	use := used(id, content.Shares, "U1", start)
	use.Version = 2
	require.NoError(t, s.Share(t.Context(), "", "C1", use))
	judge(t, s, content.Judged{Asset: id, Version: 2, Verdict: content.Works, Persona: "cfo"})
	approvedIn(t, s, 90)
	_, _, err := s.Propose(t.Context(), "", content.Suggestion{
		Version: content.Version{Title: "T", Body: "B"}, By: "U1", Purpose: content.Purpose{Kind: content.Email}, Channel: "C1", RemindAt: start,
	})
	require.NoError(t, err)

	mustRecord(t, s, "one", "U1")
	mustRecord(t, s, "two", "U1")
	_, err = s.AskForGap(t.Context(), "", "G-1", "U1", "", "C9")
	require.NoError(t, err)
	_, err = s.DeclineGap(t.Context(), "", "G-2", "U2", "no", "C9")
	require.NoError(t, err)
	wakeGaps(t, s)
	require.NoError(t, sound(t, s))
	return s
}

func zadd(k, member string) harm {
	return func(ctx context.Context, s *workspace) error {
		return s.rdb.ZAdd(ctx, s.store.Key(k), redis.Z{Member: member}).Err()
	}
}

func zrem(k, member string) harm {
	return func(ctx context.Context, s *workspace) error { return s.rdb.ZRem(ctx, s.store.Key(k), member).Err() }
}

func srem(k, member string) harm {
	return func(ctx context.Context, s *workspace) error { return s.rdb.SRem(ctx, s.store.Key(k), member).Err() }
}

func hset(k, field, value string) harm {
	return func(ctx context.Context, s *workspace) error {
		return s.rdb.HSet(ctx, s.store.Key(k), field, value).Err()
	}
}

func hdel(k, field string) harm {
	return func(ctx context.Context, s *workspace) error { return s.rdb.HDel(ctx, s.store.Key(k), field).Err() }
}

func del(k string) harm {
	return func(ctx context.Context, s *workspace) error { return s.rdb.Del(ctx, s.store.Key(k)).Err() }
}
