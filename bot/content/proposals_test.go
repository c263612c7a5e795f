package content

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/check"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// suggested is a piece with a proposal that changes it.
func suggested(words string) (content.Asset, content.Version, content.Version) {
	p := normal()
	v := content.Version{
		Number: 4, Title: p.Version.Title, Body: strings.ReplaceAll(p.Version.Body, "£95", "£99"), Status: content.InReview, Author: "U0RAJ", Created: noon,
		Proposal: &content.Proposal{
			Purpose: content.Purpose{Kind: content.OneLiner, Topics: []string{"pricing", words}, Personas: []string{"cfo"}}, Note: words,
			Permalink: "https://hushwatt.slack.example/archives/C0EMEA/p1", Writer: "U0LEA", Editor: "U0MIA", Channel: "C0CONTENT", Decider: "U0MIA", First: 4,
		},
	}
	p.Asset.Proposed, p.Asset.Latest = 4, 4
	return p.Asset, v, p.Version
}

func golden(t *testing.T, name string, m bot.Message) {
	t.Helper()
	roomtest.Message(t, name, &m)
}

func TestProposalCards(t *testing.T) {
	t.Parallel()
	a, v, before := suggested("since May")
	golden(t, "proposal_change", openCard(a, v, before))
	golden(t, "proposal_new", openCard(a, v, content.Version{}))
	hostileAsset, odd, _ := suggested(hostile)
	odd.Title, odd.Body, odd.Author, odd.Proposal.Decider, odd.Proposal.Editor = hostile, hostile, "U0LEA", "", ""
	golden(t, "proposal_hostile", openCard(hostileAsset, odd, before))
	long := longest("C-999999999", "One sentence more. ").Version
	long.Proposal = v.Proposal
	golden(t, "proposal_longest", openCard(a, long, content.Version{Number: 1, Title: "T", Body: strings.Repeat("other words entirely ", 450)}))

	settled := content.Decision{By: "U0MIA", At: noon, Reason: hostile}
	for _, status := range []content.Status{content.Draft, content.Rejected, content.Approved, content.Retired} {
		s := v
		s.Status, s.Decided, s.ApprovedBy = status, settled, "U0MIA"
		golden(t, "settled_"+string(status), decidedCard(a, s))
	}
}

func TestWhatAuthorsHear(t *testing.T) {
	t.Parallel()
	a, v, _ := suggested("since May")
	v.Decided = content.Decision{By: "U0MIA", At: noon, Reason: hostile}
	v.Status = content.Draft
	golden(t, "changes_asked", changesCard(a, v))
	a.Proposed = 0
	golden(t, "changes_asked_settled", changesCard(a, v))
	v.Status = content.Rejected
	golden(t, "outcome_rejected", outcomeCard(a, v))
	v.Status, v.ApprovedBy = content.Approved, "U0MIA"
	golden(t, "outcome_approved", outcomeCard(a, v))

	for name, by := range map[string]string{"decided by another": "U0RAJ", "worked over": "U0MIA"} {
		require.Contains(t, proposedView(a, v, by).Text, "Thank you. It is *C-12*, version 4.", name)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	view := func(name string, w writing) {
		t.Helper()
		m, err := w.view()
		require.NoError(t, err)
		roomtest.Modal(t, name, m)
	}
	a, v, before := suggested("since May")

	view("form_new", writing{})
	view("form_change", writing{version: before, purpose: a.Purpose(), origin: origin{Asset: a.ID}})
	view("form_suggested", writing{
		version: content.Version{Body: hostile}, cut: true, origin: origin{Permalink: "https://hushwatt.slack.example/archives/C0EMEA/p1", Writer: "U0LEA"},
	})
	view("form_longest", writing{version: longest("C-1", "One sentence more. ").Version, note: v.Proposal.Note, origin: origin{Asset: "C-999999999", Rework: 99}})
	roomtest.Modal(t, "reason_ask", reasonView("content.ask", a, v))
	roomtest.Modal(t, "reason_reject", reasonView("content.reject", a, v))
	roomtest.Modal(t, "too_late", tooLateView(a, decidedWords(a, v, "U0TOM"), hostile))
	roomtest.Modal(t, "proposal_whole", proposalModal(a, v))
	roomtest.Modal(t, "retire", retireView(a, before))
	roomtest.Modal(t, "flag", flagView(normal()))
}

func TestDecidedWords(t *testing.T) {
	t.Parallel()
	a, v, _ := suggested("")

	v.Decided, v.ApprovedBy, v.ApprovedAt = content.Decision{By: "U0MIA", At: noon}, "U0MIA", noon
	with := func(s content.Status, change func(p *content.Proposal)) content.Version {
		w := v
		w.Status, w.Proposal = s, new(*v.Proposal)
		change(w.Proposal)
		return w
	}
	same := func(*content.Proposal) {}
	for _, c := range []struct {
		name, user, want string
		v                content.Version
	}{
		{"their own", "U0RAJ", "Version 4 of C-12 is your own", with(content.InReview, same)},
		{"another's", "U0ADA", "<@U0MIA> decides on C-12. To do it yourself, choose *Take over* first.", with(content.InReview, same)},
		{"approved", "U0ADA", "<@U0MIA> approved version 4 of C-12", with(content.Approved, same)},
		{"approved by them", "U0MIA", "You approved version 4 of C-12", with(content.Approved, same)},
		{"turned down", "U0ADA", "<@U0MIA> turned down version 4 of C-12", with(content.Rejected, same)},
		{"sent back", "U0ADA", "<@U0MIA> asked for changes of C-12", with(content.Draft, same)},
		{"reworked", "U0ADA", "Version 4 of C-12 has been reworked: version 5 has taken its place.", with(content.Rejected, func(p *content.Proposal) { p.Next = 5 })},
		{"retired", "U0ADA", "Version 4 of C-12 is no longer approved.", with(content.Retired, same)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, decidedWords(a, c.v, c.user), c.want)
		})
	}
}

