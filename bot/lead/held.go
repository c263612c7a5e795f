package lead

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

func (room *Room) held(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := room.Leads.With(ctx, lead.Held, after, listed)
		return heldView(leads, after, all), err
	})
}

func (room *Room) askPromote(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	if l.Status != lead.Held {
		return nil, notHeld(l)
	}

	route := room.Rules.Route(l, room.Clock.Now())
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.promote", Title: "Promote " + l.ID, Submit: "Promote", Data: l.ID, Blocks: []slack.Block{
		blocks.Words(who(l) + "\n" + background(l)),
		blocks.TextArea("reason", "Why sales should have it all the same", "", maxDetail, false),
		blocks.Context(fmt.Sprintf("It goes the way of *%s*, to %s. Sales reads your reason on its card.", blocks.Escape(orEveryone(route.Name)), blocks.Escape(route.Channel))),
	}}}, nil
}

func (room *Room) promote(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	reason := blocks.Clean(r.Form.Text("reason"))
	var l lead.Lead
	err := room.decide(ctx, func(p lead.Policy) (err error) {
		l, err = room.Leads.Promote(ctx, r.Op, r.Data, r.User, reason, p)
		return err
	})
	if errors.Is(err, errs.ErrConflict) {
		return nil, notHeld(l)
	}

	if err := gone(err); err != nil {
		return nil, err
	}

	if l.Owner != "" {
		return bot.Say("%s is with <@%s>, and announced in <#%s>.", l.ID, l.Owner, l.Channel), nil
	}

	return bot.Say("%s is announced in <#%s>.", l.ID, l.Channel), nil
}

func notHeld(l lead.Lead) error {
	return bot.Problemf("%s isn't held any more: it is %s.", l.ID, stateWords(l))
}
