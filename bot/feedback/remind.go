package feedback

import (
	"context"
	"time"

	"smarketer/store"
	"smarketer/store/feedback"
)

const (
	// overdueAfter is how many working days a piece may stay new.
	overdueAfter = 2
	// overdueListed is how many of those the reminder names.
	overdueListed = 20
)

// Begin sets what is always due again: marketing's reminder, once a working
// day.
func (f *Room) Begin(ctx context.Context) error {
	return f.Store.KeepTimer(ctx, feedback.ReminderTimer, f.Hours.NextDay(f.Clock.Now()))
}

// remind tells marketing in one message what is still new after two working
// days.
func (f *Room) remind(ctx context.Context, t store.Timer) error {
	now := f.Clock.Now()
	before, next := f.Hours.DaysBack(now, overdueAfter), f.Hours.NextDay(now)
	if !f.Hours.Open(now) { // woken late; it can wait until people are at work
		before, next = time.UnixMilli(0), f.Hours.Next(now)
	}

	overdue, err := f.Feedback.Overdue(ctx, before, overdueListed)
	if err != nil {
		return err
	}

	if overdue.Total == 0 {
		return f.Feedback.Remind(ctx, t, next)
	}

	links, err := f.links(ctx, overdue.Oldest)
	if err != nil {
		return err
	}

	body, err := reminderView(overdue, links).Encode()
	if err != nil {
		return err
	}

	return f.Feedback.Remind(ctx, t, next, store.Item{Channel: f.Channel, Message: body})
}
