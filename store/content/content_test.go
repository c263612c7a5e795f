package content

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/hours"
)

// now is when the tests happen.
var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func TestSlugsOfTitles(t *testing.T) {
	t.Parallel()

	for title, want := range map[string]string{
		"Pricing, à la carte": "pricing-a-la-carte", "It’s £95!": "its-95", "  ": "", "日本": "", "UPPER_case": "upper-case",
	} {
		require.Equal(t, want, SlugOf(title))
	}

	require.LessOrEqual(t, len(SlugOf(string(make([]rune, 10))+"é"+fmt.Sprintf("%0200d", 1))), maxSlug)
	require.Equal(t, "pricing-c-12", SlugWithID("pricing", "C-12"))
	require.Equal(t, "c-12", SlugWithID("", "C-12"))
}

func TestReferencesToVersions(t *testing.T) {
	t.Parallel()
	id, version, ok := ParseVersionRef(VersionRef("C-12", 3))
	require.True(t, ok)
	require.Equal(t, "C-12", id)
	require.Equal(t, 3, version)

	for _, text := range []string{"", "C-12", "C-12@", "C-12@0", "C-12@-1", "L-1@2", "C-@1", "C-12@3@4", "C-1234567890@1"} {
		_, _, ok := ParseVersionRef(text)
		require.False(t, ok, text)
	}

	id, ok = AssetID("c-7")
	require.True(t, ok)
	require.Equal(t, "C-7", id)
}

func TestOnlySoManyFlagsAreKept(t *testing.T) {
	t.Parallel()

	a := Asset{ID: "C-1", Approved: 1}
	for i := range 100 {
		flag, added := a.flag(Flag{Why: Outdated, Version: 1, By: fmt.Sprint("U", i)})
		require.Equal(t, len(a.OpenFlags()) <= maxOpenFlags && added, added)

		if !added {
			require.Len(t, a.OpenFlags(), maxOpenFlags)
			a.resolveFlags(Resolution{How: StillRight})
			continue
		}

		require.Equal(t, flag, a.Flags[len(a.Flags)-1])
		require.LessOrEqual(t, len(a.Flags), maxOpenFlags+keptFlags)
	}
}

func TestWhoMayDecide(t *testing.T) {
	t.Parallel()

	proposed := func(status Status, decider string) Version {
		return Version{Number: 2, Status: status, Author: "U1", Proposal: &Proposal{Decider: decider}}
	}
	for _, test := range []struct {
		name           string
		v              Version
		by             string
		decide, reject bool
	}{
		{"who was asked", proposed(InReview, "U2"), "U2", true, true},
		{"somebody else", proposed(InReview, "U2"), "U3", false, false},
		{"anyone, where nobody was asked", proposed(InReview, ""), "U3", true, true},
		{"the author", proposed(InReview, ""), "U1", false, false},
		{"one that was sent back", proposed(Draft, "U2"), "U3", false, true},
		{"the author of that", proposed(Draft, "U2"), "U1", false, false},
		{"one that is decided", proposed(Rejected, "U2"), "U2", false, false},
		{"an imported one", Version{Number: 2, Status: InReview, Author: "U1"}, "U2", false, false},
		{"another version", Version{Number: 3, Status: InReview, Proposal: &Proposal{}}, "U2", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := Asset{ID: "C-1", Proposed: 2, Latest: 2}
			require.Equal(t, test.decide, a.MayDecide(test.v, test.by))
			require.Equal(t, test.reject, a.MayReject(test.v, test.by))

			_, err := Approve(State{Asset: a, Version: test.v}, test.by, now, now)
			require.Equal(t, test.decide, err == nil)
			_, err = Reject(State{Asset: a, Version: test.v}, test.by, "why", now)
			require.Equal(t, test.reject, err == nil)
		})
	}
}

func TestWhoIsAskedToDecide(t *testing.T) {
	t.Parallel()
	asked := State{Asset: Asset{Owner: "U4"}, Version: Version{Author: "U1", Proposal: &Proposal{Decider: "U9"}}}
	in := Suggestion{By: "U1", Deciders: []string{"U1", "U2", "U3"}}
	d := in.Decider(State{})
	require.Equal(t, "U2", d.User, "somebody who is away is better than nobody")
	require.Len(t, d.Turn.Owners, 2, "never the author")
	require.Equal(t, Deciding{User: "U3"}, in.Decider(State{Asset: Asset{Owner: "U3"}}))
	require.Equal(t, Deciding{}, Suggestion{By: "U1", Deciders: []string{"U1"}}.Decider(State{}))

	in.Rework = 2
	require.Equal(t, Deciding{User: "U9"}, in.Decider(asked), "who was asked stays so")
	asked.Version.Proposal = &Proposal{}
	in.By = "U2"
	require.Len(t, in.Decider(asked).Turn.Owners, 2, "who reworks a version may decide, its author may not")
}

func TestReminders(t *testing.T) {
	t.Parallel()
	office, err := hours.New(hours.Spec{Timezone: "UTC", Days: []string{"fri"}, From: "09:00", To: "17:00"})
	require.NoError(t, err)
	p := RemindPolicy{Hours: office, Within: time.Hour}
	asked := State{Asset: Asset{Proposed: 1}, Version: Version{Number: 1, Status: InReview, Proposal: &Proposal{Decider: "U2"}}}
	require.Equal(t, Reminder{RemindDecider, now.Add(time.Hour)}, NextReminder(asked, p, now))
	require.Equal(t, Reminder{Again: now.Add(7*day - time.Hour)}, NextReminder(asked, p, now.Add(day)), "not at night")

	again := Remind(asked, Reminder{To: RemindDecider}, now)
	require.Equal(t, 1, again.Version.Proposal.Reminded)
	require.Zero(t, asked.Version.Proposal.Reminded, "what was handed in stays as it is")
	asked.Version = again.Version
	require.Equal(t, Reminder{To: RemindChannel}, NextReminder(asked, p, now))
	asked.Version.Status = Rejected
	require.Zero(t, NextReminder(asked, p, now))
}

