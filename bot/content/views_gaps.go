package content

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// nothingView says that nothing was found, and who can change that; gap is nil
// when it couldn't be noted.
func nothingView(query string, gap *content.Gap) *bot.Message {
	text := fmt.Sprintf("There is no approved copy for “%s” yet. Try fewer or other words: a topic such as *pricing*, a persona such as *for:cfo*, or a kind such as *kind:email*.", blocks.Escape(named(query)))
	switch {
	case gap == nil:
		return &bot.Message{Text: text}
	case gap.Status == content.GapDeclined:
		text += fmt.Sprintf(" %s decided not to write it: %s", person(gap.By), blocks.Escape(gap.Reason))
		return &bot.Message{Text: text}
	}

	return &bot.Message{Text: text, Blocks: []slack.Block{blocks.Markdown(text), blocks.Actions(askButton(*gap))}}
}

func askButton(g content.Gap) *slack.ButtonBlockElement {
	return blocks.Button("gap.ask", g.ID, "Ask marketing")
}

// weakBlocks follow results that are hardly what was meant.
func weakBlocks(gap *content.Gap) []slack.Block {
	if gap == nil || gap.Status != content.GapOpen {
		return nil
	}

	ask := blocks.Markdown("Not what you were looking for? Marketing can write it.")
	ask.Accessory = slack.NewAccessory(askButton(*gap))
	return []slack.Block{slack.NewDividerBlock(), ask}
}

func gapAskedView(g content.Gap) *bot.Message {
	text := fmt.Sprintf("Marketing has it as *%s*. I'll write to you when there is copy for “%s”.", g.ID, blocks.Escape(g.Words))
	return &bot.Message{Text: text, Blocks: []slack.Block{
		blocks.Markdown(text), blocks.Actions(blocks.Button("gap.context", g.ID, "Say what for…")),
	}}
}

func contextForm(g content.Gap) *bot.Modal {
	return &bot.Modal{
		Name: "gap.context.form", Title: "Ask marketing", Submit: "Send", Data: g.ID,
		Blocks: []slack.Block{blocks.TextInput("context", "What do you need it for?", "", maxContext, false)},
	}
}

// gapsView lists open gaps; answers are what search finds for them by now.
func gapsView(gaps []content.Gap, answers map[string]content.Served, offset, total int) *bot.Message {
	if len(gaps) == 0 {
		return &bot.Message{Text: "There are no gaps: everything that people looked for was found."}
	}

	m := &bot.Message{}
	var spoken []string
	for i, g := range gaps {
		if i > 0 {
			m.Blocks = append(m.Blocks, slack.NewDividerBlock())
		}

		spoken = append(spoken, fmt.Sprintf("“%s” (%s): %s", blocks.Escape(g.Words), g.ID, wanted(g)))
		m.Blocks = append(m.Blocks, gapBlocks(g)...)
		if a, ok := answers[g.ID]; ok {
			m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("Search finds %s by now: %s", a.ID, blocks.Escape(a.Version.Title))))
		}

		m.Blocks = append(m.Blocks, gapActions(g))
	}

	m.Text = "What people looked for and didn't find: " + strings.Join(spoken, "; ")
	if next := offset + len(gaps); next < total {
		m.Blocks = append(m.Blocks, slack.NewDividerBlock(),
			blocks.Actions(blocks.Button("gap.more", fmt.Sprint(next), fmt.Sprintf("More (%d left)", total-next))))
	}

	return m
}

// gapBlocks show a gap: the words, who wants it, and what for.
func gapBlocks(g content.Gap) []slack.Block {
	body := []slack.Block{
		blocks.Line(blocks.Bold("“"+g.Words+"”"), blocks.Run("\n"+wanted(g))),
		blocks.Context(gapFacts(g)),
	}

	for _, n := range g.Notes[:min(3, len(g.Notes))] {
		body = append(body, blocks.Line(slack.NewRichTextSectionUserElement(n.By, nil), blocks.Run(": "+n.Text)))
	}

	return body
}

// wanted says how much a gap is wanted.
func wanted(g content.Gap) string {
	text := fmt.Sprintf("searched %s by %s", blocks.Count(g.Searches, "once", "times"), blocks.Count(g.People, "one person", "people"))
	if g.Asked > 0 {
		text = fmt.Sprintf("%s asked, %s", blocks.Count(g.Asked, "one person", "people"), text)
	}

	return text
}

