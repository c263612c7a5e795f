package content

import (
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// offerView shows a person's own pieces with a search box.
func offerView(recent, often []content.Served) *bot.Message {
	box := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, blocks.PlainText("Search approved copy"), "content.pick")
	box.MinQueryLength = new(0)
	m := &bot.Message{
		Text:   "What do you need copy for? Type it, as in `/content pricing`.",
		Blocks: []slack.Block{blocks.Markdown("*What do you need copy for?* Choose here, or type it: `/content pricing`."), blocks.Actions(box)},
	}

	for _, list := range []struct {
		heading string
		pieces  []content.Served
	}{{"You used these last", recent}, {"You use these often", often}} {
		if len(list.pieces) == 0 {
			continue
		}

		m.Text += fmt.Sprintf(" %s: %s.", list.heading, titles(list.pieces))
		parts := []slack.RichTextSectionElement{blocks.Bold(list.heading)}
		for _, a := range list.pieces {
			parts = append(parts, blocks.Run(fmt.Sprintf("\n%s · %s", a.ID, a.Version.Title)))
		}

		m.Blocks = append(m.Blocks, blocks.Line(parts...))
	}

	m.Blocks = append(m.Blocks, blocks.Context("Narrow it down with `for:cfo`, `stage:negotiation`, `kind:email`, `industry:retail` or `channel:linkedin`. Copy that names nobody in particular fits everybody, and comes after copy that does."))
	return m
}
