package lead

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
)

func (room *Room) askSend(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	var choices []blocks.Choice
	for i, route := range room.Rules.Routes() {
		if i < blocks.MaxChoices {
			choices = append(choices, blocks.Choice{Text: orEveryone(route.Name) + " in " + route.Channel, Value: fmt.Sprint(i)})
		}
	}

	return &bot.Reply{Modal: &bot.Modal{Name: "lead.send", Title: "Send " + l.ID, Submit: "Send", Data: l.ID, Blocks: []slack.Block{
		blocks.Select("route", "Which way", "Choose a route", choices, "", false),
		blocks.Context("It is announced there, open to claim."),
	}}}, nil
}

func orEveryone(route string) string {
	if route == "" {
		return "No route"
	}

	return route
}

func (room *Room) send(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	var i int
	routes := room.Rules.Routes()
	if _, err := fmt.Sscan(r.Form.Text("route"), &i); err != nil || i < 0 || i >= len(routes) {
		return nil, &errs.Invalid{Field: "route", Message: "must be one of the routes offered"}
	}

	l, err := room.Leads.Elsewhere(ctx, r.Op, r.Data, r.User, routes[i].Name, room.Channels[routes[i].Channel], room.policy())
	if errors.Is(err, errs.ErrConflict) {
		return nil, bot.Problemf("%s can't be sent there: it is %s.", l.ID, stateWords(l))
	}

	if err := gone(err); err != nil {
		return nil, err
	}

	return bot.Say("%s is announced in <#%s>.", l.ID, l.Channel), nil
}
