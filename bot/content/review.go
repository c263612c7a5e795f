package content

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// reviewDue asks who keeps a piece whether it is still right, within working
// hours; see [content.ReviewDue].
func (c *Room) reviewDue(ctx context.Context, t store.Timer) error {
	s, err := c.Assets.State(ctx, t.Ref, 0)
	if err != nil && !errors.Is(err, errs.ErrNotFound) {
		return err
	}

	p := content.ReviewPolicy{Hours: c.Hours, Owner: s.Asset.Owner}
	if content.AsksNow(s, c.Hours, c.Clock.Now()) {
		if p.Keeper, err = c.keeper(ctx, s.Asset.Owner); err != nil {
			return err
		}
	}

	return c.Assets.ReviewDue(ctx, t, p)
}

// keeper is whom to ask about a piece with an owner: that one, where that is somebody in
// marketing, else the content channel. An owner who was imported by e-mail
// address is looked for in Slack.
func (c *Room) keeper(ctx context.Context, owner string) (string, error) {
	if owner != "" && !isUser(owner) {
		var err error
		if owner, err = c.People.ByEmail(ctx, owner); err != nil {
			return c.Channel, nil //nolint:nilerr // Slack can't say; marketing as a whole is asked
		}
	}

	if owner == "" {
		return c.Channel, nil
	}

	marketing, err := c.People.HasRole(ctx, owner, bot.Marketing)
	if err != nil {
		return "", err
	}

	if !marketing {
		return c.Channel, nil
	}

	return owner, nil
}

// confirm renews an approval.
func (c *Room) confirm(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	a, err := c.Assets.Asset(ctx, id)
	if err != nil {
		return nil, err
	}

	a, v, err := c.Assets.Confirm(ctx, r.Op, id, number, r.User, c.reviewBy(a.Kind))
	if errors.Is(err, errs.ErrConflict) {
		return nil, bot.Problemf("%s", notApprovedWords(a, number))
	}

	if err != nil {
		return nil, err
	}

	if v.ReviewBy.IsZero() {
		return bot.Say("%s is still right. It is good without a date.", id), nil
	}

	return bot.Say("%s is good until %s.", id, blocks.Day(v.ReviewBy)), nil
}

// notApprovedWords says why a version can't be confirmed, flagged or retired.
func notApprovedWords(a content.Asset, number int) string {
	if a.Approved == 0 {
		return fmt.Sprintf("%s has no approved version any more.", a.ID)
	}

	return fmt.Sprintf("Version %d of %s has been replaced: version %d is approved now. See it with `/content %s`.", number, a.ID, a.Approved, a.ID)
}

// reviewPage is how many pieces one answer of the review queue shows.
const reviewPage = 5

// reviews lists what marketing is to look at. The value of its button is the
// place to go on from.
func (c *Room) reviews(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	offset, _ := strconv.Atoi(r.Value)
	queue, total, err := c.Assets.ReviewQueue(ctx, max(offset, 0), reviewPage)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: reviewsView(queue, max(offset, 0), total, r.User)}, nil
}
