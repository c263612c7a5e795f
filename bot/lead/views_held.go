package lead

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

func heldView(leads []lead.Lead, after, all int) *bot.Message {
	if len(leads) == 0 {
		return &bot.Message{Text: "No lead is held back. Every one that came in went to sales."}
	}

	title := fmt.Sprintf("*%d leads are held back.* They don't meet the rules, so sales doesn't see them.", all)
	if all == 1 {
		title = "*One lead is held back.* It doesn't meet the rules, so sales doesn't see it."
	}

	m := &bot.Message{Text: title, Blocks: []slack.Block{blocks.Markdown(title)}}
	for _, l := range leads {
		line := fmt.Sprintf("*%s* %s · from %s · %s", l.ID, blocks.Escape(blocks.Cut(who(l), maxName)), blocks.Escape(blocks.Cut(l.Source, maxName)), blocks.Day(l.Created))
		why := "Held: " + strings.Join(l.Reasons, "; ")
		m.Text += "\n• " + line + "\n   " + blocks.Escape(blocks.Cut(why, 300))
		menu := blocks.Overflow(blocks.Choice{Text: "Promote…", Value: blocks.To("lead.promote", l.ID)}, blocks.Choice{Text: "Look", Value: blocks.To("lead.look", l.ID)})
		m.Blocks = append(m.Blocks, beside(blocks.Markdown(line), menu), blocks.Words(blocks.Cut(why, 500)))
	}

	m.Blocks = append(m.Blocks, earlier("lead.held", after+len(leads), all)...)

	return m
}

// wayView tells how a lead found its way to sales, where there is something to
// tell.
func wayView(l lead.Lead) []slack.Block {
	var body []slack.Block
	if p := l.Promotion; p != nil {
		body = append(body, blocks.Context(fmt.Sprintf("Promoted by <@%s>:", p.By)), blocks.Words("“"+p.Reason+"”"))
	}

	var notes []string
	if l.RouteNote != "" {
		notes = append(notes, l.RouteNote)
	}

	if l.AddedBy != "" {
		notes = append(notes, fmt.Sprintf("Added by <@%s>.", l.AddedBy))
	}

	if len(notes) > 0 {
		body = append(body, blocks.Context(strings.Join(notes, " ")))
	}

	return body
}