func TestReviewsView(t *testing.T) {
	t.Parallel()
	a, v, before := suggested("since May")
	flagged := normal()
	flagged.Flags = []content.Flag{
		{Number: 1, Why: content.Outdated, Version: 3, By: "U0RAJ", Words: hostile, At: noon}, {Number: 2, Why: content.Failing, Version: 3, At: noon},
		{Number: 3, Why: content.PastDate, Version: 3, At: noon}, {Number: 4, Why: content.Unused, Version: 3, At: noon},
		{Number: 5, Why: content.Outdated, Version: 3, Words: "settled", At: noon, Resolved: content.Resolution{How: content.StillRight}},
	}
	sent := v
	sent.Status, sent.Decided = content.Draft, content.Decision{By: "U0MIA", At: noon, Reason: "why"}
	queue := []content.Review{{Asset: a, Live: before, Proposal: v}, {Asset: flagged.Asset, Live: before}, {Asset: a, Proposal: sent}}
	roomtest.Message(t, "reviews", reviewsView(queue, 0, 12, "U0MIA"))
	roomtest.Message(t, "reviews_none", reviewsView(nil, 0, 0, "U0MIA"))
}

func TestKeepersCards(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	room := &Room{Assets: newAssets(t, clock), Clock: clock}
	in := content.Import{Asset: content.Asset{Slug: "one", Kind: content.Email, Owner: "U0MIA"}, Version: content.Version{
		Title: hostile, Body: "It costs 95 a month.", Status: content.Approved, ApprovedBy: "U0MIA", ReviewBy: noon.AddDate(0, 0, 3).Truncate(24 * time.Hour),
	}}
	id, _, err := room.Assets.Import(t.Context(), in, false)
	require.NoError(t, err)
	render := func(name, what string, n int) {
		t.Helper()
		m, err := room.card(t.Context(), bot.Card{ID: id, Part: fmt.Sprintf("%s-%d", what, n), Where: "U0MIA"})
		require.NoError(t, err)
		golden(t, name, m)
	}
	v, err := room.Assets.Version(t.Context(), id, 1)
	require.NoError(t, err)
	day := content.ConfirmDay(v)
	render("keep", content.ConfirmCard, day)
	late := &Room{Assets: room.Assets, Clock: clockwork.NewFakeClockAt(noon.AddDate(0, 0, 4))}
	over, err := late.card(t.Context(), bot.Card{ID: id, Part: fmt.Sprintf("%s-%d", content.ConfirmCard, day), Where: "U0MIA"})
	require.NoError(t, err)
	require.Contains(t, over.Text, "Its approval ended on 24 Nov 2026, and nobody is given it any more.")
	_, err = room.Assets.FlagOutdated(t.Context(), "", id, content.Flag{Version: 1, By: "U0RAJ", Words: hostile, Told: "U0MIA"})
	require.NoError(t, err)
	render("flag_open", content.FlagCard, 1)
	_, _, err = room.Assets.Confirm(t.Context(), "", id, 1, "U0MIA", noon.AddDate(0, 0, 30).Truncate(24*time.Hour))
	require.NoError(t, err)
	render("keep_settled", content.ConfirmCard, day)
	render("flag_settled", content.FlagCard, 1)
	render("flag_heard", content.FlagOutcomeCard, 1)
	in.Version.Body = "It costs 99 a month."
	_, _, err = room.Assets.Import(t.Context(), in, false)
	require.NoError(t, err)
	render("recall_replaced", content.RecallCard, 1)
	_, _, err = room.Assets.Retire(t.Context(), "", id, 2, "U0MIA", hostile)
	require.NoError(t, err)
	render("recall_retired", content.RecallCard, 2)

	for _, part := range []string{"", "nonsense-1", "flag-9", "proposal-9", "recall-x"} {
		_, err := room.card(t.Context(), bot.Card{ID: id, Part: part})
		require.ErrorIs(t, err, errs.ErrNotFound, part)
	}
}

