package content

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
)

// shelf is an asset with all its versions in memory, and the timers that are
// set for it.
type shelf struct {
	asset    Asset
	versions map[int]Version
	timers   map[string]time.Time
}

// state is the shelf with a version at hand.
func (s *shelf) state(number int) State {
	return State{Asset: s.asset, Live: s.versions[s.asset.Approved], Version: s.versions[number]}
}

// put carries a change out.
func (s *shelf) put(c Change) {
	if c.Asset.ID != "" {
		s.asset = c.Asset
	}

	for _, v := range c.Versions {
		s.versions[v.Number] = v
	}

	for _, t := range c.Cancel {
		delete(s.timers, t.Name)
	}

	for _, t := range c.Set {
		s.timers[t.Name] = t.At
	}
}

// TestTransitions makes transitions of an asset at random. Whatever happens, the
// asset agrees with its versions, flags are open only about what is approved,
// and every timer that is needed is set.
func TestTransitions(tt *testing.T) {
	tt.Parallel()
	people := []string{"U1", "U2", "U3"}
	rapid.Check(tt, func(t *rapid.T) {
		clock := now
		s := &shelf{asset: Asset{ID: "C-1"}, versions: map[int]Version{}, timers: map[string]time.Time{}}
		who := func(t *rapid.T) string { return rapid.SampledFrom(people).Draw(t, "who") }
		number := func(t *rapid.T) int {
			if s.asset.Latest == 0 {
				t.Skip("no version yet")
			}

			return rapid.IntRange(1, s.asset.Latest).Draw(t, "version")
		}
		// try makes a transition. One that is refused leaves no change.
		try := func(t *rapid.T, c Change, err error) {
			if err != nil {
				require.ErrorIs(t, err, errs.ErrConflict)
				require.Empty(t, c)
				return
			}

			s.put(c)
		}
		reviewBy := func() time.Time { return clock.Add(10 * day).Truncate(day) }

		t.Repeat(map[string]func(*rapid.T){
			"suggest": func(t *rapid.T) {
				in := Suggestion{By: who(t), Version: Version{Title: "T", Body: "B"}, Channel: "C1", RemindAt: clock.Add(time.Hour)}
				if rapid.Bool().Draw(t, "rework") {
					in.Rework = s.asset.Proposed
				}

				state := s.state(in.Rework)
				decider := "U2"
				if in.Author(state) == decider {
					decider = "U3"
				}

				c, err := Propose(state, in, decider, clock)
				try(t, c, err)
			},
			"import": func(t *rapid.T) {
				status := rapid.SampledFrom([]Status{Draft, Approved}).Draw(t, "status")
				body := rapid.SampledFrom([]string{"B", "other"}).Draw(t, "body")
				in := Import{Version: Version{Title: "T", Body: body, Status: status}, ReviewBy: reviewBy()}
				fingerprint, err := in.Fingerprint()
				require.NoError(t, err)

				if s.asset.Latest == 0 {
					s.put(in.Create("C-1", fingerprint, clock))
					return
				}

				c, _ := in.Apply(s.state(0), s.versions[s.asset.Latest], fingerprint, clock)
				s.put(c)
				_, done := in.Apply(s.state(0), s.versions[s.asset.Latest], s.asset.Fingerprint, clock)
				require.Equal(t, Unchanged, done, "the same file again")
			},
			"approve": func(t *rapid.T) {
				n, by := number(t), who(t)
				c, err := Approve(s.state(n), by, reviewBy(), clock)
				try(t, c, err)
				require.True(t, err != nil || s.asset.Approved == n && s.versions[n].Author != by)
			},
			"ask for changes": func(t *rapid.T) {
				c, err := AskForChanges(s.state(number(t)), who(t), "why", clock)
				try(t, c, err)
			},
			"reject": func(t *rapid.T) {
				c, err := Reject(s.state(number(t)), who(t), "why", clock)
				try(t, c, err)
			},
			"take over": func(t *rapid.T) {
				c, err := TakeOver(s.state(number(t)), who(t), clock)
				try(t, c, err)
			},
			"retire": func(t *rapid.T) {
				c, err := Retire(s.state(number(t)), who(t), "why", clock)
				try(t, c, err)
			},
			"confirm": func(t *rapid.T) {
				c, err := Confirm(s.state(number(t)), who(t), reviewBy(), clock)
				try(t, c, err)
				require.True(t, err != nil || len(s.asset.OpenFlags()) == 0)
			},
			"flag": func(t *rapid.T) {
				c, err := FlagOutdated(s.asset, Flag{Version: number(t), By: who(t), Told: "U2", Words: "old"}, clock)
				try(t, c, err)
			},
			"unused": func(t *rapid.T) {
				if c, changed := FlagAsset(s.asset, Flag{Why: Unused, Version: s.asset.Approved}, clock); changed {
					s.put(c)
				}
			},
			"time passes": func(t *rapid.T) {
				clock = clock.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
				for at, set := s.timers[ReviewTimer]; set && !at.After(clock); at, set = s.timers[ReviewTimer] {
					delete(s.timers, ReviewTimer)
					c, _, err := ReviewDue(s.state(0), ReviewPolicy{Owner: s.asset.Owner, Keeper: "U2"}, clock)
					require.NoError(t, err)
					s.put(c)
				}
			},
			"": func(t *rapid.T) { s.agrees(t, clock) },
		})
	})
}

// agrees says whether the asset and its versions agree.
func (s *shelf) agrees(t *rapid.T, clock time.Time) {
	require.Len(t, s.versions, s.asset.Latest)

	for n, v := range s.versions {
		require.Equal(t, n, v.Number)
		require.Equal(t, v.Status == Approved, n == s.asset.Approved, "version %d is %s", n, v.Status)
		require.True(t, v.Status != InReview || n == s.asset.Proposed, "version %d is in review", n)
		require.True(t, v.Proposal == nil || v.Proposal.Decider != v.Author, "nobody decides on what they wrote")
	}

	past := slices.ContainsFunc(s.asset.OpenFlags(), func(f Flag) bool { return f.Why == PastDate })
	for _, f := range s.asset.OpenFlags() {
		require.Equal(t, s.asset.Approved, f.Version)
	}

	live := s.versions[s.asset.Approved]
	_, set := s.timers[ReviewTimer]
	require.Equal(t, !live.ReviewBy.IsZero() && !past, set, "the end of an approval has a timer, until it is flagged")
	require.False(t, past && live.Servable(clock), "what is past its date is not served")

	if _, set := s.timers[DecideTimer]; set {
		require.Equal(t, InReview, s.versions[s.asset.Proposed].Status)
	}
}
