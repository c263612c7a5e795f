package content

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// retireCommand opens the form to retire the asset that was named.
func (c *Room) retireCommand(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, ok := content.AssetID(r.Text)
	if !ok {
		return nil, bot.Problemf("Tell me which piece to retire: `/content retire C-12`.")
	}

	s, err := c.Assets.State(ctx, id, 0)
	if errors.Is(err, errs.ErrNotFound) {
		return nil, bot.Problemf("There is no %s.", id)
	}

	if err != nil {
		return nil, err
	}

	return retireReply(s, s.Asset.Approved)
}

// retireForm asks why a piece is to be retired.
func (c *Room) retireForm(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	s, err := c.Assets.State(ctx, id, 0)
	if err != nil {
		return nil, err
	}

	return retireReply(s, number)
}

// retireReply opens the form to retire a version, if it is the approved one.
func retireReply(s content.State, number int) (*bot.Reply, error) {
	if s.Asset.Approved == 0 || s.Asset.Approved != number {
		return nil, bot.Problemf("%s", notApprovedWords(s.Asset, number))
	}

	return &bot.Reply{Modal: retireView(s.Asset, s.Live)}, nil
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

	a, _, err := c.Assets.Retire(ctx, r.Op, id, number, r.User, reason)
	if errors.Is(err, errs.ErrConflict) {
		return &bot.Reply{Update: tooLateView(a, notApprovedWords(a, number), reason)}, nil
	}

	if err != nil {
		return nil, err
	}

	return bot.Say("%s is retired: nobody is given it any more, and who used it lately hears why.", id), nil
}
