package content

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
)

// TestGapTransitions compares a gap with a model, which remembers who searched
// and who asked.
func TestGapTransitions(tt *testing.T) {
	tt.Parallel()
	rapid.Check(tt, func(t *rapid.T) {
		clock := now
		g := NewGap("G-1", "k", clock)
		status, searches, times := GapOpen, 0, 0
		searched, waiting := map[string]bool{}, map[string]bool{}
		person := func() string { return fmt.Sprint("U", rapid.IntRange(1, 4).Draw(t, "person")) }

		// changed takes over what a transition did that needs the gap to be open.
		changed := func(is Gap, err error) bool {
			if status != GapOpen {
				require.ErrorIs(t, err, errs.ErrConflict)
				require.Equal(t, g, is)
				return false
			}

			require.NoError(t, err)
			g = is
			return true
		}

		t.Repeat(map[string]func(*rapid.T){
			"search": func(*rapid.T) {
				by := person()
				g = g.Count(Search{Words: "w", By: by, Channel: "C" + by}, !searched[by], clock)
				searched[by] = true
				searches++
			},
			"ask": func(*rapid.T) {
				by := person()
				is, err := g.Ask(by, "for "+by, !waiting[by])
				if changed(is, err) {
					waiting[by] = true
				}
			},
			"close": func(*rapid.T) {
				is, err := g.Close("U9", "C-1", true, clock)
				if changed(is, err) {
					status = GapClosed
					times++
				}
			},
			"close with what may not be served": func(*rapid.T) {
				var invalid *errs.Invalid
				is, err := g.Close("U9", "C-1", false, clock)
				require.Equal(t, status == GapOpen, errors.As(err, &invalid))
				require.Equal(t, g, is)
			},
			"decline": func(*rapid.T) {
				is, err := g.Decline("U9", "no", clock)
				if changed(is, err) {
					status = GapDeclined
					times++
				}
			},
			"tell": func(*rapid.T) {
				if g.HasAnswer() {
					clear(waiting)
				}
			},
			"reopen": func(*rapid.T) {
				if status == GapClosed {
					g, status = g.Reopen(len(waiting)), GapOpen
				}
			},
			"pass": func(*rapid.T) { clock = clock.Add(time.Hour) },
			"": func(t *rapid.T) {
				require.Equal(t, status, g.Status)
				require.Equal(t, status != GapOpen, g.HasAnswer())
				require.Equal(t, []int{searches, len(searched), times}, []int{g.Searches, g.People, g.Times})
				require.Equal(t, status == GapClosed, g.Asset != "")

				if status == GapOpen {
					require.Len(t, waiting, g.Asked)
				}

				asked := g
				asked.Asked++
				require.Greater(t, asked.Rank(), g.Rank(), "who asks counts most")
			},
		})
	})
}
