package content

import (
	"context"
	"errors"
	"fmt"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
)

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
		return nil, &errs.Invalid{Field: "reason", Message: "please say in a line what is out of date"}
	case n > maxFlag:
		return nil, &errs.Invalid{Field: "reason", Message: fmt.Sprintf("please use up to %d characters", maxFlag)}
	}

	a, err := c.Assets.Asset(ctx, id)
	if err != nil {
		return nil, err
	}

	keeper, err := c.keeper(ctx, a.Owner)
	if err != nil {
		return nil, err
	}

	a, err = c.Assets.FlagOutdated(ctx, r.Op, id, content.Flag{Version: number, By: r.User, Words: words, Told: keeper})
	if errors.Is(err, errs.ErrConflict) {
		why := notApprovedWords(a, number)
		if a.Approved == number {
			why = fmt.Sprintf("%s has been flagged already, and marketing has it in its queue.", id)
		}

		return &bot.Reply{Update: tooLateView(content.Asset{ID: id}, why, words)}, nil
	}

	if err != nil {
		return nil, err
	}

	return bot.Say("Thank you. Marketing looks at %s, and I tell you what comes of it.", id), nil
}
