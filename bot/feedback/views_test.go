package feedback

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// hostile is what people type who know Slack's markup, or who don't.
const hostile = "<!channel> <@U0ADA> *bold* _not_ ~struck~ `code` <https://evil.example|bank> & שלום 😀\n\n> quoted"

func served(title string) *content.Served {
	return &content.Served{Asset: content.Asset{ID: "C-999999999", Approved: 12}, Version: content.Version{Number: 12, Title: title}}
}

func TestFormView(t *testing.T) {
	t.Parallel()
	full := draft{
		words: "The CFO at Brackenmoor loved it", asset: served("A year paid for in four months"), verdict: content.Works,
		account: "Brackenmoor", importance: feedback.Dealbreaker,
		carried: carried{Permalink: "https://hushwatt.slack.com/archives/C1/p1?thread_ts=1&cid=C1", Said: "U0LEA", Competitor: "Voltquill", Persona: "cfo", Stage: "negotiation"},
	}
	suggested := full

	suggested.suggested, suggested.carried.Permalink = true, ""
	private := draft{words: "W", carried: carried{Permalink: full.carried.Permalink, Private: true}, note: "That message has <no> text."}
	longest := draft{
		words: strings.Repeat("😀", maxWords/2), asset: served(strings.Repeat("W", blocks.MaxHeader)), verdict: content.Fails,
		account: strings.Repeat("ש", maxName), suggested: true,
		carried: carried{
			Permalink: "https://hushwatt.slack.com/archives/" + strings.Repeat("C", 400), Said: "W" + strings.Repeat("0", 20), Private: true,
			Competitor: strings.Repeat("<", maxName), Persona: strings.Repeat("&", maxTerm), Stage: strings.Repeat("\"", maxTerm),
		},
	}
	for _, c := range []struct {
		name    string
		d       draft
		reading bool
	}{
		{"form_empty", draft{}, false},
		{"form", full, false},
		{"form_suggested", suggested, false},
		{"form_reading", draft{words: "Somebody liked something"}, true},
		{"form_reading_known", draft{words: "C-12 worked", asset: served("Pricing"), verdict: content.Works}, true},
		{"form_hostile", draft{words: hostile, account: hostile, asset: served(hostile), note: hostile, carried: carried{Competitor: hostile, Persona: hostile}}, false},
		{"form_private", private, false},
		{"form_longest", longest, false},
		{"form_too_long", draft{words: strings.Repeat("word ", maxWords)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			view, err := formView(c.d, c.reading)
			require.NoError(t, err)
			roomtest.Modal(t, c.name, view)
		})
	}
}

func TestCardView(t *testing.T) {
	t.Parallel()
	normal := feedback.Piece{
		ID: "F-7", Words: "They asked twice what it costs.", Verdict: content.Fails, Asset: "C-12", Version: 3, Account: "Brackenmoor",
		Competitor: "Voltquill", Persona: "cfo", Stage: "negotiation", Importance: feedback.Important, Reporter: "U0RAJ", Permalink: "https://hushwatt.slack.com/archives/C1/p1?thread_ts=1&cid=C1", Said: "U0LEA", Created: noon,
	}

	odd := normal
	odd.Words, odd.Account, odd.Competitor, odd.Verdict = hostile, hostile, hostile, content.Mixed
	longest := feedback.Piece{
		ID: "F-999999999", Words: strings.Repeat("<>&", maxWords/3), Verdict: content.Works, Asset: "C-999999999", Version: 999,
		Account: strings.Repeat("😀", maxName/2), Competitor: strings.Repeat("&", maxName), Reporter: "U0RAJ", Created: noon,
	}
	for _, c := range []struct {
		name  string
		piece feedback.Piece
		about content.Version
	}{
		{"card", normal, content.Version{Title: "Pricing in one line"}},
		{"card_minimal", feedback.Piece{ID: "F-1", Words: "W", Reporter: "U0RAJ", Created: noon}, content.Version{}},
		{"card_version_gone", feedback.Piece{ID: "F-2", Words: "W", Asset: "C-12", Version: 3, Reporter: "U0RAJ", Created: noon}, content.Version{}},
		{"card_hostile", odd, content.Version{Title: hostile}},
		{"card_longest", longest, content.Version{Title: strings.Repeat("W", blocks.MaxHeader)}},
		{"card_survey", feedback.Piece{ID: "F-4", Words: "W", Source: "survey <!channel>", Respondent: "9f", Created: noon, Edited: noon}, content.Version{}},
		{"card_deleted", feedback.Piece{ID: "F-5", Verdict: content.Fails, Created: noon, Deleted: noon}, content.Version{}},
		{"card_undone", feedback.Piece{ID: "F-6", Created: noon, Deleted: noon, Undone: true}, content.Version{}},
		{"card_no_words", feedback.Piece{ID: "F-3", Reporter: "U0RAJ", Verdict: content.Works, Created: noon}, content.Version{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			m := cardView(c.piece, c.about, feedback.Piece{}, "")
			if c.piece.IsDeleted() {
				m = goneView(c.piece)
			}

			roomtest.Message(t, c.name, &m)
		})
	}
}

func TestReceiptViews(t *testing.T) {
	t.Parallel()

	piece := feedback.Piece{ID: "F-7", Asset: "C-12", Verdict: content.Works}
	also := piece
	also.Competitor, also.Persona, also.Stage = hostile, "cfo", "demo"
	for name, m := range map[string]*bot.Message{
		"receipt":          receiptView(piece, ""),
		"receipt_note":     receiptView(piece, "C-12 has changed since; your feedback is kept with version 2, the one you used."),
		"receipt_also":     receiptView(also, ""),
		"receipt_click":    clickView(piece),
		"receipt_voiced":   saidView(piece),
		"receipt_late":     tooLateView(piece),
		"line_too_long":    tooLongView(strings.Repeat("😀 <!channel> ", 300)),
		"line_much_longer": tooLongView(strings.Repeat("<>&😀", 9_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			roomtest.Message(t, name, m)
		})
	}
}

func TestEditViews(t *testing.T) {
	t.Parallel()
	full := feedback.Piece{
		ID: "F-7", Words: "They asked twice.", Verdict: content.Fails, Importance: feedback.NiceToHave, Asset: "C-12", Version: 3, Account: "Brackenmoor",
		Competitor: "Voltquill", Persona: "cfo", Stage: "demo", Reporter: "U0RAJ",
	}
	roomtest.Modal(t, "edit", must(editView(full, content.Version{Title: "Pricing in one line"})))
	roomtest.Modal(t, "edit_click", must(editView(feedback.Piece{ID: "F-8", Verdict: content.Works, Asset: "C-12", Version: 3}, content.Version{})))
	roomtest.Modal(t, "delete", must(deleteView(full)))
	roomtest.Modal(t, "delete_hostile", must(deleteView(feedback.Piece{ID: "F-999999999", Words: strings.Repeat(hostile, 50)})))
}

func TestChoicesFitIntoAMenu(t *testing.T) {
	t.Parallel()

	for _, title := range []string{"Pricing", strings.Repeat("W", 150), hostile, "😀" + strings.Repeat("😀", 100)} {
		require.Equal(t, "C-999999999@12", choice(*served(title)).Value)
		roomtest.Modal(t, fmt.Sprintf("form_choice_%d", blocks.Length(title)), must(formView(draft{asset: served(title)}, false)))
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}

	return v
}
