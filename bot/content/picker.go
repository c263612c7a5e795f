package content

import (
	"context"
	"slices"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/search"
)

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
func (c *Room) own(ctx context.Context, user string, limit int) (recent, often []content.Served, err error) {
	if recent, err = c.Assets.RecentUses(ctx, user, limit); err != nil {
		return nil, nil, err
	}

	if often, err = c.Assets.OftenUsed(ctx, user, 2*limit); err != nil {
		return nil, nil, err
	}

	often = slices.DeleteFunc(often, func(a content.Served) bool {
		return slices.ContainsFunc(recent, func(b content.Served) bool { return b.ID == a.ID })
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

func (c *Room) matches(ctx context.Context, user, text string) ([]content.Served, error) {
	if id, ok := content.AssetID(text); ok {
		return c.Assets.Servable(ctx, id)
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

	return c.Assets.Servable(ctx, ids...)
}

func pieceChoice(a content.Served) blocks.Choice {
	return blocks.Choice{Text: a.ID + " · " + a.Version.Title, Value: a.VersionRef()}
}

// picked shows the piece chosen in a search box, in the place of the box.
func (c *Room) picked(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, _, ok := content.ParseVersionRef(r.Value)
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
