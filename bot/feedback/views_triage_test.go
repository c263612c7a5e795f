package feedback

import (
	"fmt"
	"strings"
	"testing"

	"smarketer/bot"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/themes"
)

var planned = feedback.Step{Status: feedback.Planned, By: "U0MIA", At: noon}

func TestTriageViews(t *testing.T) {
	t.Parallel()
	piece := feedback.Piece{ID: "F-7", Words: hostile, Verdict: content.Fails, Asset: "C-12", Version: 3, Reporter: "U0RAJ", Status: feedback.New, Source: "sales", Created: noon}
	settled := piece
	settled.Status, settled.Steps = feedback.Actioned, []feedback.Step{planned, {Status: feedback.Actioned, By: "U0MIA", At: noon, Result: "C-12@4"}}
	outside := piece
	outside.Reporter, outside.Source = "", "survey"
	joined := piece
	joined.Primary = "F-3"
	gone := piece
	gone.Words, gone.Reporter, gone.Deleted = "", "", noon
	asked := piece
	asked.Status, asked.Steps = feedback.Triaged, []feedback.Step{{Status: feedback.Triaged, By: "U0MIA", At: noon, Question: hostile}}

	roomtest.Modal(t, "triage", triageView(piece, nil))
	roomtest.Modal(t, "triage_newer", triageView(piece, served("Pricing in one line")))
	roomtest.Modal(t, "triage_settled", triageView(settled, nil))
	roomtest.Modal(t, "triage_outside", triageView(outside, nil))
	roomtest.Modal(t, "triage_answer", answerView("F-7 1", piece, asked.Steps[0]))
	roomtest.Modal(t, "triage_join", joinView(piece, feedback.Piece{ID: "F-3"}))
	roomtest.Modal(t, "triage_voices", membersView(feedback.Piece{ID: "F-3", Deleted: noon, Members: 4}, []feedback.Piece{piece, outside}))

	for name, m := range map[string]*bot.Message{
		"stands_settled": standsView(settled), "stands_joined": standsView(joined), "stands_gone": standsView(gone), "stands_asked": standsView(asked),
		"late": lateView(settled, feedback.Step{Reason: hostile}), "late_wordless": lateView(settled, feedback.Step{}),
	} {
		roomtest.Message(t, name, m)
	}

	point := pointerView(joined, "https://acme.slack.com/archives/C1/p1")
	roomtest.Message(t, "card_joined", &point)
}

func TestCardsOfTriagedPieces(t *testing.T) {
	t.Parallel()
	base := feedback.Piece{ID: "F-7", Words: "They asked twice what it costs.", Verdict: content.Fails, Reporter: "U0RAJ", Status: feedback.New, Created: noon}
	asked := base
	asked.Status, asked.Members, asked.People = feedback.Planned, 2, 2
	asked.Steps = []feedback.Step{
		{Status: feedback.Triaged, By: "U0MIA", At: noon, Question: hostile, Answer: hostile, Answered: noon},
		{Status: feedback.Planned, By: "U0MIA", At: noon, Reason: hostile},
	}
	actioned := base
	actioned.Status = feedback.Actioned

	actioned.Steps = []feedback.Step{{Status: feedback.Actioned, By: "U0MIA", At: noon, Result: "C-12@4"}}
	long := base
	long.Words = strings.Repeat("<&> ", 750)
	for range 30 {
		long.Steps = append(long.Steps, feedback.Step{Status: feedback.Triaged, By: "U0MIA", At: noon, Question: strings.Repeat("W", maxReason), Answer: strings.Repeat("M", maxReason), Answered: noon})
	}

	for name, c := range map[string]struct{ piece, alike feedback.Piece }{
		"card_alike": {base, feedback.Piece{ID: "F-3"}}, "card_asked": {asked, feedback.Piece{}},
		"card_actioned": {actioned, feedback.Piece{}}, "card_long_history": {long, feedback.Piece{}},
	} {
		m := cardView(c.piece, content.Version{}, c.alike, "https://acme.slack.com/archives/C1/p1")
		roomtest.Message(t, name, &m)
	}
}

func TestHearBackViews(t *testing.T) {
	t.Parallel()
	piece := feedback.Piece{ID: "F-7", Words: hostile, Asset: "C-12", Version: 3, Reporter: "U0RAJ", Created: noon}

	was := content.Version{Number: 3, Title: "Pricing", Body: "It costs nothing for **two** months."}
	came := content.Version{Number: 4, Title: hostile, Body: "It costs nothing for **four** months. " + hostile}
	by := func(s feedback.Step) feedback.Step { s.By, s.At = "U0MIA", noon; return s }
	for name, c := range map[string]told{
		"hear_triaged":  {piece: piece, number: 1, step: by(feedback.Step{Status: feedback.Triaged})},
		"hear_planned":  {piece: piece, number: 1, step: by(feedback.Step{Status: feedback.Planned, Reason: hostile})},
		"hear_declined": {piece: piece, number: 1, step: by(feedback.Step{Status: feedback.Declined, Reason: hostile})},
		"hear_asked":    {piece: piece, number: 2, step: by(feedback.Step{Status: feedback.Triaged, Question: hostile})},
		"hear_answered": {piece: piece, number: 2, step: by(feedback.Step{Status: feedback.Triaged, Question: "Who?", Answer: hostile, Answered: noon})},
		"hear_changed":  {piece: piece, number: 3, step: by(feedback.Step{Status: feedback.Actioned, Result: "C-12@4"}), was: was, came: came},
		"hear_other":    {piece: piece, number: 3, step: by(feedback.Step{Status: feedback.Actioned, Result: "C-13@1"}), came: came},
		"hear_gone":     {piece: piece, number: 3, step: by(feedback.Step{Status: feedback.Actioned, Result: "C-13@1"})},
		"hear_done":     {piece: piece, number: 3, step: by(feedback.Step{Status: feedback.Actioned})},
		"hear_longest": {piece: feedback.Piece{ID: "F-999999", Words: strings.Repeat("<", maxWords), Asset: "C-1", Version: 1}, number: 1,
			step: by(feedback.Step{Status: feedback.Actioned, Reason: strings.Repeat("&", maxReason), Result: "C-1@2"}),
			was:  content.Version{Number: 1, Body: strings.Repeat("old ", 2000)}, came: content.Version{Number: 2, Body: strings.Repeat("new ", 2000), Title: strings.Repeat("W", 150)}},
	} {
		m := stepView(c)
		roomtest.Message(t, name, &m)
	}
}

