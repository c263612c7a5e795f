package content

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/search"
)

func (c *Room) gapRoutes(rt *bot.Router) {
	rt.Command("/content gaps", "", "What people looked for and didn't find", c.gaps).Only(store.Marketing).Alone()
	rt.Action("gap.more", c.moreGaps).Only(store.Marketing)
	rt.Action("gap.ask", c.ask)
	rt.Action("gap.context", c.context)
	rt.Submit("gap.context.form", c.addContext)
	rt.Action("gap.close", c.closing).Only(store.Marketing)
	rt.Submit("gap.close.form", c.closeGap).Only(store.Marketing)
	rt.Action("gap.write", c.writeForGap).Only(store.Marketing)
	rt.Action("gap.decline", c.declining).Only(store.Marketing)
	rt.Submit("gap.decline.form", c.declineGap).Only(store.Marketing)
	rt.Card("gap", c.gapCard)
	rt.Timer(store.GapAnsweredTimer, c.Store.TellAskers)
}

const (
	// gapWithin bounds how long noting a gap may hold up an answer.
	gapWithin = 300 * time.Millisecond
	// gapPage is how many gaps one answer shows.
	gapPage = 5
	// maxGapWords is how much of a search a gap shows, in characters.
	maxGapWords = 300
	// maxContext and maxReason bound what people add, in characters.
	maxContext = 300
	maxReason  = 300
)

// recordGap notes a search that found nothing, or nothing that is likely to be
// meant. The answer never waits long for it and never fails by it: without a
// gap, which nil says, there is only nobody to ask.
func (c *Room) recordGap(ctx context.Context, r *bot.Request, q search.Query, text string) *store.Gap {
	key := c.Search.Key(q)
	if key == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, gapWithin)
	defer cancel()
	gap, err := c.Store.RecordGap(ctx, r.Op, store.Search{Key: key, Words: blocks.Cut(text, maxGapWords), By: r.User, Channel: r.Channel})
	if err != nil && !errors.Is(err, store.ErrDuplicate) {
		c.Log.DebugContext(ctx, "a gap was not noted", "error", err)
		return nil
	}
	return &gap
}

// withAnswer puts the asset in front with which marketing closed the gap: other
// words may lead to it than those that people look for.
func (c *Room) withAnswer(ctx context.Context, found []store.Served, gap *store.Gap) []store.Served {
	if gap == nil || gap.Status != store.GapClosed {
		return found
	}
	answer, err := c.Store.Servable(ctx, gap.Asset)
	if err != nil || len(answer) == 0 {
		return found
	}
	found = slices.DeleteFunc(found, func(a store.Served) bool { return a.ID == gap.Asset })
	return slices.Insert(found[:min(len(found), page-1)], 0, answer[0])
}

// gaps lists what people looked for in vain.
func (c *Room) gaps(ctx context.Context, _ *bot.Request) (*bot.Reply, error) {
	return c.gapsFrom(ctx, 0)
}

func (c *Room) moreGaps(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	offset, err := strconv.Atoi(r.Value)
	if err != nil || offset < 0 {
		return nil, bot.Problemf("I've lost track of that list. Please type `/content gaps` again.")
	}
	return c.gapsFrom(ctx, offset)
}

func (c *Room) gapsFrom(ctx context.Context, offset int) (*bot.Reply, error) {
	gaps, total, err := c.Store.OpenGaps(ctx, offset, gapPage)
	if err != nil {
		return nil, err
	}
	answers := map[string]store.Served{}
	for _, g := range gaps {
		if a, err := c.byNow(ctx, g); err != nil {
			return nil, err
		} else if a != nil {
			answers[g.ID] = *a
		}
	}
	return &bot.Reply{Message: gapsView(gaps, answers, offset, total)}, nil
}

// byNow is what a search for the gap's words finds by now; nil for nothing, or
// nothing that is likely to be meant.
func (c *Room) byNow(ctx context.Context, g store.Gap) (*store.Served, error) {
	if !c.Search.Ready() {
		return nil, nil
	}
	q := search.ParseQuery(g.Words)
	q.Limit = 1
	got := c.Search.Search(q)
	if got.Weak() || len(got.Hits) == 0 {
		return nil, nil
	}
	served, err := c.Store.Servable(ctx, got.Hits[0].ID)
	if err != nil || len(served) == 0 {
		return nil, err
	}
	return &served[0], nil
}

