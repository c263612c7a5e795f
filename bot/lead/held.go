package lead

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// heldRoutes registers what marketing does with leads that don't qualify.
func (room *Room) heldRoutes(rt *bot.Router) {
	rt.Command("/lead held", "", "Leads that don't qualify, and why", room.held).Only(store.Marketing)
	rt.Action("lead.held", room.held).Only(store.Marketing)
	rt.Action("lead.promote", room.askPromote).Only(store.Marketing)
	rt.Submit("lead.promote", room.promote).Only(store.Marketing)
}

func (room *Room) held(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := room.Leads.With(ctx, lead.Held, after, listed)
		return heldView(leads, after, all), err
	})
}

func heldView(leads []lead.Lead, after, all int) *bot.Message {
	if len(leads) == 0 {
		return &bot.Message{Text: "No lead is held back. Every one that came in went to sales."}
	}
	title := fmt.Sprintf("*%d leads are held back.* They don't meet the rules, so sales doesn't see them.", all)
	if all == 1 {
		title = "*One lead is held back.* It doesn't meet the rules, so sales doesn't see it."
	}
	m := &bot.Message{Text: title, Blocks: []slack.Block{blocks.Markdown(title)}}
	for _, l := range leads {
		line := fmt.Sprintf("*%s* %s · from %s · %s", l.ID, blocks.Escape(blocks.Cut(who(l), maxName)), blocks.Escape(blocks.Cut(l.Source, maxName)), blocks.Day(l.Created))
		why := "Held: " + strings.Join(l.Reasons, "; ")
		m.Text += "\n• " + line + "\n   " + blocks.Escape(blocks.Cut(why, 300))
		menu := blocks.Overflow(blocks.Choice{Text: "Promote…", Value: blocks.To("lead.promote", l.ID)}, blocks.Choice{Text: "Look", Value: blocks.To("lead.look", l.ID)})
		m.Blocks = append(m.Blocks, beside(blocks.Markdown(line), menu), blocks.Words(blocks.Cut(why, 500)))
	}
	m.Blocks = append(m.Blocks, earlier("lead.held", after+len(leads), all)...)
	return m
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

// wayView tells how a lead found its way to sales, where there is something to
// tell.
func wayView(l lead.Lead) []slack.Block {
	var body []slack.Block
	if p := l.Promotion; p != nil {
		body = append(body, blocks.Context(fmt.Sprintf("Promoted by <@%s>:", p.By)), blocks.Words("“"+p.Reason+"”"))
	}
	var notes []string
	if l.RouteNote != "" {
		notes = append(notes, l.RouteNote)
	}
	if l.AddedBy != "" {
		notes = append(notes, fmt.Sprintf("Added by <@%s>.", l.AddedBy))
	}
	if len(notes) > 0 {
		body = append(body, blocks.Context(strings.Join(notes, " ")))
	}
	return body
}
