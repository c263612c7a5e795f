package search

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Documents come in pairs that are always put together by one Replace: a query
// that runs meanwhile must see both of a pair or neither, and what it sees must
// not be torn. (The race detector looks for the rest.)
func TestQueriesWhileChanging(t *testing.T) {
	t.Parallel()
	c := newCorpus()
	documents := c.documents(100)
	pair := []Document{{ID: "left", Title: "quixotic"}, {ID: "right", Title: "quixotic"}}
	x := newIndex(t)
	require.NoError(t, x.Replace(each(documents)))
	queries := benchQueries(c, 50)

	var changing, asking sync.WaitGroup
	done := make(chan struct{})

	changing.Go(func() {
		for i := range 100 {
			x.Put(documents[i*31%len(documents)])
			x.Remove(documents[i*17%len(documents)].ID)
		}
	})
	changing.Go(func() {
		for i := range 4 {
			if i%2 == 0 {
				_ = x.Replace(each(append(pair, documents...)))
			} else {
				_ = x.Replace(each(documents))
			}
		}
	})

	for range 4 {
		asking.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}

				x.Search(queries[i%len(queries)])

				if n := x.Search(Query{Text: "quixotic"}).Total; n != 0 && n != 2 {
					t.Errorf("%d of a pair found", n)
					return
				}
			}
		})
	}

	changing.Wait()
	close(done)
	asking.Wait()
}