// ask passes a gap on to marketing, in the name of the person.
func (c *Room) ask(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.Store.AskForGap(ctx, r.Op, r.Value, r.User, "", c.Desk.Channel)
	if err != nil {
		return nil, gapError(g, err)
	}
	return &bot.Reply{Message: askedView(g)}, nil
}

// context opens a line for what the copy is needed for.
func (c *Room) context(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.Store.Gap(ctx, r.Value)
	if err != nil {
		return nil, gapError(g, err)
	}
	return &bot.Reply{Modal: contextForm(g)}, nil
}

func (c *Room) addContext(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	note, err := lineIn(r, "context", "please say in a line what you need it for", maxContext)
	if err != nil {
		return nil, err
	}
	g, err := c.Store.AskForGap(ctx, r.Op, r.Data, r.User, note, c.Desk.Channel)
	if err != nil {
		return nil, gapError(g, err)
	}
	return bot.Say("Thank you, marketing sees it with %s.", g.ID), nil
}

// lineIn reads a line that a form asks for.
func lineIn(r *bot.Request, field, missing string, most int) (string, error) {
	text := oneLine(r.Form.Text(field))
	switch {
	case text == "":
		return "", &store.Invalid{Field: field, Message: missing}
	case blocks.Length(text) > most:
		return "", &store.Invalid{Field: field, Message: "please use up to " + strconv.Itoa(most) + " characters"}
	}
	return text, nil
}

// closing opens the form to choose what answers a gap, with what search finds
// by now.
func (c *Room) closing(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.openGap(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	a, err := c.byNow(ctx, g)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: closeForm(g, a)}, nil
}

func (c *Room) closeGap(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	asset, _, ok := store.ParseVersionRef(r.Form.Text("asset"))
	if !ok {
		return nil, &store.Invalid{Field: "asset", Message: "please choose the copy that answers it"}
	}
	return c.endGap(ctx, r, asset, "")
}

// writeForGap opens the form for new copy that closes a gap once it is
// approved.
func (c *Room) writeForGap(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.openGap(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	title := blocks.Cut(search.ParseQuery(g.Words).Text, blocks.MaxHeader)
	return c.form(writing{version: store.Version{Title: title}, origin: origin{Gap: g.ID}})
}

// declining opens the form to say why a gap stays open.
func (c *Room) declining(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.openGap(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: declineForm(g)}, nil
}

func (c *Room) declineGap(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	reason, err := lineIn(r, "reason", "please say why, for those who asked", maxReason)
	if err != nil {
		return nil, err
	}
	return c.endGap(ctx, r, "", reason)
}

func (c *Room) endGap(ctx context.Context, r *bot.Request, asset, reason string) (*bot.Reply, error) {
	g, err := c.Store.CloseGap(ctx, r.Op, r.Data, r.User, asset, reason, c.Desk.Channel)
	if err != nil {
		return nil, gapError(g, err)
	}
	return &bot.Reply{Message: endedView(g)}, nil
}

// openGap reads a gap that somebody wants to end.
func (c *Room) openGap(ctx context.Context, id string) (store.Gap, error) {
	g, err := c.Store.Gap(ctx, id)
	if err == nil && g.Status != store.GapOpen {
		err = store.ErrConflict
	}
	if err != nil {
		return g, gapError(g, err)
	}
	return g, nil
}

// gapError says why a gap can't be changed.
func gapError(g store.Gap, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return bot.Problemf("I don't know that gap any more. Please search again with `/content`.")
	case errors.Is(err, store.ErrConflict) && g.Status == store.GapClosed:
		return bot.Problemf("%s has closed %s with %s. See it with `/content %s`.", person(g.By), g.ID, g.Asset, g.Asset)
	case errors.Is(err, store.ErrConflict) && g.Status == store.GapDeclined:
		return bot.Problemf("%s has declined %s: %s", person(g.By), g.ID, blocks.Escape(g.Reason))
	}
	return err
}

// gapCard shows a gap to marketing, or to somebody who asked what became of it.
func (c *Room) gapCard(ctx context.Context, card bot.Card) (bot.Message, error) {
	g, err := c.Store.Gap(ctx, card.ID)
	if err != nil {
		return bot.Message{}, err
	}
	if !strings.HasPrefix(card.Part, "answer") {
		return gapView(g), nil
	}
	var answer *store.Served
	if g.Status == store.GapClosed {
		served, err := c.Store.Servable(ctx, g.Asset)
		if err != nil {
			return bot.Message{}, err
		}
		if len(served) > 0 {
			answer = &served[0]
		}
	}
	return answerView(g, answer), nil
}
