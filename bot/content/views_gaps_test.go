package content

import (
	"strings"
	"testing"

	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/content"
)

// wantedGap is a gap as marketing has many.
func wantedGap() *content.Gap {
	return &content.Gap{
		ID: "G-3", Words: "SOC 2 report for healthcare", Status: content.GapOpen, Searches: 12, People: 5, Asked: 3,
		Channels: []string{"C0EMEA", "D0RAJ"}, Notes: []content.GapNote{{By: "U0RAJ", Text: "Their security team asks before the demo"}}, Last: noon,
	}
}

// longestGap is a gap of the greatest lengths.
func longestGap() *content.Gap {
	g := wantedGap()

	g.Words = blocks.Cut(strings.Repeat(hostile+" ", 10), maxQuery)
	g.Reason = blocks.Cut(strings.Repeat(hostile+" ", 10), maxReason)
	g.By, g.Notes = "U0MIA", nil
	for range 10 {
		g.Notes = append(g.Notes, content.GapNote{By: "U0LEA", Text: blocks.Cut(strings.Repeat(hostile+" ", 10), maxContext)})
	}

	return g
}

func ended(g *content.Gap, status content.GapStatus) content.Gap {
	g.Status, g.By, g.Asset, g.Reason = status, "U0MIA", "C-12", "We don't sell to hospitals"
	return *g
}

func TestNothingView(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "nothing", nothingView("zzyzx", nil))
	roomtest.Message(t, "nothing_hostile", nothingView(strings.Repeat(hostile, 4), longestGap()))
	declined := ended(wantedGap(), content.GapDeclined)
	roomtest.Message(t, "nothing_declined", nothingView("soc2", &declined))
}

func TestWeakResults(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "results_weak", resultsView("soc2 report", []content.Served{minimal()}, 1, 0, true, wantedGap()))
}

func TestAskingMarketing(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "gap_asked", gapAskedView(*wantedGap()))
	roomtest.Message(t, "gap_asked_longest", gapAskedView(*longestGap()))
	roomtest.Modal(t, "gap_context", contextForm(*wantedGap()))
}

func TestGapsView(t *testing.T) {
	t.Parallel()
	once := content.Gap{ID: "G-4", Words: "fedramp", Status: content.GapOpen, Searches: 1, People: 1, Last: noon}

	roomtest.Message(t, "gaps_none", gapsView(nil, nil, 0, 0))
	roomtest.Message(t, "gaps", gapsView([]content.Gap{*wantedGap(), once}, map[string]content.Served{"G-3": normal()}, 0, 9))

	longest := make([]content.Gap, gapPage)
	for i := range longest {
		longest[i] = *longestGap()
	}

	roomtest.Message(t, "gaps_longest", gapsView(longest, map[string]content.Served{"G-3": normal()}, 0, 1000))
}

func TestGapForms(t *testing.T) {
	t.Parallel()
	found := normal()
	unasked := wantedGap()
	unasked.Asked = 0

	roomtest.Modal(t, "gap_close", closeForm(*wantedGap(), &found))
	roomtest.Modal(t, "gap_close_empty", closeForm(*unasked, nil))
	roomtest.Modal(t, "gap_decline", declineForm(*wantedGap()))
	roomtest.Message(t, "gap_ended", endedView(ended(wantedGap(), content.GapClosed)))
}

func TestGapCard(t *testing.T) {
	t.Parallel()

	for name, g := range map[string]content.Gap{
		"gap_card": *wantedGap(), "gap_card_longest": *longestGap(),
		"gap_card_closed": ended(wantedGap(), content.GapClosed), "gap_card_declined": ended(longestGap(), content.GapDeclined),
	} {
		roomtest.Message(t, name, new(gapView(g)))
	}
}

func TestAnswerToWhoAsked(t *testing.T) {
	t.Parallel()
	found := normal()
	closed := ended(wantedGap(), content.GapClosed)
	roomtest.Message(t, "gap_answer", new(answerView(closed, &found)))
	roomtest.Message(t, "gap_answer_gone", new(answerView(closed, nil)))
	roomtest.Message(t, "gap_answer_declined", new(answerView(ended(longestGap(), content.GapDeclined), nil)))
}
