package bot

import (
	"context"
	"slices"

	"github.com/slack-go/slack"
)

// Rooms write `/content pricing`, whatever that command is called in the
// workspace; its name is put in here, in one place, when a reply or a message is
// finished. The alternative, to hand the names to whatever writes a sentence,
// would be a parameter of some fifty views, and one that is easily forgotten.

// NameCommands has a message name commands as they are called in this
// workspace. What people wrote is not touched, as it is in plain or rich text.
func (rt *Router) NameCommands(m Message) Message {
	if rt.namer != nil {
		m.Text, m.Blocks = rt.namer.Replace(m.Text), rt.namedBlocks(m.Blocks)
	}

	return m
}

// nameCommands does the same for all that a reply shows.
func (rt *Router) nameCommands(reply *Reply) *Reply {
	if reply == nil || rt.namer == nil {
		return reply
	}

	named := *reply
	if reply.Message != nil {
		named.Message = new(rt.NameCommands(*reply.Message))
	}

	named.Modal, named.Update = rt.namedModal(reply.Modal), rt.namedModal(reply.Update)
	named.Home = rt.namedBlocks(reply.Home)
	if then := reply.Then; then != nil {
		named.Then = func(ctx context.Context) (*Reply, error) {
			more, err := then(ctx)
			return rt.nameCommands(more), err
		}
	}

	return &named
}

// named is the middleware that does this for every reply, and for what follows
// it.
func (rt *Router) named(next Handler) Handler {
	return func(ctx context.Context, r *Request) (*Reply, error) {
		reply, err := next(ctx, r)
		return rt.nameCommands(reply), err
	}
}

func (rt *Router) namedModal(m *Modal) *Modal {
	if m == nil {
		return nil
	}

	named := *m
	named.Blocks = rt.namedBlocks(m.Blocks)
	return &named
}

// namedBlocks are blocks with other names in their mrkdwn. Those that change
// are copied, as others may show the same blocks.
func (rt *Router) namedBlocks(blocks []slack.Block) []slack.Block {
	named := slices.Clone(blocks)
	for i, block := range named {
		switch b := block.(type) {
		case *slack.SectionBlock:
			section := *b
			section.Text = rt.namedText(b.Text)
			section.Fields = slices.Clone(b.Fields)
			for i, field := range section.Fields {
				section.Fields[i] = rt.namedText(field)
			}

			named[i] = &section
		case *slack.ContextBlock:
			context := *b
			context.ContextElements.Elements = slices.Clone(b.ContextElements.Elements)
			for i, element := range context.ContextElements.Elements {
				if text, ok := element.(*slack.TextBlockObject); ok {
					context.ContextElements.Elements[i] = rt.namedText(text)
				}
			}

			named[i] = &context
		}
	}

	return named
}

func (rt *Router) namedText(t *slack.TextBlockObject) *slack.TextBlockObject {
	if t == nil || t.Type != slack.MarkdownType {
		return t
	}

	named := *t
	named.Text = rt.namer.Replace(t.Text)
	return &named
}
