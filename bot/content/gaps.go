package content

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/search"
)

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
func (c *Room) recordGap(ctx context.Context, r *bot.Request, q search.Query, text string) *content.Gap {
	key := c.Search.Key(q)
	if key == "" {
		return nil
	}

	ctx, cancel := context.WithTimeout(ctx, gapWithin)
	defer cancel()
	gap, err := c.Assets.RecordGap(ctx, r.Op, content.Search{Key: key, Words: blocks.Cut(text, maxGapWords), By: r.User, Channel: r.Channel})
	if err != nil && !errors.Is(err, errs.ErrDuplicate) {
		c.Log.DebugContext(ctx, "a gap was not noted", "error", err)
		return nil
	}

	return &gap
}

// withAnswer puts the asset in front with which marketing closed the gap: other
// words may lead to it than those that people look for.
func (c *Room) withAnswer(ctx context.Context, found []content.Served, gap *content.Gap) []content.Served {
	if gap == nil || gap.Status != content.GapClosed {
		return found
	}

	answer, err := c.Assets.Servable(ctx, gap.Asset)
	if err != nil || len(answer) == 0 {
		return found
	}

	found = slices.DeleteFunc(found, func(a content.Served) bool { return a.ID == gap.Asset })
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
	gaps, total, err := c.Assets.OpenGaps(ctx, offset, gapPage)
	if err != nil {
		return nil, err
	}

	answers := map[string]content.Served{}
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
func (c *Room) byNow(ctx context.Context, g content.Gap) (*content.Served, error) {
	if !c.Search.Ready() {
		return nil, nil
	}

	q := search.ParseQuery(g.Words)
	q.Limit = 1
	got := c.Search.Search(q)
	if got.Weak() || len(got.Hits) == 0 {
		return nil, nil
	}

	served, err := c.Assets.Servable(ctx, got.Hits[0].ID)
	if err != nil || len(served) == 0 {
		return nil, err
	}

	return &served[0], nil
}

// ask passes a gap on to marketing, in the name of the person.
func (c *Room) ask(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.Assets.AskForGap(ctx, r.Op, r.Value, r.User, "", c.Channel)
	if err != nil {
		return nil, gapError(g, err)
	}

	return &bot.Reply{Message: gapAskedView(g)}, nil
}

// context opens a line for what the copy is needed for.
func (c *Room) context(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.Assets.Gap(ctx, r.Value)
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

	g, err := c.Assets.AskForGap(ctx, r.Op, r.Data, r.User, note, c.Channel)
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
		return "", &errs.Invalid{Field: field, Message: missing}
	case blocks.Length(text) > most:
		return "", &errs.Invalid{Field: field, Message: "please use up to " + strconv.Itoa(most) + " characters"}
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
	asset, _, ok := content.ParseVersionRef(r.Form.Text("asset"))
	if !ok {
		return nil, &errs.Invalid{Field: "asset", Message: "please choose the copy that answers it"}
	}

	g, err := c.Assets.CloseGap(ctx, r.Op, r.Data, r.User, asset, c.Channel)
	if err != nil {
		return nil, gapError(g, err)
	}

	return &bot.Reply{Message: endedView(g)}, nil
}

// writeForGap opens the form for new copy that closes a gap once it is
// approved.
func (c *Room) writeForGap(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	g, err := c.openGap(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	title := blocks.Cut(search.ParseQuery(g.Words).Text, blocks.MaxHeader)
	return c.form(writing{version: content.Version{Title: title}, origin: origin{Gap: g.ID}})
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

	g, err := c.Assets.DeclineGap(ctx, r.Op, r.Data, r.User, reason, c.Channel)
	if err != nil {
		return nil, gapError(g, err)
	}

	return &bot.Reply{Message: endedView(g)}, nil
}

// openGap reads a gap that somebody wants to end.
func (c *Room) openGap(ctx context.Context, id string) (content.Gap, error) {
	g, err := c.Assets.Gap(ctx, id)
	if err == nil && g.Status != content.GapOpen {
		err = errs.ErrConflict
	}

	if err != nil {
		return g, gapError(g, err)
	}

	return g, nil
}

// gapError says why a gap can't be changed.
func gapError(g content.Gap, err error) error {
	switch {
	case errors.Is(err, errs.ErrNotFound):
		return bot.Problemf("I don't know that gap any more. Please search again with `/content`.")
	case errors.Is(err, errs.ErrConflict) && g.Status == content.GapClosed:
		return bot.Problemf("%s has closed %s with %s. See it with `/content %s`.", person(g.By), g.ID, g.Asset, g.Asset)
	case errors.Is(err, errs.ErrConflict) && g.Status == content.GapDeclined:
		return bot.Problemf("%s has declined %s: %s", person(g.By), g.ID, blocks.Escape(g.Reason))
	}

	return err
}
