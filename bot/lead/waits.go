package lead

import (
	"context"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/lead"
)

// waits takes the next step about a lead that nobody claims or contacts.
func (room *Room) waits(ctx context.Context, t store.Timer) error {
	return room.decide(ctx, func(p lead.Policy) error { return room.Leads.Escalate(ctx, t, p) })
}

// followUp reminds who returned a lead on the day they asked for.
func (room *Room) followUp(ctx context.Context, t store.Timer) error {
	return room.Leads.FollowUp(ctx, t, room.policy())
}

// digestOf is of how many returned leads the digest is made.
const digestOf = 200

// tellReturns tells everybody in marketing which leads sales returned, in one
// message a day. What sales wrote about them stays in /lead returns.
func (room *Room) tellReturns(ctx context.Context, t store.Timer) error {
	people, err := room.People.People(ctx, bot.Marketing)
	if err != nil {
		return err
	}

	p := room.policy()
	p.Marketing = people
	return room.Leads.Digest(ctx, t, digestOf, p)
}
