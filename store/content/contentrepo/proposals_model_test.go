package contentrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// modelAsset is what the model knows of an asset that people suggest, decide
// on, flag and retire.
type modelAsset struct {
	id       string
	versions []modelVersion
	approved int // number of a version, 0 for none
	proposed int
	flags    map[string]bool // who flagged the approved version
	reviewBy time.Time
}

type modelVersion struct {
	status          content.Status
	author, decider string
}

func (a *modelAsset) version(n int) *modelVersion { return &a.versions[n-1] }

// approve makes a version the approved one.
func (a *modelAsset) approve(n int, reviewBy time.Time) {
	if a.approved > 0 {
		a.version(a.approved).status = content.Retired
	}

	a.version(n).status = content.Approved
	a.approved, a.proposed, a.flags, a.reviewBy = n, 0, map[string]bool{}, reviewBy
}

func TestProposalsAgreeWithAModel(tt *testing.T) {
	tt.Parallel()
	people, marketing := []string{"U1", "U2", "U3"}, []string{"U2", "U3"}
	rapid.Check(tt, func(t *rapid.T) {
		w := newWorld(tt)
		var assets []*modelAsset
		who := func(t *rapid.T) string { return rapid.SampledFrom(people).Draw(t, "who") }
		pick := func(t *rapid.T) *modelAsset {
			if len(assets) == 0 {
				t.Skip("no assets yet")
			}

			return rapid.SampledFrom(assets).Draw(t, "asset")
		}
		// suggest proposes words for an asset, nil for a new one.
		suggest := func(t *rapid.T, a *modelAsset, rework int) {
			by := who(t)
			op, before, repeated := w.op(t, "suggest")

			in := content.Suggestion{Version: content.Version{Title: "T", Body: "B"}, By: by, Purpose: content.Purpose{Kind: content.Email}, Channel: "C1",
				Deciders: marketing, RemindAt: w.clock.Now().Add(time.Hour), Rework: rework}
			if a != nil {
				in.Asset = a.id
			}

			asset, v, err := w.store(t).Propose(t.Context(), op, in)
			switch {
			case repeated:
				require.ErrorIs(t, err, errs.ErrDuplicate)
				require.True(t, asset.ID == before.id || a != nil)
				return
			case a != nil && a.proposed != rework:
				require.ErrorIs(t, err, errs.ErrConflict)
				return
			}

			require.NoError(t, err)

			if a == nil {
				a = &modelAsset{id: asset.ID, flags: map[string]bool{}}
				assets = append(assets, a)
			}

			w.answers[op] = answer{a.id}
			author := by
			if rework > 0 {
				author = a.version(rework).author
				a.version(rework).status = content.Rejected
				require.Equal(t, a.version(rework).decider, v.Proposal.Decider, "who was asked stays so")
			} else {
				require.Contains(t, marketing, v.Proposal.Decider)
			}

			a.versions = append(a.versions, modelVersion{content.InReview, author, v.Proposal.Decider})
			a.proposed = len(a.versions)
			require.Equal(t, a.proposed, v.Number)
		}
		// decide has somebody decide on a version that is or was proposed.
		decide := func(t *rapid.T, kind string, may func(a *modelAsset, n int, by string) bool, then func(a *modelAsset, n int, by string),
			call func(s *workspace, op, id string, n int, by string) error) {
			a, by := pick(t), who(t)
			n := rapid.IntRange(1, len(a.versions)).Draw(t, "version")
			if a.proposed > 0 && rapid.Bool().Draw(t, "the proposed one") {
				n = a.proposed
				if rapid.Bool().Draw(t, "by who decides") {
					by = a.version(n).decider
				}
			}

			op, _, repeated := w.op(t, kind)
			err := call(w.store(t), op, a.id, n, by)
			switch {
			case repeated:
				require.ErrorIs(t, err, errs.ErrDuplicate)
			case !may(a, n, by):
				require.ErrorIs(t, err, errs.ErrConflict)
			default:
				require.NoError(t, err)
				w.answers[op] = answer{a.id}
				then(a, n, by)
			}
		}
		mayDecide := func(a *modelAsset, n int, by string) bool {
			return a.proposed == n && a.version(n).status == content.InReview && a.version(n).decider == by && a.version(n).author != by
		}
		isApproved := func(a *modelAsset, n int, _ string) bool { return a.approved == n }
		day := func() time.Time { return w.clock.Now().Add(10 * 24 * time.Hour).UTC().Truncate(24 * time.Hour) }
		t.Repeat(map[string]func(*rapid.T){
			"suggest new":    func(t *rapid.T) { suggest(t, nil, 0) },
			"suggest change": func(t *rapid.T) { suggest(t, pick(t), 0) },
			"work over": func(t *rapid.T) {
				a := pick(t)
				if a.proposed == 0 {
					t.Skip("nothing to work over")
				}

				suggest(t, a, a.proposed)
			},
			"approve": func(t *rapid.T) {
				decide(t, "approve", mayDecide, func(a *modelAsset, n int, _ string) { a.approve(n, day()) },
					func(s *workspace, op, id string, n int, by string) error {
						_, _, err := s.Approve(t.Context(), op, id, n, by, day())
						return err
					})
			},
			"ask for changes": func(t *rapid.T) {
				decide(t, "ask", mayDecide, func(a *modelAsset, n int, _ string) { a.version(n).status = content.Draft },
					func(s *workspace, op, id string, n int, by string) error {
						_, _, err := s.AskForChanges(t.Context(), op, id, n, by, "why")
						return err
					})
			},
			"reject": func(t *rapid.T) {
				may := func(a *modelAsset, n int, by string) bool {
					return mayDecide(a, n, by) || a.proposed == n && a.version(n).status == content.Draft && a.version(n).author != by
				}
				decide(t, "reject", may, func(a *modelAsset, n int, _ string) { a.version(n).status, a.proposed = content.Rejected, 0 },
					func(s *workspace, op, id string, n int, by string) error {
						_, _, err := s.Reject(t.Context(), op, id, n, by, "why")
						return err
					})
			},
			"take over": func(t *rapid.T) {
				may := func(a *modelAsset, n int, by string) bool {
					v := a.version(n)
					return a.proposed == n && v.status == content.InReview && v.author != by && v.decider != by
				}
				decide(t, "takeover", may, func(a *modelAsset, n int, by string) { a.version(n).decider = by },
					func(s *workspace, op, id string, n int, by string) error {
						_, _, err := s.TakeOver(t.Context(), op, id, n, by)
						return err
					})
			},
			"retire": func(t *rapid.T) {
				decide(t, "retire", isApproved, func(a *modelAsset, n int, _ string) {
					a.version(n).status, a.approved, a.flags = content.Retired, 0, map[string]bool{}
				}, func(s *workspace, op, id string, n int, by string) error {
					_, _, err := s.Retire(t.Context(), op, id, n, by, "why")
					return err
				})
			},
			"confirm": func(t *rapid.T) {
				decide(t, "confirm", isApproved, func(a *modelAsset, _ int, _ string) {
					a.flags = map[string]bool{}
					if day().After(a.reviewBy) {
						a.reviewBy = day()
					}
				}, func(s *workspace, op, id string, n int, by string) error {
					_, _, err := s.Confirm(t.Context(), op, id, n, by, day())
					return err
				})
			},
			"flag": func(t *rapid.T) {
				may := func(a *modelAsset, n int, by string) bool { return a.approved == n && !a.flags[by] }
				decide(t, "flag", may, func(a *modelAsset, _ int, by string) { a.flags[by] = true },
					func(s *workspace, op, id string, n int, by string) error {
						_, err := s.FlagOutdated(t.Context(), op, id, content.Flag{Version: n, By: by, Words: "old", Told: "C1"})
						return err
					})
			},
			"time passes": func(t *rapid.T) {
				w.clock.Advance(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
				wakeContent(t, w.store(t))

				for _, a := range assets {
					if over := a.approved > 0 && !w.clock.Now().Before(a.reviewBy.AddDate(0, 0, 1)); over {
						a.flags["the date"] = true
					}
				}
			},
			"": func(t *rapid.T) {
				s := w.store(t)
				waiting := 0
				for _, a := range assets {
					if a.proposed > 0 || len(a.flags) > 0 {
						waiting++
					}

					for n, want := range a.versions {
						v, err := s.Version(t.Context(), a.id, n+1)
						require.NoError(t, err)
						require.Equal(t, want, modelVersion{v.Status, v.Author, v.Proposal.Decider}, "version %d of %s", n+1, a.id)
					}

					served := servedOf(t, s, a.id)
					servable := a.approved > 0 && w.clock.Now().Before(a.reviewBy.AddDate(0, 0, 1))
					require.Equal(t, servable, served != nil)

					if servable {
						require.Equal(t, a.approved, served.Version.Number)
					}
				}

				queue, total, err := s.ReviewQueue(t.Context(), 0, 100)
				require.NoError(t, err)
				require.Equal(t, waiting, total)
				require.Len(t, queue, waiting)
			},
		})
		w.consistent(t)
	})
}

// wakeContent does what is due with copy, as the content room does.
func wakeContent(t require.TestingT, s *workspace) {
	for {
		timers, _, err := s.store.LeaseTimers(testContext(t), 100, time.Minute)
		require.NoError(t, err)

		if len(timers) == 0 {
			return
		}

		for _, timer := range timers {
			switch timer.Name {
			case content.DecideTimer:
				err = remind(t, s, timer)
			case content.ReviewTimer:
				a, readErr := s.Asset(testContext(t), timer.Ref)
				require.NoError(t, readErr)
				err = s.ReviewDue(testContext(t), timer, content.ReviewPolicy{Owner: a.Owner, Keeper: "U2"})
			case content.RecallTimer:
				err = s.Recall(testContext(t), timer, 2)
			}

			require.NoError(t, err)
		}
	}
}

// remind has who is to decide reminded of a proposal.
func remind(t require.TestingT, s *workspace, timer store.Timer) error {
	state, err := s.Proposed(testContext(t), timer.Ref)
	require.NoError(t, err)
	require.Equal(t, content.InReview, state.Version.Status)
	reminder := content.NextReminder(state, content.RemindPolicy{}, s.store.Now())
	require.NotEqual(t, content.RemindNobody, reminder.To)
	reminder.Again = time.Time{}
	return s.Remind(testContext(t), timer, state, reminder, message(state.Version.Proposal.Decider, "please decide"))
}