func gapFacts(g content.Gap) string {
	facts := []string{g.ID, "last " + blocks.Time(g.Last)}
	var places []string
	for _, id := range g.Channels {
		if strings.HasPrefix(id, "C") {
			places = append(places, "<#"+id+">")
		}
	}

	if len(places) > 0 {
		facts = append(facts, "in "+strings.Join(places, ", "))
	}

	return strings.Join(facts, " · ")
}

func gapActions(g content.Gap) *slack.ActionBlock {
	return blocks.Actions(
		blocks.Button("gap.close", g.ID, "Close with copy…"),
		blocks.Button("gap.write", g.ID, "Write it"),
		blocks.Overflow(blocks.Choice{Text: "Decline…", Value: blocks.To("gap.decline", g.ID)}),
	)
}

func closeForm(g content.Gap, found *content.Served) *bot.Modal {
	initial := blocks.Choice{}
	if found != nil {
		initial = pieceChoice(*found)
	}

	return &bot.Modal{
		Name: "gap.close.form", Title: "Close " + g.ID, Submit: "Close it", Data: g.ID,
		Blocks: []slack.Block{
			blocks.Search("asset", "content.pick", "Which copy answers it?", "Search approved copy", initial, false),
			blocks.Context(toldWords(g)),
		},
	}
}

func declineForm(g content.Gap) *bot.Modal {
	return &bot.Modal{
		Name: "gap.decline.form", Title: "Decline " + g.ID, Submit: "Decline", Data: g.ID,
		Blocks: []slack.Block{
			blocks.TextInput("reason", "Why?", "", maxReason, false),
			blocks.Context(toldWords(g)),
		},
	}
}

func toldWords(g content.Gap) string {
	if g.Asked == 0 {
		return "Nobody has asked for it, so nobody is told."
	}

	return fmt.Sprintf("I'll tell %s who asked.", blocks.Count(g.Asked, "the one person", "people"))
}

func endedView(g content.Gap) *bot.Message {
	what := "closed with " + g.Asset
	if g.Status == content.GapDeclined {
		what = "declined"
	}

	return &bot.Message{Text: fmt.Sprintf("%s is %s. %s", g.ID, what, toldWords(g))}
}

// gapView is the card of a gap that somebody asked for. Once it has ended, it
// says so where it stands, and is posted nowhere.
func gapView(g content.Gap) bot.Message {
	if g.Status == content.GapOpen {
		return bot.Message{
			Text:   fmt.Sprintf("Copy is wanted for “%s”: %s", blocks.Escape(g.Words), wanted(g)),
			Blocks: append(append([]slack.Block{blocks.Markdown("*Copy is wanted*")}, gapBlocks(g)...), gapActions(g)),
		}
	}

	ended := fmt.Sprintf("%s declined it: %s", person(g.By), blocks.Escape(g.Reason))
	if g.Status == content.GapClosed {
		ended = fmt.Sprintf("%s closed it with %s.", person(g.By), g.Asset)
	}

	return bot.Message{
		UpdateOnly: true,
		Text:       fmt.Sprintf("Copy was wanted for “%s” (%s). %s", blocks.Escape(g.Words), g.ID, ended),
		Blocks: []slack.Block{
			blocks.Line(blocks.Run("Copy was wanted for “" + g.Words + "”")), blocks.Context(g.ID + " · " + ended),
		},
	}
}

// answerView tells somebody who asked what became of a gap.
func answerView(g content.Gap, answer *content.Served) bot.Message {
	switch {
	case answer != nil:
		m := bot.Message{
			Text:   fmt.Sprintf("You asked for copy for “%s”. There is some now: %s", blocks.Escape(g.Words), titles([]content.Served{*answer})),
			Blocks: []slack.Block{blocks.Line(blocks.Run("You asked for copy for “" + g.Words + "”. There is some now."))},
		}
		m.Blocks = append(m.Blocks, pieceBlocks(*answer, excerpt)...)
		return m
	case g.Status == content.GapDeclined:
		text := fmt.Sprintf("You asked for copy for “%s”. %s decided not to write it: %s", blocks.Escape(g.Words), person(g.By), blocks.Escape(g.Reason))
		return bot.Message{Text: text}
	}

	return bot.Message{Text: fmt.Sprintf("You asked for copy for “%s”. Marketing is at work on it again.", blocks.Escape(g.Words))}
}
