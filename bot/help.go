package bot

import (
	"context"
	"fmt"
	"strings"
)

// help lists every command; it is made from the routes. A word that is none
// gets the nearest one first.
func (rt *Router) help(_ context.Context, r *Request) (*Reply, error) {
	var b strings.Builder
	if word, _ := cutWord(r.Text); word != "" {
		fmt.Fprintf(&b, "I don't know *%s*.", Escape(Cut(word, 60)))
		if near := rt.nearest(Umbrella, word); near != "" {
			fmt.Fprintf(&b, " Did you mean `%s %s`?", Umbrella, near)
		}
		b.WriteString("\n\n")
	}
	b.WriteString("*Here is what you can type*\n")
	for _, c := range rt.commands() {
		if c.Name == Umbrella || c.Help == "" {
			continue
		}
		line := rt.slackName(c.Name)
		if c.Hint != "" {
			line += " " + c.Hint
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
	return &Reply{Message: &Message{Text: b.String()}}, nil
}
