package content

import (
	"context"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/store"
)

// more shows the next page. The value is the offset and the words searched.
func (c *Room) more(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	at, text, _ := strings.Cut(r.Value, " ")
	offset, err := strconv.Atoi(at)
	if err != nil || offset < 0 {
		return nil, bot.Problemf("I've lost track of that search. Please type it again.")
	}
	return c.results(ctx, r, text, offset)
}

// share posts a piece where the person is, as their choice. It is noted first:
// whoever shared words hears when they are replaced.
func (c *Room) share(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := c.current(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	if err := c.Store.ShareAsset(ctx, r.Op, r.Channel, use(store.Shares, r.User, a, r.At)); err != nil {
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
func (c *Room) current(ctx context.Context, value string) (store.Served, error) {
	id, version, ok := store.ParseVersionRef(value)
	if !ok {
		return store.Served{}, bot.Problemf("I don't know which piece that was. Search for it again with `/content`.")
	}
	found, err := c.Store.Servable(ctx, id)
	if err != nil {
		return store.Served{}, err
	}
	if len(found) == 0 {
		return store.Served{}, c.whyNot(ctx, id)
	}
	if found[0].Version.Number != version {
		return store.Served{}, bot.Problemf("%s has a newer version by now. See it with `/content %s`.", id, id)
	}
	return found[0], nil
}
