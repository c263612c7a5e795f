package lead

import (
	"context"
	"fmt"

	"smarketer/bot"
	"smarketer/store/lead"
)

// What marketing does with the leads that sales returned.

const (
	returnDays   = 30 // of which /lead returns gives the numbers
	returnsShown = 5
)

func (room *Room) returns(ctx context.Context, _ *bot.Request) (*bot.Reply, error) {
	counts, err := room.Leads.Stats(ctx, returnDays, lead.BySource)
	if err != nil {
		return nil, err
	}

	return room.returnsPage(ctx, counts, 0)
}

func (room *Room) moreReturns(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	var offset int
	if _, err := fmt.Sscan(r.Value, &offset); err != nil || offset < 0 {
		return nil, bot.Problemf("I've lost track of that list. Please type `/lead returns` again.")
	}

	return room.returnsPage(ctx, nil, offset)
}

func (room *Room) returnsPage(ctx context.Context, counts []lead.Count, offset int) (*bot.Reply, error) {
	leads, more, err := room.Leads.Returned(ctx, offset, returnsShown)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: returnsView(counts, leads, offset, more)}, nil
}

// rules shows by which rules a lead qualified and which way it went, as they
// are configured now.
func (room *Room) rules(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: room.rulesView(l)}, nil
}
