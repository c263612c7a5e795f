package check

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
)

// Items of the fixture's outbox.
const (
	queued = "0000000000000692" // for C0FEEDBACK, a card
	dead   = "0000000000000678" // the card of L-26
	never  = "0000000000000999"
)

func TestASoundWorkspaceHasNoFaults(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	require.NoError(t, Err(t.Context(), w.Store))
	r, err := Confirm(t.Context(), w.Store)
	require.NoError(t, err)
	require.Empty(t, r.Faults)
	require.Greater(t, r.Keys, 200)
}

// Each kind of harm is named without anything personal. What can be mended is
// mended, so that nothing is wrong any more; the rest is left as it is.
func TestHarmIsNamedAndMended(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		harm  []harm
		fault string
		mends bool
	}{
		{"a channel that is never ready", []harm{{"ZREM", "ob:ready", "C0FEEDBACK"}}, "outbox: channel C0FEEDBACK has items and is never ready", true},
		{"a channel ready for nothing", []harm{{"ZADD", "ob:ready", 9e12, "C0NOTHING"}}, "outbox: channel C0NOTHING is ready and has no items", true},
		{"a lease of nothing", []harm{{"HSET", "ob:lease", "C0NOTHING", "7"}}, "outbox: channel C0NOTHING is leased and has no items", true},
		{"a card that waits in vain", []harm{{"HSET", "ob:pending", "C0LEADS|lead:L-1", never}}, `outbox: "C0LEADS|lead:L-1" is noted as waiting in item ` + never + ", which isn't in the queue or is something else", true},
		{"a card that waits in another's item", []harm{{"HSET", "ob:pending", "C0FEEDBACK|feedback:F-1", queued}}, `outbox: "C0FEEDBACK|feedback:F-1" is noted as waiting in item ` + queued, true},
		{"a doubt about nothing", []harm{{"HSET", "ob:doubt", never, "1"}}, "outbox: ob:doubt knows item " + never, true},
		{"tries of nothing", []harm{{"HSET", "ob:tries", never, "1"}}, "outbox: ob:tries knows item " + never, true},
		{"an item that nothing leads to", []harm{{"ZREM", "ob:queue", "C0FEEDBACK|" + queued}}, "outbox: item " + queued + " is neither in the queue nor a dead letter", true},
		{"a body without an item", []harm{{"HSET", "ob:item", never, "\n0\n{}"}}, "outbox: item " + never + " is neither in the queue nor a dead letter", true},
		{"an item of the queue that was never given out", []harm{{"ZADD", "ob:queue", 0, "C0FEEDBACK|" + never}}, `outbox: item "` + never + `" in the queue has a number that was never given out`, true},
		{"an item without a body", []harm{{"HDEL", "ob:item", queued}}, "outbox: item " + queued + " in the queue has no body (there: false)", true},
		{"an item with half a body", []harm{{"HSET", "ob:item", queued, "lead:L-1"}}, "outbox: item " + queued + " in the queue has no body (there: true)", true},
		{"a dead letter without a body", []harm{{"HDEL", "ob:item", dead}}, "outbox: item " + dead + " in the dead letters has no body (there: false)", true},
		{"queued and dead", []harm{{"ZADD", "ob:dead", 692, queued + "|C0FEEDBACK|0|x"}}, "outbox: item " + queued + " is there twice, in the queue and as a dead letter", true},
		{"dead twice", []harm{{"ZADD", "ob:dead", 678, dead + "|C0LEADS|0|x"}}, "outbox: item " + dead + " is there twice, as two dead letters", false},
		{"queued twice", []harm{{"ZADD", "ob:queue", 0, "C0OTHER|" + queued}, {"ZADD", "ob:ready", 0, "C0OTHER"}}, "outbox: item " + queued + " is there twice, for C0FEEDBACK and C0OTHER", false},
		{"no dead letter", []harm{{"ZADD", "ob:dead", 0, "Ann Smith"}}, `outbox: "…" is no dead letter`, true},
		{"an item never given out", []harm{{"SET", "ob:seq", 690}}, "in the queue has a number that was never given out (the last was 690)", true},
		{"a record never given out", []harm{{"SET", "seq:L", 26}}, "lead:L-27 has a number that was never given out (the last was 26)", true},
		{"tries of a timer that isn't set", []harm{{"HSET", "due:tries", "lead.sla:L-9", "1 2"}}, "tries are counted of the timer lead.sla:L-9, which is not set", true},
		{"what Redis refused", []harm{{"HSET", "faults", "TOKEN1", "1795512473800 HINCRBY turns:x: ERR hash value is not an integer"}},
			"Redis refused a part of the change TOKEN1 at 2026-11-24T09:27:53Z: HINCRBY turns:x: ERR hash value is not an integer", true},
		{"an event that is never tried again", []harm{{"ZREM", "webhook:lake:retry", "1795512475800-0"}}, "webhook:lake: the event 1795512475800-0 waits (false) and is given up (false)", true},
		{"an event of which nothing is kept", []harm{{"HDEL", "webhook:lake:events", "1795512475800-0"}}, "webhook:lake:retry has the event 1795512475800-0, of which nothing is kept", true},
		{"a lead that no list has", []harm{{"ZREM", "lead:status:open", "L-2"}}, `lead:status:open lacks "L-2"`, true},
		{"a lead in another's list", []harm{{"ZADD", "lead:owner:U0LEA", 1, "L-2"}}, `lead:owner:U0LEA has "L-2", which doesn't belong there`, true},
		{"feedback that isn't listed", []harm{{"ZREM", "feedback:all", "F-2"}}, `feedback:all lacks "F-2"`, true},
		{"a piece that isn't listed", []harm{{"SREM", "assets", "C-1"}}, `assets lacks "C-1"`, true},
		{"a key of nobody", []harm{{"SET", "leads:all", 1}}, "nobody knows the key leads:all", false},
		{"somebody's words", []harm{{"HSET", "gaps", "ann smith", "G-99"}}, `gaps has "…"`, false},
		{"an address", []harm{{"HSET", "lead:identity", "email\x00ann@smith.example", "L-1"}}, "… is not among what L-1 is known by", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.suffers(t, c.harm...)
			before, err := Confirm(t.Context(), w.Store)
			require.NoError(t, err)
			f := find(t, before.Faults, c.fault)
			require.Equal(t, c.mends, f.Mend != nil)
			require.NotEmpty(t, f.Means)

			r, err := Repair(t.Context(), w.Store)
			require.NoError(t, err)

			if c.mends {
				require.Empty(t, plain(r.Faults))
				find(t, r.Mended, c.fault)
				require.NoError(t, Err(t.Context(), w.Store))
			} else {
				find(t, r.Faults, c.fault)
			}
		})
	}
}

