package content

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/search"
)

func (c *Room) pickRoutes(rt *bot.Router) {
	rt.Options("content.pick", c.match)
	rt.Action("content.pick", c.picked)
}

const (
	// offered is how many of their own pieces a person is shown at once.
	offered = 4
	// menuSize is how many pieces the search box offers; Slack takes 100.
	menuSize = 20
)

// offer answers /content alone: what the person used lately and most, and a
// box to search in.
func (c *Room) offer(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	recent, often, err := c.own(ctx, r.User, offered)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Message: offerView(recent, often)}, nil
}

// own reads what a person used last, and what else they used most.
func (c *Room) own(ctx context.Context, user string, limit int) (recent, often []store.Served, err error) {
	if recent, err = c.Store.RecentUses(ctx, user, limit); err != nil {
		return nil, nil, err
	}
	if often, err = c.Store.OftenUsed(ctx, user, 2*limit); err != nil {
		return nil, nil, err
	}
	often = slices.DeleteFunc(often, func(a store.Served) bool {
		return slices.ContainsFunc(recent, func(b store.Served) bool { return b.ID == a.ID })
	})
	return recent, often[:min(limit, len(often))], nil
}

// match offers pieces in a search box: those that fit what was typed, or the
// person's own while nothing is.
func (c *Room) match(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := blocks.Cut(strings.TrimSpace(blocks.Clean(r.Text)), maxQuery)
	found, err := c.matches(ctx, r.User, text)
	if err != nil {
		return nil, err
	}
	reply := &bot.Reply{}
	for _, a := range found {
		reply.Choices = append(reply.Choices, pieceChoice(a))
	}
	return reply, nil
}

func (c *Room) matches(ctx context.Context, user, text string) ([]store.Served, error) {
	if id, ok := store.AssetID(text); ok {
		return c.Store.Servable(ctx, id)
	}
	if text == "" {
		if recent, often, err := c.own(ctx, user, menuSize/2); err != nil || len(recent) > 0 {
			return append(recent, often...), err
		}
	}
	q := search.ParseQuery(text)
	q.Limit = menuSize
	var ids []string
	for _, h := range c.Search.Search(q).Hits {
		ids = append(ids, h.ID)
	}
	return c.Store.Servable(ctx, ids...)
}

func pieceChoice(a store.Served) blocks.Choice {
	return blocks.Choice{Text: a.ID + " · " + a.Version.Title, Value: a.VersionRef()}
}

// picked shows the piece chosen in a search box, in the place of the box.
func (c *Room) picked(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, _, ok := store.ParseVersionRef(r.Value)
	if !ok {
		return nil, bot.Problemf("I don't know that piece. Please choose another.")
	}
	reply, err := c.one(ctx, r, id)
	if err != nil {
		return nil, err
	}
	reply.Replace = true
	return reply, nil
}

// offerView shows a person's own pieces with a search box.
func offerView(recent, often []store.Served) *bot.Message {
	box := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, blocks.PlainText("Search approved copy"), "content.pick")
	box.MinQueryLength = new(0)
	m := &bot.Message{
		Text:   "What do you need copy for? Type it, as in `/content pricing`.",
		Blocks: []slack.Block{blocks.Markdown("*What do you need copy for?* Choose here, or type it: `/content pricing`."), blocks.Actions(box)},
	}
	for _, list := range []struct {
		heading string
		pieces  []store.Served
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
