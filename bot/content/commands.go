package content

import (
	"context"
	"errors"
	"strings"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/search"
)

// Searcher finds servable assets.
type Searcher interface {
	Search(q search.Query) search.Results
	Ready() bool // whether the library has been loaded
}

// Room finds approved copy and hands it out.
type Room struct {
	Store   *store.Store
	Search  Searcher
	Counter *Counter
}

// page is how many pieces one answer shows: with copy, verdicts and buttons,
// three fill a screen and fit into an ack.
const page = 3

// Routes registers what the room does.
func (c *Room) Routes(rt *bot.Router) {
	rt.Command("/content", "<topic>", "Find approved copy for the moment you're in", c.find)
	rt.Action("content.more", c.more)
	rt.Action("content.share", c.share)
	rt.Action("content.whole", c.whole)
}

func (c *Room) find(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := strings.TrimSpace(bot.Clean(r.Text))
	if id, ok := store.AssetID(text); ok {
		return c.one(ctx, id)
	}
	switch {
	case text == "":
		return bot.Say("Tell me what you need copy for: `/content pricing`, or `/content for:cfo stage:negotiation discount`."), nil
	case bot.Length(text) > maxQuery:
		return nil, bot.Problemf("That is a long question. Please use up to %d characters: the topic, and who it is for.", maxQuery)
	}
	return c.results(ctx, text, 0)
}

// maxQuery bounds a search, in characters.
const maxQuery = 300

// one shows the asset with an ID.
func (c *Room) one(ctx context.Context, id string) (*bot.Reply, error) {
	found, err := c.Store.Servable(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, c.whyNot(ctx, id)
	}
	c.Counter.Add("pulls", found...)
	return &bot.Reply{Message: oneView(found[0])}, nil
}

// whyNot says why an asset can't be handed out.
func (c *Room) whyNot(ctx context.Context, id string) error {
	a, err := c.Store.Asset(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return bot.Problemf("There is no %s. Search by topic instead: `/content pricing`.", id)
	}
	if err != nil {
		return err
	}
	if a.Approved == 0 {
		return bot.Problemf("%s has no approved version, so I can't hand it out. Ask %s about it.", id, person(a.Owner))
	}
	return bot.Problemf("The approval of %s has run out. Ask %s whether it is still right.", id, person(a.Owner))
}

// results shows a page of what a search finds.
func (c *Room) results(ctx context.Context, text string, offset int) (*bot.Reply, error) {
	if !c.Search.Ready() {
		return nil, bot.Problemf("Search is starting. Please try again in a few seconds.")
	}
	q := search.ParseQuery(text)
	q.Limit, q.Offset = page, offset
	got := c.Search.Search(q)
	ids := make([]string, len(got.Hits))
	for i, h := range got.Hits {
		ids[i] = h.ID
	}
	// The index may be a moment behind: what people see is read from the store.
	found, err := c.Store.Servable(ctx, ids...)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && offset > 0 {
		return nil, bot.Problemf("That was all there is for “%s”: the library has changed since you searched.", bot.Escape(text))
	}
	if len(found) == 0 {
		return &bot.Reply{Message: nothingView(text)}, nil
	}
	c.Counter.Add("pulls", found...)
	next := 0
	if shown := offset + len(got.Hits); shown < got.Total {
		next = shown
	}
	return &bot.Reply{Message: resultsView(text, found, got.Total, next)}, nil
}