func TestApprovalsThatRunOut(t *testing.T) {
	t.Parallel()
	office, err := hours.New(hours.Spec{Timezone: "UTC", Days: []string{"fri"}, From: "09:00", To: "17:00"})
	require.NoError(t, err)

	const id = "C-1"
	for _, test := range []struct {
		name   string
		left   time.Duration // until the last day begins
		at     time.Time
		policy ReviewPolicy
		again  time.Time
		cards  []Card
		err    error
	}{
		{"early", 30 * day, now, ReviewPolicy{}, now.Add(23 * day), nil, nil},
		{"in the last week", 5 * day, now, ReviewPolicy{Owner: "U1", Keeper: "U2"}, now.Add(6 * day), []Card{{"U2", "asset:C-1/keep-20782"}}, nil},
		{"whom nobody has looked up", 5 * day, now, ReviewPolicy{}, time.Time{}, nil, errs.ErrConflict},
		{"looked up for another owner", 5 * day, now, ReviewPolicy{Owner: "U7", Keeper: "U2"}, time.Time{}, nil, errs.ErrConflict},
		{"outside working hours", 5 * day, now.Add(-5 * time.Hour), ReviewPolicy{Hours: office}, now.Add(-time.Hour), nil, nil},
		{"closed until it is over", 5 * day, now.Add(day), ReviewPolicy{Hours: office}, now.Add(6 * day), nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := Version{Number: 1, Status: Approved, ReviewBy: now.Add(test.left), ApprovedAt: now}
			s := State{Asset: Asset{ID: id, Owner: "U1", Approved: 1, Latest: 1}, Live: v}
			c, due, err := ReviewDue(s, test.policy, test.at)
			require.ErrorIs(t, err, test.err)

			if test.err != nil {
				return
			}

			require.True(t, due)
			require.Equal(t, Timer{ReviewTimer, id, test.again}, c.Set[len(c.Set)-1])
			require.Equal(t, test.cards, c.Cards)
		})
	}
}

func TestRecallPassesOverWhoDidIt(t *testing.T) {
	t.Parallel()
	replaced := State{Asset: Asset{Approved: 2}, Live: Version{Number: 2, ApprovedBy: "U2"}, Version: Version{Number: 1, Decided: Decision{By: "U9"}}}
	replaced.Asset.ID = "C-1"
	cards, due := Recall(replaced, []string{"U1", "U2"})
	require.True(t, due)
	require.Equal(t, []Card{{"U1", "asset:C-1/recall-1"}}, cards)

	retired := State{Asset: Asset{ID: "C-1"}, Version: replaced.Version}
	cards, due = Recall(retired, []string{"U9", "U1"})
	require.True(t, due)
	require.Equal(t, []Card{{"U1", "asset:C-1/recall-1"}}, cards)

	again := State{Asset: Asset{ID: "C-1", Approved: 1}, Version: replaced.Version}
	_, due = Recall(again, []string{"U1"})
	require.False(t, due)
}

func TestRedactedGapsAreFoundNoMore(t *testing.T) {
	t.Parallel()
	was := Gap{ID: "G-1", Key: "ada", Words: "ada@x.example", Reason: "ada@x.example"}

	is := was
	is.Reason = "[removed]"
	require.Equal(t, is, is.Redacted(was), "it is found by other words")

	is.Words = "[removed]"
	require.Equal(t, "[removed] G-1", is.Redacted(was).Key)
	is = was
	is.Key = "[removed]"
	require.Equal(t, "[removed] G-1", is.Redacted(was).Key)
}

func TestGapsKeepWhatIsLastInFront(t *testing.T) {
	t.Parallel()

	g := NewGap("G-1", "k", now)
	for i := range 2 * gapChannels {
		g = g.Count(Search{Words: "w", Channel: fmt.Sprint("C", i)}, i == 0, now)
	}

	require.Equal(t, []string{"C9", "C8", "C7", "C6", "C5"}, g.Channels)
	require.Equal(t, 1, g.People)
	require.Equal(t, 2*gapChannels, g.Searches)
	_, err := Gap{Status: GapDeclined}.Ask("U1", "", true)
	require.ErrorIs(t, err, errs.ErrConflict)
}

func TestWhichGapsMayBeForgotten(t *testing.T) {
	t.Parallel()

	old := Gap{Status: GapOpen, Searches: Seldom, Last: now.Add(-time.Hour)}
	require.True(t, old.Forgettable(now))

	for why, change := range map[string]func(*Gap){
		"asked for":     func(g *Gap) { g.Asked = 1 },
		"often":         func(g *Gap) { g.Searches = Seldom + 1 },
		"searched late": func(g *Gap) { g.Last = now },
		"closed":        func(g *Gap) { g.Status = GapClosed },
		"declined":      func(g *Gap) { g.Status = GapDeclined },
	} {
		g := old
		change(&g)
		require.False(t, g.Forgettable(now), why)
	}
}
