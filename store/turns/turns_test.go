package turns

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// taken gives n turns out from a state, and tells whose they were, "-" for
// nobody's.
func taken(owners []Owner, s State, n int) string {
	var got []string
	for range n {
		next, credit := Next(owners, s)
		s.Credit = credit

		who := "-"
		if next >= 0 {
			who = owners[next].User
			s.Given[next]++
		}

		got = append(got, who)
	}

	return strings.Join(got, " ")
}

// fresh is the state before anybody had a turn.
func fresh(owners []Owner) State {
	n := len(owners)
	return State{Credit: make([]int, n), Given: make([]int, n), Away: make([]bool, n)}
}

func TestNext(t *testing.T) {
	t.Parallel()
	a, b, c := Owner{User: "a"}, Owner{User: "b"}, Owner{User: "c"}

	for _, tc := range []struct {
		name   string
		owners []Owner
		away   string
		want   string
	}{
		{"nobody", nil, "", "- - -"},
		{"one after the other", []Owner{a, b, c}, "", "a b c a b c"},
		{"by weight, spread evenly", []Owner{{User: "a", Weight: 3}, b}, "", "a a b a a a b a"},
		{"up to a cap", []Owner{{User: "a", Cap: 1}, {User: "b", Cap: 3}}, "", "a b b b - -"},
		{"without who is away", []Owner{a, b, c}, "b", "a c a c"},
		{"all away", []Owner{a, b}, "ab", "- -"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := fresh(tc.owners)
			for i, o := range tc.owners {
				s.Away[i] = strings.Contains(tc.away, o.User)
			}

			require.Equal(t, tc.want, taken(tc.owners, s, len(strings.Fields(tc.want))))
		})
	}
}

func TestWhoComesBackHasNothingToCatchUpOn(t *testing.T) {
	t.Parallel()
	owners := []Owner{{User: "a"}, {User: "b"}}
	s := fresh(owners)
	s.Away[0] = true

	for range 5 {
		_, s.Credit = Next(owners, s)
	}

	s.Away[0] = false
	require.Equal(t, "a b a b", taken(owners, s, 4))
}

// TestTurnsAreFair holds turns to what they promise: as long as the same people
// are there, everybody gets their share of each round, and what one is credited
// with others pay for.
func TestTurnsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 5).Draw(t, "weights")
		away := rapid.SliceOfN(rapid.Bool(), len(weights), len(weights)).Draw(t, "away")

		var owners []Owner
		total := 0
		for i, w := range weights {
			owners = append(owners, Owner{User: fmt.Sprint(i), Weight: w})
			if !away[i] {
				total += w
			}
		}

		s := fresh(owners)
		s.Away = away
		got := make([]int, len(owners))

		for n := range 2 * total {
			before := append([]int{}, s.Credit...)
			next, credit := Next(owners, s)
			require.Equal(t, before, s.Credit, "the state stays as it is")
			require.GreaterOrEqual(t, next, 0)
			require.False(t, away[next])

			s.Credit = credit
			got[next]++

			sum := 0
			for i, w := range weights {
				sum += credit[i]

				if !away[i] {
					require.InDelta(t, float64(w)*float64(n+1)/float64(total), got[i], float64(len(weights)), "after %d", n+1)
				}
			}

			require.Zero(t, sum)
		}

		for i, w := range weights {
			if away[i] {
				w = 0
			}

			require.Equal(t, 2*w, got[i], "in the end exactly")
		}
	})
}
