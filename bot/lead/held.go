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
)

// heldRoutes registers what marketing does with leads that don't qualify.
func (l *Room) heldRoutes(rt *bot.Router) {
	rt.Command("/lead held", "", "Leads that don't qualify, and why", l.held).Only(store.Marketing)
	rt.Action("lead.held", l.held).Only(store.Marketing)
	rt.Action("lead.promote", l.askPromote).Only(store.Marketing)
	rt.Submit("lead.promote", l.promote).Only(store.Marketing)
}

func (l *Room) held(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return page(r, func(after int) (*bot.Message, error) {
		leads, all, err := l.Store.LeadsWith(ctx, store.LeadHeld, after, listed)
		return heldView(leads, after, all), err
	})
}

func heldView(leads []store.Lead, after, all int) *bot.Message {
	if len(leads) == 0 {
		return &bot.Message{Text: "No lead is held back. Every one that came in went to sales."}
	}
	title := fmt.Sprintf("*%d leads are held back.* They don't meet the rules, so sales doesn't see them.", all)
	if all == 1 {
		title = "*One lead is held back.* It doesn't meet the rules, so sales doesn't see it."
	}
	m := &bot.Message{Text: title, Blocks: []slack.Block{blocks.Markdown(title)}}
	for _, lead := range leads {
		line := fmt.Sprintf("*%s* %s · from %s · %s", lead.ID, blocks.Escape(blocks.Cut(who(lead), maxName)), blocks.Escape(blocks.Cut(lead.Source, maxName)), blocks.Day(lead.Created))
		why := "Held: " + strings.Join(lead.Reasons, "; ")
		m.Text += "\n• " + line + "\n   " + blocks.Escape(blocks.Cut(why, 300))
		menu := blocks.Overflow(blocks.Choice{Text: "Promote…", Value: blocks.To("lead.promote", lead.ID)}, blocks.Choice{Text: "Look", Value: blocks.To("lead.look", lead.ID)})
		m.Blocks = append(m.Blocks, beside(blocks.Markdown(line), menu), blocks.Words(blocks.Cut(why, 500)))
	}
	m.Blocks = append(m.Blocks, earlier("lead.held", after+len(leads), all)...)
	return m
}

func (l *Room) askPromote(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	if lead.Status != store.LeadHeld {
		return nil, notHeld(lead)
	}
	route := l.Rules.Route(lead, l.Clock.Now())
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.promote", Title: "Promote " + lead.ID, Submit: "Promote", Data: lead.ID, Blocks: []slack.Block{
		blocks.Words(who(lead) + "\n" + background(lead)),
		blocks.TextArea("reason", "Why sales should have it all the same", "", maxDetail, false),
		blocks.Context(fmt.Sprintf("It goes the way of *%s*, to %s. Sales reads your reason on its card.", blocks.Escape(orEveryone(route.Name)), blocks.Escape(route.Channel))),
	}}}, nil
}

func (l *Room) promote(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.Store.PromoteLead(ctx, r.Op, r.Data, r.User, blocks.Clean(r.Form.Text("reason")), l.promoted(ctx), l.desk())
	if errors.Is(err, store.ErrConflict) {
		return nil, notHeld(lead)
	}
	if err := gone(err); err != nil {
		return nil, err
	}
	if lead.Owner != "" {
		return bot.Say("%s is with <@%s>, and announced in <#%s>.", lead.ID, lead.Owner, lead.Channel), nil
	}
	return bot.Say("%s is announced in <#%s>.", lead.ID, lead.Channel), nil
}

func notHeld(lead store.Lead) error {
	return bot.Problemf("%s isn't held any more: it is %s.", lead.ID, stateWords(lead))
}

// wayView tells how a lead found its way to sales, where there is something to
// tell.
func wayView(lead store.Lead) []slack.Block {
	var body []slack.Block
	if p := lead.Promotion; p != nil {
		body = append(body, blocks.Context(fmt.Sprintf("Promoted by <@%s>:", p.By)), blocks.Words("“"+p.Reason+"”"))
	}
	var notes []string
	if lead.RouteNote != "" {
		notes = append(notes, lead.RouteNote)
	}
	if lead.AddedBy != "" {
		notes = append(notes, fmt.Sprintf("Added by <@%s>.", lead.AddedBy))
	}
	if len(notes) > 0 {
		body = append(body, blocks.Context(strings.Join(notes, " ")))
	}
	return body
}