// plain are faults as an operator reads them.
func plain(faults []store.Fault) []string {
	var all []string
	for _, f := range faults {
		all = append(all, f.Plain())
	}

	return all
}

// find is the fault whose words contain text.
func find(t *testing.T, faults []store.Fault, text string) store.Fault {
	t.Helper()

	for _, f := range faults {
		if strings.Contains(f.Plain(), text) {
			return f
		}
	}

	require.Failf(t, "no such fault", "%q is not among %q", text, plain(faults))
	return store.Fault{}
}

func TestNothingIsDroppedWithoutATrace(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	before, total, err := w.DeadLetters(t.Context(), 100)
	require.NoError(t, err)
	w.suffers(t, harm{"ZREM", "ob:queue", "C0FEEDBACK|" + queued}, harm{"HDEL", "ob:item", "0000000000000694"})
	_, err = Repair(t.Context(), w.Store)
	require.NoError(t, err)

	letters, now, err := w.DeadLetters(t.Context(), 100)
	require.NoError(t, err)
	require.Equal(t, total+2, now)
	require.Len(t, letters, len(before)+2)

	for i, id := range []string{"0000000000000694", queued} {
		require.Equal(t, id, letters[i].ID)
		require.Equal(t, "C0FEEDBACK", letters[i].Channel, "where it was to go is known")
		require.Equal(t, "found_by_doctor", letters[i].Reason)
	}

	require.NoError(t, w.RetryDeadLetter(t.Context(), queued))
	require.NoError(t, Err(t.Context(), w.Store))
}

