package content

import (
	"context"

	"smarketer/bot"
	"smarketer/store/content"
)

// share posts a piece where the person is, as their choice. It is noted first:
// whoever shared words hears when they are replaced.
func (c *Room) share(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := c.current(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	if err := c.Assets.Share(ctx, r.Op, r.Channel, use(content.Shares, r.User, a, r.At)); err != nil {
		return nil, err
	}

	return &bot.Reply{Message: sharedView(a, r.User), InChannel: true}, nil
}

// whole shows all of a long piece.
func (c *Room) whole(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := c.current(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: wholeView(a)}, nil
}

// current reads the piece that a button was about, and refuses when it has
// been replaced since: nobody shares words that are no longer approved.
func (c *Room) current(ctx context.Context, value string) (content.Served, error) {
	id, version, ok := content.ParseVersionRef(value)
	if !ok {
		return content.Served{}, bot.Problemf("I don't know which piece that was. Search for it again with `/content`.")
	}

	found, err := c.Assets.Servable(ctx, id)
	if err != nil {
		return content.Served{}, err
	}

	if len(found) == 0 {
		return content.Served{}, c.whyNot(ctx, id)
	}

	if found[0].Version.Number != version {
		return content.Served{}, bot.Problemf("%s has a newer version by now. See it with `/content %s`.", id, id)
	}

	return found[0], nil
}

// now shows the words that are approved now.
func (c *Room) now(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return c.one(ctx, r, r.Value)
}
