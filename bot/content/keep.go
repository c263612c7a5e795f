package content

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// keepRoutes registers what keeps copy true.
func (c *Room) keepRoutes(rt *bot.Router) {
	rt.Command("/content review", "", "Copy that marketing should look at", c.reviews).Only(store.Marketing).Alone()
	rt.Command("/content retire", "C-12", "Take a piece out of use", c.retireCommand).Only(store.Marketing)
	rt.Action("content.reviews", c.reviews).Only(store.Marketing)
	rt.Action("content.keep", c.stillRight).Only(store.Marketing)
	rt.Action("content.retire", c.retireForm).Only(store.Marketing)
	rt.Submit("content.retire", c.retire).Only(store.Marketing)
	rt.Action("content.flag", c.flagForm)
	rt.Submit("content.flag", c.flag)
	rt.Action("content.now", c.now)
	rt.Timer(store.ReviewTimer, c.reviewDue)
	rt.Timer(store.RecallTimer, c.recall)
	rt.Timer(unusedTimer, c.findUnused)
}

// reviewDue asks who keeps a piece whether it is still right, within working
// hours.
func (c *Room) reviewDue(ctx context.Context, t store.Timer) error {
	return c.Store.ReviewDue(ctx, t, func(a store.Asset, _ store.Version) (string, time.Time, error) {
		now := c.Desk.Clock.Now()
		if !c.Desk.Hours.Open(now) {
			return "", c.Desk.Hours.Next(now), nil
		}
		keeper, err := c.keeper(ctx, a)
		return keeper, time.Time{}, err
	})
}

// keeper is whom to ask about a piece: its owner, where that is somebody in
// marketing, else the content channel. An owner who was imported by e-mail
// address is looked for in Slack.
func (c *Room) keeper(ctx context.Context, a store.Asset) (string, error) {
	owner := a.Owner
	if owner != "" && !isUser(owner) {
		var err error
		if owner, err = c.Desk.ByEmail(ctx, owner); err != nil {
			return c.Desk.Channel, nil // Slack can't say; marketing as a whole is asked
		}
	}
	if owner == "" {
		return c.Desk.Channel, nil
	}
	marketing, err := c.Desk.HasRole(ctx, owner, store.Marketing)
	if err != nil {
		return "", err
	}
	if !marketing {
		return c.Desk.Channel, nil
	}
	return owner, nil
}

// stillRight renews an approval.
func (c *Room) stillRight(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}
	a, err := c.Store.Asset(ctx, id)
	if err != nil {
		return nil, err
	}
	a, v, err := c.Store.ConfirmAsset(ctx, r.Op, id, number, r.User, c.reviewBy(a.Kind))
	if errors.Is(err, store.ErrConflict) {
		return nil, bot.Problemf("%s", goneWords(a, number))
	}
	if err != nil {
		return nil, err
	}
	if v.ReviewBy.IsZero() {
		return bot.Say("%s is still right. It is good without a date.", id), nil
	}
	return bot.Say("%s is good until %s.", id, blocks.Day(v.ReviewBy)), nil
}

// goneWords says why a version can't be confirmed, flagged or retired.
func goneWords(a store.Asset, number int) string {
	if a.Approved == 0 {
		return fmt.Sprintf("%s has no approved version any more.", a.ID)
	}
	return fmt.Sprintf("Version %d of %s has been replaced: version %d is approved now. See it with `/content %s`.", number, a.ID, a.Approved, a.ID)
}

// retireCommand opens the form to retire the asset that was named.
func (c *Room) retireCommand(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, ok := store.AssetID(r.Text)
	if !ok {
		return nil, bot.Problemf("Tell me which piece to retire: `/content retire C-12`.")
	}
	a, err := c.Store.Asset(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, bot.Problemf("There is no %s.", id)
	}
	if err != nil {
		return nil, err
	}
	return c.retireFormOf(ctx, a, a.Approved)
}

// retireForm asks why a piece is to be retired.
func (c *Room) retireForm(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}
	a, err := c.Store.Asset(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.retireFormOf(ctx, a, number)
}

