package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot/blocks"
)

// help lists every command. A word that is none
// gets the nearest one first.
func (rt *Router) help(_ context.Context, r *Request) (*Reply, error) {
	var b strings.Builder
	if word, _ := cutWord(r.Text); word != "" {
		fmt.Fprintf(&b, "I don't know *%s*.", blocks.Escape(blocks.Cut(word, 60)))
		if near := rt.nearest(Umbrella, word); near != "" {
			fmt.Fprintf(&b, " Did you mean `%s %s`?", Umbrella, near)
		}

		b.WriteString("\n\n")
	}

	b.WriteString(rt.overview())
	return &Reply{Message: &Message{Text: b.String()}}, nil
}

// Home answers the event app_home_opened with the app's Home tab: what people
// can do with it.
func (rt *Router) Home(_ context.Context, r *Request) (*Reply, error) {
	if r.Value != "home" { // another tab of the app
		return nil, nil
	}

	return &Reply{Home: []slack.Block{
		blocks.Header("Sales and marketing, one team"),
		blocks.Markdown("Tell marketing what landed, get approved copy in a second, and claim leads worth your time."),
		slack.NewDividerBlock(),
		blocks.Markdown(rt.overview()),
	}}, nil
}

// overview lists what people can type and choose.
func (rt *Router) overview() string {
	var b strings.Builder
	b.WriteString("*Here is what you can type*\n")
	for _, c := range rt.commands() {
		if c.Name == Umbrella || c.Help == "" {
			continue
		}

		line := rt.slackName(c.Name)
		if c.Hint != "" {
			line += " " + blocks.Escape(c.Hint)
		}

		fmt.Fprintf(&b, "• `%s` – %s", line, c.Help)
		if c.role != "" {
			fmt.Fprintf(&b, " _(%s)_", c.role)
		}

		b.WriteString("\n")
	}

	if len(rt.routes[Shortcut]) > 0 {
		b.WriteString("\n*From any message*, under “More actions”\n")
		for _, s := range rt.shortcuts() {
			fmt.Fprintf(&b, "• %s\n", s.Help)
		}
	}

	fmt.Fprintf(&b, "\nIf another app has one of these names, put `%s` in front: `%s content pricing`.", Umbrella, Umbrella)
	return b.String()
}
