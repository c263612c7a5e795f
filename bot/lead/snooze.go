package lead

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// putOff are the ways to put a lead off, by the working days.
var putOff = []blocks.Choice{{Text: "Two hours", Value: "0"}, {Text: "The next working day", Value: "1"},
	{Text: "In two working days", Value: "2"}, {Text: "In three working days", Value: "3"}}

// shortSnooze is the shortest time to put a lead off, in working time.
const shortSnooze = 2 * time.Hour

func (room *Room) askSnooze(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.mineNow(ctx, r, "put off")
	if err != nil {
		return nil, err
	}

	left := lead.MaxSnoozes - l.Snoozes
	if left <= 0 {
		return nil, bot.Problemf("%s has been put off twice already. Contact it, give it back, or return it with a reason.", l.ID)
	}

	times := "once more"
	if left > 1 {
		times = "twice"
	}

	return &bot.Reply{Modal: &bot.Modal{Name: "lead.snooze", Title: "Put off " + l.ID, Submit: "Put off", Data: l.ID, Blocks: []slack.Block{
		blocks.Select("until", "Until when", "Choose", putOff, "0", false),
		blocks.Context(fmt.Sprintf("Its time to be contacted stands still until then. You can do this %s.", times)),
	}}}, nil
}

func (room *Room) snooze(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Data)
	if err != nil {
		return nil, err
	}

	days, err := strconv.Atoi(r.Form.Text("until"))
	if err != nil || days < 0 || days > lead.MaxSnoozeDays {
		return nil, &errs.Invalid{Field: "until", Message: "must be one of the times offered"}
	}

	now := room.Clock.Now()
	hours := room.policy().Terms(l, now).Hours
	until := hours.Add(hours.Next(now), shortSnooze)
	if days > 0 {
		until = hours.DaysLater(now, days)
	}

	l, err = room.Leads.Snooze(ctx, r.Op, l.ID, r.User, until, room.policy())
	if errors.Is(err, errs.ErrConflict) && l.Owner == r.User {
		return nil, bot.Problemf("%s needs no putting off: it has been contacted.", l.ID)
	}

	if err := notYours(l, err, "put off"); err != nil {
		return nil, err
	}

	return bot.Say("%s is put off until %s.", l.ID, blocks.Time(l.Snoozed)), nil
}
