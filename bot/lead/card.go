package lead

import (
	"context"
	"strconv"

	"smarketer/bot"
	"smarketer/store/lead"
)

// card renders a lead's card for a channel, or for somebody who has the lead
// or had it. Where the lead has gone, it says no more than that.
func (room *Room) card(ctx context.Context, c bot.Card) (bot.Message, error) {
	l, err := room.Leads.Lead(ctx, c.ID)
	if err != nil {
		return bot.Message{}, err
	}

	switch {
	case l.Status == lead.Forgotten:
		return forgottenCard(l), nil
	case c.Part == "" && c.Where != l.Channel:
		return movedCard(l), nil
	case c.Part != "" && (c.Where != l.Owner || c.Part != strconv.Itoa(l.OwnerCount)):
		return goneCard(l), nil
	}

	fit, err := room.fitting(ctx, l)
	if err != nil {
		return bot.Message{}, err
	}

	if c.Part != "" {
		return ownerCard(l, fit, room.Clock.Now()), nil
	}

	return channelCard(l, fit, room.Clock.Now()), nil
}
