package themes

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/turns/turnrepo"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "smarketer-themes-")
	if err != nil {
		panic(err)
	}

	e, err := store.StartEmbedded(context.Background(), dir)
	if err != nil {
		panic(err)
	}

	redisURL = e.URL
	code := m.Run()
	_ = e.Close()
	_ = os.RemoveAll(dir)

	os.Exit(code)
}

// following is an index that follows a workspace of its own.
func following(t *testing.T) (*Index, *feedbackrepo.Repo, *clockwork.FakeClock) {
	t.Helper()
	rdb, err := store.Connect(redisURL)
	require.NoError(t, err)
	clock := clockwork.NewFakeClockAt(now)
	s := store.New(rdb, "T"+rand.Text(), clock)
	pieces := feedbackrepo.New(s, contentrepo.New(s, turnrepo.New(s)))
	x, err := New(Options{Feed: s, Feedback: pieces, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rdb.Close()) })
	return x, pieces, clock
}

// startFollowing follows until the test ends.
func startFollowing(t *testing.T, x *Index) {
	t.Helper()

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- x.Follow(ctx) }()

	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

func add(t *testing.T, pieces *feedbackrepo.Repo, who, words string) feedback.Piece {
	t.Helper()
	f, err := pieces.Add(t.Context(), "", feedback.Piece{Words: words, Reporter: who}, "C1")
	require.NoError(t, err)
	return f
}

func TestFollow(t *testing.T) {
	t.Parallel()
	x, pieces, clock := following(t)
	_, ok := x.Report(30)
	require.False(t, ok, "nothing is loaded yet")
	add(t, pieces, "U1", "They dread the migration")
	startFollowing(t, x)
	themes := func(want ...string) func() bool {
		return func() bool {
			r, ok := x.Report(30)
			return ok && fmt.Sprint(lines(r.Themes)) == fmt.Sprint(want)
		}
	}
	const patience, tick = 10 * time.Second, 5 * time.Millisecond
	require.Eventually(t, themes(), patience, tick)
	second := add(t, pieces, "U2", "Migrations put them off")
	require.Eventually(t, themes("migrat: 2/2"), patience, tick, "a new piece is counted")
	r, _ := x.Report(30)
	require.Equal(t, "migrations", x.Phrase(r.Themes[0], second.Words))
	_, err := pieces.Delete(t.Context(), "", second.ID, "C1")
	require.NoError(t, err)
	require.Eventually(t, themes(), patience, tick, "a deleted one says nothing any more")
	_, ok = x.Report(31)
	require.False(t, ok)
	clock.Advance(horizon + time.Minute)
	require.Eventually(t, func() bool { r, _ := x.Report(365); return r.Count.Pieces == 0 }, patience, tick, "a year is over")
	add(t, pieces, "U1", "Invoices confuse them")
	add(t, pieces, "U3", "The invoice confused us")
	require.Eventually(t, themes("invoic confus: 2/2"), patience, tick, "it follows on after it has loaded everything again")
}

// vocabulary speaks with words whose frequency falls as that of natural words
// does.
type vocabulary struct {
	random *mathrand.Rand
	zipf   *mathrand.Zipf
}

func newVocabulary() *vocabulary {
	random := mathrand.New(mathrand.NewPCG(1, 2))
	return &vocabulary{random, mathrand.NewZipf(random, 1.1, 3, 20_000)}
}

// piece is one of so many pieces of a year, from 2,000 people, about 500
// assets, with 15 words.
func (v *vocabulary) piece(n, of int) feedback.Piece {
	words := ""
	for range 15 {
		words += fmt.Sprintf("word%dx ", v.zipf.Uint64())
	}

	return heard(n+1, fmt.Sprintf("U%d", v.random.IntN(2000)), words, verdict(verdicts[v.random.IntN(4)]), about(fmt.Sprintf("C-%d", v.random.IntN(500))),
		func(f *feedback.Piece) {
			f.Created = now.Add(-time.Duration(of-n) * horizon / time.Duration(of+1))
			f.Persona, f.Competitor = fmt.Sprintf("p%d", v.random.IntN(10)), fmt.Sprintf("k%d", v.random.IntN(30))
		})
}

// BenchmarkCount is one count of all windows, which happens behind the scenes;
// who asks for a report gets the last one.
func BenchmarkCount(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			before := heap()

			table, v := newTable(english(b)), newVocabulary()
			for n := range size {
				table.put(v.piece(n, size))
			}

			kept := float64(heap()-before) / float64(size)

			for b.Loop() {
				table.report(now)
			}

			b.ReportMetric(kept, "bytes/piece")
			runtime.KeepAlive(table)
		})
	}
}

func BenchmarkReport(b *testing.B) {
	x, err := New(Options{})
	require.NoError(b, err)

	v := newVocabulary()
	for n := range 100_000 {
		x.table.put(v.piece(n, 100_000))
	}

	reports := x.table.report(now)
	x.reports.Store(&reports)

	for b.Loop() {
		if _, ok := x.Report(30); !ok {
			b.Fatal("no report")
		}
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
