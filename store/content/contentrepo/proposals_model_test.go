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

// approvedIn is an asset that was suggested by U1 and approved by U2.
func approvedIn(t *testing.T, s *workspace, days int) (id string) {
	t.Helper()
	a, _, err := s.Propose(t.Context(), "", content.Suggestion{
		Version: content.Version{Title: "Pricing, à la carte", Body: "It costs 95."}, By: "U1", Purpose: content.Purpose{Kind: content.Email, Topics: []string{"pricing"}},
		Channel: "C1", Deciders: []string{"U2"}, RemindAt: s.store.Now().Add(time.Hour),
	})
	require.NoError(t, err)
	_, _, err = s.Approve(t.Context(), "", a.ID, 1, "U2", s.store.Now().AddDate(0, 0, days).Truncate(24*time.Hour))
	require.NoError(t, err)
	return a.ID
}

func TestAProposalFromItsSuggestionToItsApproval(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := approvedIn(t, s, 90)
	require.Equal(t, []string{"C1 asset:C-1/proposal-1", "U1 asset:C-1/outcome-1"}, sortedDrain(t, s))
	a, err := s.Asset(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "pricing-a-la-carte", a.Slug)
	require.Equal(t, "U2", a.Owner, "who approves a piece that has no owner keeps it")

	change := content.Suggestion{Asset: id, Version: content.Version{Title: "Pricing", Body: "It costs 99."}, By: "U3", Purpose: content.Purpose{Kind: content.OneLiner}, Channel: "C1",
		Deciders: []string{"U4", "U2"}, RemindAt: s.store.Now()}
	_, v, err := s.Propose(t.Context(), "op", change)
	require.NoError(t, err)
	require.Equal(t, "U2", v.Proposal.Decider, "the owner goes first")
	_, again, err := s.Propose(t.Context(), "op", change)
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, v.Number, again.Number)
	require.Equal(t, "It costs 95.", servedOf(t, s, id).Version.Body, "what is approved is served meanwhile")
	require.Equal(t, content.Email, servedOf(t, s, id).Kind)
	_, _, err = s.AskForChanges(t.Context(), "", id, 2, "U2", "why")
	require.NoError(t, err)
	change.Rework, change.Version.Body = 2, "It costs 98."
	_, v, err = s.Propose(t.Context(), "", change)
	require.NoError(t, err)
	require.Equal(t, 3, v.Number)
	require.Equal(t, 2, v.Proposal.First, "the same card goes on")
	_, _, err = s.Approve(t.Context(), "", id, 3, "U2", s.store.Now())
	require.NoError(t, err)
	require.Equal(t, content.OneLiner, servedOf(t, s, id).Kind)
	require.Equal(t, []string{"C1 asset:C-1/proposal-2", "U3 asset:C-1/asked-2", "U3 asset:C-1/outcome-3"}, sortedDrain(t, s))
}

func TestReviewsInTime(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	id := approvedIn(t, s, 10)
	drain(t, s)
	wakeContent(t, s)
	require.Empty(t, drain(t, s))
	clock.Advance(3 * 24 * time.Hour)
	wakeContent(t, s)
	require.Len(t, drain(t, s), 1, "a week ahead its keeper is asked")
	clock.Advance(7 * 24 * time.Hour)
	require.NotNil(t, servedOf(t, s, id), "the last day is part of it")
	clock.Advance(24 * time.Hour)
	wakeContent(t, s)
	require.Len(t, drain(t, s), 1, "the question says that the day is over")
	require.Nil(t, servedOf(t, s, id))
	queue, total, err := s.ReviewQueue(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, content.PastDate, queue[0].OpenFlags()[0].Why)
	_, _, err = s.Confirm(t.Context(), "", id, 1, "U2", s.store.Now().AddDate(0, 0, 30))
	require.NoError(t, err)
	require.NotNil(t, servedOf(t, s, id))
	require.Len(t, drain(t, s), 1, "the question shows the answer")
}

func TestRecallTellsEverybodyOnce(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	id := approvedIn(t, s, 90)
	drain(t, s)
	used := func(who string, at time.Time) {
		require.NoError(t, s.CountUses(t.Context(), []content.Use{{Asset: id, Version: 1, What: content.Pulls, By: who, N: 1, At: at}}))
	}
	used("U9", clock.Now())
	clock.Advance(content.UsesKept + time.Hour)

	for _, who := range []string{"U1", "U2", "U3", "U4", "U5"} {
		used(who, clock.Now())
	}

	_, _, err := s.Retire(t.Context(), "", id, 1, "U2", "why")
	require.NoError(t, err)
	clock.Advance(5 * time.Second)
	timers, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)

	for _, timer := range timers {
		if timer.Name != content.RecallTimer {
			continue
		}

		require.NoError(t, s.Recall(t.Context(), timer, 2))
		require.NoError(t, another(s).Recall(t.Context(), timer, 2), "another process that has the timer no longer changes nothing")
	}

	require.Len(t, drain(t, s), 1, "of the first two one is who retired it")
	wakeContent(t, s)
	require.Equal(t, []string{"U3 asset:C-1/recall-1", "U4 asset:C-1/recall-1", "U5 asset:C-1/recall-1"}, sortedDrain(t, s))
	require.NoError(t, sound(t, s))
}