func TestListViews(t *testing.T) {
	t.Parallel()
	piece := feedback.Piece{ID: "F-7", Words: hostile, Verdict: content.Fails, Asset: "C-12", Version: 3, Competitor: hostile, Reporter: "U0RAJ", Status: feedback.New, Created: noon, Members: 2, People: 2}
	joined := feedback.Piece{ID: "F-8", Words: strings.Repeat("W ", 1500), Source: hostile, Status: feedback.Planned, Primary: "F-7", Created: noon, Steps: []feedback.Step{planned}}
	gone := feedback.Piece{ID: "F-9", Status: feedback.New, Deleted: noon, Members: 1, People: 1, Created: noon}
	click := feedback.Piece{ID: "F-10", Click: true, Verdict: content.Works, Asset: "C-1", Version: 1, Reporter: "U0RAJ", Status: feedback.New, Created: noon}
	done := feedback.Piece{ID: "F-11", Words: "x", Reporter: "U0RAJ", Status: feedback.Actioned, Created: noon,
		Steps: []feedback.Step{{Status: feedback.Actioned, By: "U0MIA", At: noon, Result: "C-12@4", Reason: hostile}}}

	link := "https://acme.slack.com/archives/C1/p1"
	five := []feedback.Piece{joined, joined, joined, joined, joined}
	for name, p := range map[string]page{
		"inbox":         {next: "1 F-9", found: []feedback.Piece{piece, joined, gone}, links: []string{link, "", ""}, waiting: 12},
		"inbox_filters": {text: `competitor:"<!channel>"`, found: []feedback.Piece{piece}, links: []string{link}, waiting: 1},
		"inbox_longest": {text: strings.Repeat("W", maxFilters), next: "1 F-9", found: five, links: make([]string, 5), waiting: 1},
		"inbox_empty":   {}, "inbox_none": {text: "status:new <!channel>"}, "inbox_end": {from: "1 F-1"}, "inbox_far": {next: "1 F-1", waiting: 3, text: "C-1"},
	} {
		roomtest.Message(t, name, inboxView(p))
	}

	roomtest.Message(t, "mine", mineView([]feedback.Piece{piece, joined, click, done}, 0, 9))
	roomtest.Message(t, "mine_none", mineView(nil, 0, 0))
	one, many := reminderView(feedbackrepo.Overdue{Total: 1, Oldest: []feedback.Piece{piece}}, []string{link}), reminderView(feedbackrepo.Overdue{Total: 30, Oldest: five}, make([]string, 5))
	roomtest.Message(t, "digest", &one)
	roomtest.Message(t, "digest_many", &many)
}

func TestThemesViews(t *testing.T) {
	t.Parallel()

	count := func(pieces, voices int) themes.Count { return themes.Count{Pieces: pieces, People: voices} }
	report := themes.Report{
		Days: 30, Count: count(40, 12), Sources: []themes.Source{{Name: "sales", Count: count(20, 5)}, {Name: hostile, Count: count(20, 7)}},
		Fails: []themes.Row{
			{Kind: "asset", Value: "C-12", Fails: count(9, 4), Works: count(1, 1)}, {Kind: "asset", Value: "C-3", Fails: count(2, 2)},
			{Kind: "persona", Value: "cfo", Fails: count(3, 3)}, {Kind: "competitor", Value: hostile, Fails: count(3, 3)},
		},
		Works: []themes.Row{{Kind: "stage", Value: "demo", Works: count(5, 4)}},
	}
	var said []spoken
	for i, phrase := range []string{"price too high", strings.Repeat("wide ", 30), hostile, "four", "five"} {
		said = append(said, spoken{theme: themes.Theme{Key: fmt.Sprintf("001122334455667%d", i), All: count(9, 4), Fails: count(8, 4), Works: count(1, 1), Sources: report.Sources, Pieces: make([]string, 12)},
			phrase: phrase, quote: feedback.Piece{ID: "F-7", Words: hostile}})
	}

	said[3].quote = feedback.Piece{}
	roomtest.Message(t, "themes", themesView(patterns{report: report, said: said, titles: map[string]string{"C-12": hostile}, fails: []feedback.Piece{said[0].quote}, works: []feedback.Piece{said[0].quote}}))
	roomtest.Message(t, "themes_few", themesView(patterns{report: report}))
	roomtest.Message(t, "themes_none", themesView(patterns{report: themes.Report{Days: 7}}))
	found := []feedback.Piece{{ID: "F-7", Words: hostile, Reporter: "U0RAJ", Status: feedback.New, Created: noon}}
	roomtest.Message(t, "theme", themeView(report, said[2], found, []string{""}, 0))
	last := said[0]
	last.theme.All = count(90, 30)
	roomtest.Message(t, "theme_last", themeView(report, last, found, []string{"https://acme.slack.com/archives/C1/p1"}, 8))
}