func TestCopyThatNobodyUsesIsToBeReviewed(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	s := roomtest.Store(t, redisURL, clock)
	room := &Room{Assets: assetsIn(s), Clock: clock}
	bring := func(slug string) string {
		id, _, err := room.Assets.Import(t.Context(), content.Import{
			Asset: content.Asset{Slug: slug, Kind: content.Email}, Version: content.Version{Title: slug, Body: "Words.", Status: content.Approved},
		}, false)
		require.NoError(t, err)
		return id
	}
	unused, used := bring("one"), bring("two")

	require.NoError(t, room.Begin(t.Context()))
	queue := func() (ids []string) {
		t.Helper()
		timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1, "it wakes every day")
		require.NoError(t, room.findUnused(t.Context(), timers[0]))
		found, _, err := room.Assets.ReviewQueue(t.Context(), 0, 10)
		require.NoError(t, err)

		for _, r := range found {
			require.Equal(t, content.Unused, r.OpenFlags()[0].Why)
			ids = append(ids, r.ID)
		}

		return ids
	}

	clock.Advance(unusedFor + time.Hour)
	require.NoError(t, room.Assets.CountUses(t.Context(), []content.Use{{Asset: used, Version: 1, What: content.Pulls, By: "U0RAJ", N: 1, At: clock.Now()}}))
	require.Equal(t, []string{unused}, queue())
	clock.Advance(unusedEvery)
	require.Equal(t, []string{unused}, queue(), "once, however long it lasts")
	_, _, err := room.Assets.Confirm(t.Context(), "", unused, 1, "U0MIA", clock.Now())
	require.NoError(t, err)
	clock.Advance(unusedEvery)
	require.Empty(t, queue(), "somebody has looked at it")
	require.NoError(t, check.Err(t.Context(), s))
}

func TestCopyComesBackFromTheFormAsItWas(t *testing.T) {
	t.Parallel()
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("ab \n.é😀")), 0, MaxBody/2, -1)
	rapid.Check(t, func(t *rapid.T) {
		body := strings.TrimSpace(strings.Repeat(letters.Draw(t, "body")+rapid.SampledFrom([]string{"\n\n", " ", "x"}).Draw(t, "joint"), rapid.IntRange(1, 4).Draw(t, "times")))
		texts, joints := parts(body)
		require.Len(t, joints, len(texts)-1)

		form := bot.Form{}
		for i, text := range texts {
			require.LessOrEqual(t, blocks.Length(text), blocks.MaxInput)
			form[fmt.Sprintf("body%d", i)] = bot.Input{Value: text}
		}

		require.Equal(t, body, joinParts(form, joints))
	})
}

func FuzzReadForm(f *testing.F) {
	f.Add("Title", "one-liner", "Copy", "a, b", "Copy", "note")
	f.Add("", "nothing", "\x00\u202e", ",,", "x\ny", strings.Repeat("x", 600))
	f.Fuzz(func(t *testing.T, title, kind, body, list, claims, note string) {
		form := bot.Form{}
		for block, text := range map[string]string{"title": title, "kind": kind, "body0": body, "topics": list, "personas": list, "claims": claims, "note": note} {
			form[block] = bot.Input{Value: text}
		}

		in, err := readForm(form, origin{})
		if err != nil {
			var invalid *errs.Invalid
			require.ErrorAs(t, err, &invalid)
			require.Contains(t, []string{"title", "kind", "body0", "topics", "personas", "stages", "industries", "claims", "note"}, invalid.Field)
			return
		}

		require.NotEmpty(t, in.Version.Title)
		require.NotEmpty(t, in.Version.Body)

		for _, c := range in.Version.Claims {
			require.Contains(t, in.Version.Body, c)
		}

		in.Version.Status, in.Version.Number = content.InReview, 1
		in.Version.Proposal = &content.Proposal{Purpose: in.Purpose, Note: in.Note}
		_, err = openCard(content.Asset{ID: "C-1"}, in.Version, content.Version{}).Encode()
		require.NoError(t, err)
	})
}
