package search

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

var benchSizes = []int{1_000, 10_000, 100_000}

func benchIndex(tb testing.TB, documents []Document) *Index {
	x, err := New(Options{Synonyms: DefaultSynonyms(), Clock: clockwork.NewFakeClockAt(testNow)})
	if err != nil {
		tb.Fatal(err)
	}

	if err := x.Replace(each(documents)); err != nil {
		tb.Fatal(err)
	}

	return x
}

// benchQueries are what people type, made of words of the library in the
// frequencies that they have in it: one to four words, some with a filter, a
// typing mistake or a last word that isn't finished, and some long questions.
// The commonest words stand for the stop words, which queries go without.
func benchQueries(c *corpus, n int) []Query {
	const stops = 60
	queries := make([]Query, n)
	for i := range queries {
		length := 1 + c.random.IntN(4)
		if i%10 == 9 {
			length = 12
		}

		var words []string
		for range length {
			word := c.words[c.zipf.Uint64()]
			for slices.Contains(c.words[:stops], word) {
				word = c.words[c.zipf.Uint64()]
			}

			words = append(words, c.inflect(word))
		}

		last := words[len(words)-1]
		switch i % 5 {
		case 1:
			words[len(words)-1] = last[:max(3, len(last)-2)]
		case 2:
			words[0] = words[0][:1] + "x" + words[0][1:]
		case 3:
			words = append(words, "cost")
			queries[i].Kind = []string{"email", "battlecard"}
		}

		queries[i].Text = strings.Join(words, " ")
	}

	return queries
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCorpus()
			x := benchIndex(b, c.documents(n))
			measureSearches(b, x, benchQueries(c, 500))
		})
	}
}

// measureSearches times each query as the best of three runs, so that the
// percentiles are those of the queries and not of what else the machine does.
func measureSearches(b *testing.B, x *Index, queries []Query) {
	best := make([]time.Duration, len(queries))

	b.ReportAllocs()

	i := 0
	for b.Loop() {
		q := &queries[i%len(queries)]
		took := time.Duration(math.MaxInt64)
		for range 3 {
			start := time.Now()

			x.Search(*q)
			took = min(took, time.Since(start))
		}

		best[i%len(queries)] = took
		i++
	}

	best = slices.DeleteFunc(best, func(d time.Duration) bool { return d == 0 })
	slices.Sort(best)
	b.ReportMetric(best[len(best)/2].Seconds()*1e3, "p50-ms")
	b.ReportMetric(best[len(best)*99/100].Seconds()*1e3, "p99-ms")
	b.ReportMetric(0, "ns/op") // three searches an op
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			documents := newCorpus().documents(n)
			before := heap()
			x := benchIndex(b, documents)
			size := float64(heap()-before) / float64(n)

			for b.Loop() {
				if err := x.Replace(each(documents)); err != nil {
					b.Fatal(err)
				}
			}

			runtime.KeepAlive(documents)
			b.ReportMetric(size, "bytes/doc")
			b.ReportMetric(float64(textBytes(documents))/float64(n), "text-bytes/doc")
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkPut(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCorpus()
			documents := c.documents(n)
			x := benchIndex(b, documents)
			b.ReportAllocs()

			for b.Loop() {
				x.Put(documents[c.random.IntN(n)])
			}

			b.ReportMetric(float64(len(x.current.Load().segments)), "segments")
		})
	}
}

func BenchmarkSearchWhilePutting(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCorpus()
			documents := c.documents(n)
			x := benchIndex(b, documents)
			queries := benchQueries(c, 500)

			var stop atomic.Bool
			var puts atomic.Int64
			done := make(chan struct{})
			go func() {
				defer close(done)

				for i := 0; !stop.Load(); i += 7919 {
					x.Put(documents[i%n])
					puts.Add(1)
				}
			}()

			measureSearches(b, x, queries)
			stop.Store(true)
			<-done
			b.ReportMetric(float64(puts.Load())/b.Elapsed().Seconds(), "puts/s")
		})
	}
}

// BenchmarkChurn puts 50,000 documents, one by one, in place of themselves:
// the index must not grow by it.
func BenchmarkChurn(b *testing.B) {
	const puts = 50_000
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCorpus()
			documents := c.documents(n)
			empty := heap()
			x := benchIndex(b, documents)
			before := heap() - empty

			var longest time.Duration
			for b.Loop() {
				for range puts {
					start := time.Now()

					x.Put(documents[c.random.IntN(n)])
					longest = max(longest, time.Since(start))
				}
			}

			b.StopTimer()
			b.ReportMetric(float64(heap()-empty)/float64(before), "growth")
			b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N)/puts, "ms/put")
			b.ReportMetric(longest.Seconds()*1e3, "longest-put-ms")
			b.ReportMetric(float64(len(x.current.Load().segments)), "segments")
			runtime.KeepAlive(documents)
			runtime.KeepAlive(c)
		})
	}
}
