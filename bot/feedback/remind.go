package feedback

import (
	"context"
	"time"

	"smarketer/store"
)

const (
	// neglectedAfter is how many working days a piece may stay new.
	neglectedAfter = 2
	// neglectedListed is how many of those the reminder names.
	neglectedListed = 20
)

// Begin sets what is always due again: marketing's reminder, once a working
// day.
func (f *Room) Begin(ctx context.Context) error {
	return f.Store.KeepTimer(ctx, store.NeglectedTimer, f.Hours.NextDay(f.Clock.Now()))
}

// remind tells marketing in one message what is still new after two working
// days.
func (f *Room) remind(ctx context.Context, t store.Timer) error {
	now := f.Clock.Now()
	before, next := f.Hours.DaysBack(now, neglectedAfter), f.Hours.NextDay(now)
	if !f.Hours.Open(now) { // woken late; it can wait until people are at work
		before, next = time.UnixMilli(0), f.Hours.Next(now)
	}
	return f.Store.RemindOfFeedback(ctx, t, before, next, neglectedListed,
		func(n store.Neglected) ([]store.Item, error) {
			links, err := f.links(ctx, n.Oldest)
			if err != nil {
				return nil, err
			}
			body, err := digestView(n, links).Encode()
			return []store.Item{{Channel: f.Channel, Message: body}}, err
		})
}
