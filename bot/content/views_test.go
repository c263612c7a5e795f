package content

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/content"
)

// hostile is what people type who know Slack's markup, or who don't.
const hostile = "<!channel> <@U0ADA> *bold* _not_ ~struck~ `code` <https://evil.example|bank> & שלום 😀"

func piece(id string, v content.Version) content.Served {
	return content.Served{Asset: content.Asset{ID: id, Slug: "s", Kind: content.OneLiner, Owner: "U0MIA", Approved: v.Number}, Version: v}
}

// normal is a piece as a library has it.
func normal() content.Served {
	p := piece("C-12", content.Version{
		Number: 3, Title: "Pricing in one line", Body: "It costs **£95 a site a month**. Fitting is:\n\n- £240 a site\n- once\n\nSee [prices](https://hushwatt.example/pricing).",
		Status: content.Approved, ApprovedBy: "U0MIA", ReviewBy: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC),
	})
	p.Tally = content.Tally{Works: 4, Mixed: 2, Fails: 1}
	return p
}

// minimal has nothing that may be left out.
func minimal() content.Served {
	return piece("C-1", content.Version{Number: 1, Title: "T", Body: "B", Status: content.Approved})
}

// longest is a piece of the greatest lengths that an import takes.
func longest(id string, words string) content.Served {
	fill := func(n int) string { return blocks.Cut(strings.Repeat(words+" ", n/len(words)+n), n) }
	p := piece(id, content.Version{
		Number: 99, Title: fill(blocks.MaxHeader), Body: fill(MaxBody), Status: content.Approved, ApprovedBy: strings.Repeat("a", 240) + "@x.example",
		ReviewBy: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	})
	p.Kind, p.Tally = content.SocialPost, content.Tally{Works: 1_000_000, Mixed: 1_000_000, Fails: 1_000_000}
	return p
}

func TestResultsView(t *testing.T) {
	t.Parallel()
	odd := piece("C-3", content.Version{Number: 1, Title: hostile, Body: hostile, Status: content.Approved, ApprovedBy: "mia@hushwatt.example"})

	roomtest.Message(t, "results", resultsView("pricing", []content.Served{normal(), minimal()}, 5, 2, false, nil))
	roomtest.Message(t, "results_minimal", resultsView("b", []content.Served{minimal()}, 1, 0, false, nil))
	roomtest.Message(t, "results_hostile", resultsView(hostile, []content.Served{odd}, 1, 0, false, nil))
}

// ackLimit is where Slack drops an ack, in bytes.
const ackLimit = 20_480

func TestResultsFitIntoAnAck(t *testing.T) {
	t.Parallel()

	query := strings.Repeat("q", maxQuery)
	for _, c := range []struct {
		name, words string
		fits        bool
	}{
		{"plain words", "Every site sends a short list each morning, and nobody has to read a chart. ", true},
		{"formatted words", "Every **site** sends a [list](https://hushwatt.example/list) each *morning*, `always`. ", true},
		{"emoji", "😀", true},
		{"Hebrew", "שלום עולם ", true},
		{"what JSON writes in six bytes", "<&>", true},
		{"a style a word", "*a* ", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found := []content.Served{longest("C-999999997", c.words), longest("C-999999998", c.words), longest("C-999999999", c.words)}
			m := resultsView(query, found, 100_000, 3, true, wantedGap())
			body, err := m.Encode()
			require.NoError(t, err)
			t.Logf("%d bytes", len(body))
			// What is larger goes to the response URL after an empty ack: it
			// arrives a moment later, and nothing is lost.
			require.Equal(t, c.fits, len(body) < ackLimit-1000, "%d bytes", len(body))
			require.Less(t, len(body), 4*ackLimit)
		})
	}

	roomtest.Message(t, "results_longest", resultsView(query, []content.Served{longest("C-1", "abc"), longest("C-2", "😀"), longest("C-3", hostile)}, 100_000, 3, true, wantedGap()))
}

func TestOneView(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "one", oneView(normal()))
	roomtest.Message(t, "one_longest", oneView(longest("C-999999999", "One sentence more. ")))
}

func TestSharedView(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "shared", sharedView(normal(), "U0RAJ"))
	m := sharedView(longest("C-999999999", "Sentence. "), "U0RAJ")
	roomtest.Message(t, "shared_longest", m)
	body, err := json.Marshal(m.Blocks)
	require.NoError(t, err)
	require.Greater(t, strings.Count(string(body), "Sentence."), 900, "a channel gets all of it")
}

func TestWholeView(t *testing.T) {
	t.Parallel()
	roomtest.Modal(t, "whole", wholeView(normal()))
	roomtest.Modal(t, "whole_longest", wholeView(longest("C-999999999", "One sentence more. ")))
}

func TestFewButtonsInSight(t *testing.T) {
	t.Parallel()

	for _, b := range oneView(longest("C-1", "Sentence. ")).Blocks {
		actions, ok := b.(*slack.ActionBlock)
		if !ok {
			continue
		}

		buttons := 0
		for _, e := range actions.Elements.ElementSet {
			if button, ok := e.(*slack.ButtonBlockElement); ok {
				buttons++

				require.Contains(t, button.AccessibilityLabel, button.Text.Text+": Sentence.")
			}
		}

		require.Equal(t, 2, buttons)
	}
}

func TestCutAtSentence(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, body, want string }{
		{"short enough", "One. Two.", "One. Two."},
		{"after a sentence", "This is the first one. This is the second one.", "This is the first one. …"},
		{"after a question", "Is this the first one? This is the second one.", "Is this the first one? …"},
		{"after a sentence in bold", "**This is the first.** This is the second one.", "**This is the first.** …"},
		{"after a quotation", "“This is the first.” This is the second one.", "“This is the first.” …"},
		{"before an empty line", "This is the heading\n\nThis is the second one.", "This is the heading …"},
		{"before an entry of a list", "Here they are:\n- the first\n- the second", "Here they are:\n- the first …"},
		{"before a numbered entry", "Here they are:\n1. the first\n2. the second", "Here they are:\n1. the first …"},
		{"not at a mere line break", "This sentence goes on over\na line break, as copy does", "This sentence goes on over\na…"},
		{"not at a number", "A site costs 12.50 a month, all of it included", "A site costs 12.50 a month,…"},
		{"not in the first half", "No. This sentence has no end before the cut", "No. This sentence has no end…"},
		{"one long word", strings.Repeat("x", 60), strings.Repeat("x", 29) + "…"},
		{"emoji", strings.Repeat("😀", 40), strings.Repeat("😀", 14) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := cutAtSentence(c.body, 30)
			require.Equal(t, c.want, got)
			require.LessOrEqual(t, blocks.Length(got), 30)
		})
	}
}

func TestHeard(t *testing.T) {
	t.Parallel()

	for tally, want := range map[content.Tally]string{
		{}: "", {Works: 1}: "1 worked", {Fails: 3}: "3 didn't work", {Works: 1, Mixed: 2, Fails: 3}: "1 worked, 2 mixed, 3 didn't work",
	} {
		require.Equal(t, want, verdictWords(tally), fmt.Sprint(tally))
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()

	for id, want := range map[string]string{
		"": "marketing", "U0MIA": "<@U0MIA>", "W012A3CDE": "<@W012A3CDE>", "Ursula@x.example": "Ursula@x.example", "U<!channel>": "U&lt;!channel&gt;",
	} {
		require.Equal(t, want, person(id))
	}
}
