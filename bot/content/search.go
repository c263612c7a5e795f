package content

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/search"
)

// page is how many pieces one answer shows: with copy, verdicts and buttons,
// three fill a screen and fit into an ack.
const page = 3

// search answers /content: by topic, by ID, or with nothing after it.
func (c *Room) search(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := strings.TrimSpace(blocks.Clean(r.Text))
	if id, ok := content.AssetID(text); ok {
		return c.one(ctx, r, id)
	}

	switch {
	case text == "":
		return c.offer(ctx, r)
	case blocks.Length(text) > maxQuery:
		return nil, bot.Problemf("That is a long question. Please use up to %d characters: the topic, and who it is for.", maxQuery)
	}

	return c.results(ctx, r, text, 0)
}

// maxQuery bounds a search, in characters.
const maxQuery = 1000

// named is a search as it is named in an answer: a long question in part.
func named(query string) string { return blocks.Cut(query, 200) }

// one shows the asset with an ID.
func (c *Room) one(ctx context.Context, r *bot.Request, id string) (*bot.Reply, error) {
	found, err := c.Assets.Servable(ctx, id)
	if err != nil {
		return nil, err
	}

	if len(found) == 0 {
		return nil, c.whyNot(ctx, id)
	}

	c.Counter.Pulled(r.User, found...)
	return &bot.Reply{Message: oneView(found[0])}, nil
}

// whyNot says why an asset can't be handed out.
func (c *Room) whyNot(ctx context.Context, id string) error {
	a, err := c.Assets.Asset(ctx, id)
	if err != nil {
		return noAsset(id, err)
	}

	if a.Approved == 0 {
		return bot.Problemf("%s has no approved version, so I can't hand it out. Ask %s about it.", id, person(a.Owner))
	}

	return bot.Problemf("The approval of %s has run out. Ask %s whether it is still right.", id, person(a.Owner))
}

// noAsset says to a person that there is no asset with an ID, where that is what
// the error says.
func noAsset(id string, err error) error {
	if errors.Is(err, errs.ErrNotFound) {
		return bot.Problemf("There is no %s. Search by topic instead: `/content pricing`.", id)
	}

	return err
}

// results shows a page of what a search finds.
func (c *Room) results(ctx context.Context, r *bot.Request, text string, offset int) (*bot.Reply, error) {
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
	found, err := c.Assets.Servable(ctx, ids...)
	if err != nil {
		return nil, err
	}

	if len(found) == 0 && offset > 0 {
		return nil, bot.Problemf("That was all there is for “%s”: the library has changed since you searched.", blocks.Escape(named(text)))
	}

	var gap *content.Gap
	if offset == 0 && (got.Weak() || len(found) == 0) {
		gap = c.recordGap(ctx, r, q, text)
		found = c.withAnswer(ctx, found, gap)
	}

	if len(found) == 0 {
		return &bot.Reply{Message: nothingView(text, gap)}, nil
	}

	c.Counter.Pulled(r.User, found...)
	weak := got.Weak() && (gap == nil || gap.Status != content.GapClosed)
	next := 0
	if shown := offset + len(got.Hits); shown < got.Total {
		next = shown
	}

	return &bot.Reply{Message: resultsView(text, found, got.Total, next, weak, gap)}, nil
}

// more shows the next page. The value is the offset and the words searched.
func (c *Room) more(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	at, text, _ := strings.Cut(r.Value, " ")
	offset, err := strconv.Atoi(at)
	if err != nil || offset < 0 {
		return nil, bot.Problemf("I've lost track of that search. Please type it again.")
	}

	return c.results(ctx, r, text, offset)
}