func (c *Room) retireFormOf(ctx context.Context, a store.Asset, number int) (*bot.Reply, error) {
	if a.Approved == 0 || a.Approved != number {
		return nil, bot.Problemf("%s", goneWords(a, number))
	}
	v, err := c.Store.Version(ctx, a.ID, number)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: retireView(a, v)}, nil
}

// retire takes a piece out of use.
func (c *Room) retire(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Data)
	if err != nil {
		return nil, err
	}
	reason, err := readReason(r.Form)
	if err != nil {
		return nil, err
	}
	a, _, err := c.Store.RetireAsset(ctx, r.Op, id, number, r.User, reason)
	if errors.Is(err, store.ErrConflict) {
		return &bot.Reply{Update: tooLateView(a, goneWords(a, number), reason)}, nil
	}
	if err != nil {
		return nil, err
	}
	return bot.Say("%s is retired: nobody is given it any more, and who used it lately hears why.", id), nil
}

// maxFlag is how long the reason for a flag may be, in characters.
const maxFlag = 200

// flagForm asks why a piece is out of date.
func (c *Room) flagForm(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := c.current(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: flagView(a)}, nil
}

// flag tells who keeps a piece that it is out of date.
func (c *Room) flag(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Data)
	if err != nil {
		return nil, err
	}
	words := oneLine(r.Form.Text("reason"))
	switch n := blocks.Length(words); {
	case n == 0:
		return nil, &store.Invalid{Field: "reason", Message: "please say in a line what is out of date"}
	case n > maxFlag:
		return nil, &store.Invalid{Field: "reason", Message: fmt.Sprintf("please use up to %d characters", maxFlag)}
	}
	a, err := c.Store.Asset(ctx, id)
	if err != nil {
		return nil, err
	}
	keeper, err := c.keeper(ctx, a)
	if err != nil {
		return nil, err
	}
	a, err = c.Store.FlagAsset(ctx, r.Op, id, store.Flag{Version: number, By: r.User, Words: words, Told: keeper})
	if errors.Is(err, store.ErrConflict) {
		why := goneWords(a, number)
		if a.Approved == number {
			why = fmt.Sprintf("%s has been flagged already, and marketing has it in its queue.", id)
		}
		return &bot.Reply{Update: tooLateView(store.Asset{ID: id}, why, words)}, nil
	}
	if err != nil {
		return nil, err
	}
	return bot.Say("Thank you. Marketing looks at %s, and I tell you what comes of it.", id), nil
}

// now shows the words that are approved now.
func (c *Room) now(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return c.one(ctx, r, r.Value)
}

// reviewPage is how many pieces one answer of the review queue shows.
const reviewPage = 5

// reviews lists what marketing is to look at. The value of its button is the
// place to go on from.
func (c *Room) reviews(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	offset, _ := strconv.Atoi(r.Value)
	queue, total, err := c.Store.ReviewQueue(ctx, max(offset, 0), reviewPage)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Message: reviewsView(queue, max(offset, 0), total, r.User)}, nil
}

// recallBatch is how many people one commit tells.
const recallBatch = 50

// recall tells who used a version that it is no longer approved.
func (c *Room) recall(ctx context.Context, t store.Timer) error {
	return c.Store.RecallUses(ctx, t, recallBatch)
}

const (
	// unusedTimer wakes once a day to look for copy and gaps that nobody uses.
	unusedTimer = "content.unused"
	// unusedFor is how long copy goes unused until somebody should ask why.
	unusedFor   = 180 * 24 * time.Hour
	unusedEvery = 24 * time.Hour
)

// Begin sets the timer that looks for unused copy, unless it is set.
func (c *Room) Begin(ctx context.Context) error {
	return c.Store.KeepTimer(ctx, unusedTimer, c.Desk.Clock.Now().Add(unusedEvery))
}

// findUnused flags copy that nobody uses, and forgets gaps that nobody misses.
func (c *Room) findUnused(ctx context.Context, t store.Timer) error {
	now := c.Desk.Clock.Now()
	if err := c.Store.ForgetGaps(ctx, now.Add(-unusedFor)); err != nil {
		return err
	}
	return c.Store.FlagUnused(ctx, t, now.Add(-unusedFor), now.Add(unusedEvery))
}