// Faults whose mending rests on something that changed since are left to the next
// round.
func TestAMendingIsRefusedWhenThingsHaveChanged(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.suffers(t, harm{"ZADD", "ob:ready", 9e12, "C0NEW"})
	faults, err := Run(t.Context(), w.Store)
	require.NoError(t, err)
	require.Len(t, faults, 1)

	require.NoError(t, w.Send(t.Context(), "", store.Item{Channel: "C0NEW", Message: []byte(`{}`)}))
	done, err := w.Try(t.Context(), func(tx *store.Tx) error { return faults[0].Mend(t.Context(), tx) })
	require.NoError(t, err)
	require.False(t, done, "or the new message would never be sent")
	require.NoError(t, Err(t.Context(), w.Store))
}

func TestANoteOfWhatRedisRefusedStaysUntilAllElseIsMended(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.suffers(t, harm{"HSET", "faults", "TOKEN1", "1 ERR"}, harm{"ZREM", "ob:ready", "C0FEEDBACK"})
	r, err := Confirm(t.Context(), w.Store)
	require.NoError(t, err)
	require.Nil(t, find(t, r.Faults, "Redis refused").Mend)
	r, err = Repair(t.Context(), w.Store)
	require.NoError(t, err)
	require.Empty(t, r.Faults)
	require.Len(t, r.Mended, 2)

	w.suffers(t, harm{"HSET", "faults", "TOKEN1", "1 ERR"}, harm{"SET", "leads:all", 1})
	r, err = Repair(t.Context(), w.Store)
	require.NoError(t, err)
	require.Len(t, r.Faults, 2)
}

// What a newer version wrote, or what is broken, keeps its place in the lists: it
// may be read again one day.
func TestARecordThatCannotBeReadKeepsItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.suffers(t, harm{"HSET", "lead:L-2", "doc", `{"id":"L-2","status":"open","name":7}`}, harm{"ZREM", "ob:ready", "C0FEEDBACK"})
	r, err := Repair(t.Context(), w.Store)
	require.NoError(t, err)
	require.Len(t, r.Mended, 1, "the rest is mended")
	require.Nil(t, find(t, r.Faults, `lead:status:open has "L-2"`).Mend)
	require.NoError(t, w.rdb.ZScore(t.Context(), w.Key("lead:status:open"), "L-2").Err())
}

// A bot that is at work is not in contradiction with itself.
func TestAWorkspaceMayChangeWhileItIsChecked(t *testing.T) {
	t.Parallel()

	w := newWorkspace(t)
	ctx, stop := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	for n := range 4 {
		busy.Go(func() {
			s := w.Another()
			for i := 0; ctx.Err() == nil; i++ {
				card := fmt.Sprintf("lead:L-%d", i%5+1)

				_ = s.Send(ctx, "", store.Item{Channel: fmt.Sprintf("C0BUSY%d", n), Card: card}, store.Item{Channel: "C0BUSY", Message: []byte(`{}`)})
				items, _, _ := s.LeaseItems(ctx, 10, time.Minute)
				for _, item := range items {
					_, _ = s.FinishItem(ctx, item, "", store.Pace{})
				}
			}
		})
	}

	for range 5 {
		r, err := Repair(t.Context(), w.Store)
		require.NoError(t, err)
		require.Empty(t, plain(r.Faults))
		require.Empty(t, plain(r.Mended))
	}

	stop()
	busy.Wait()
	require.NoError(t, Err(t.Context(), w.Store))
}
