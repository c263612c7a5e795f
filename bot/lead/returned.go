package lead

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
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

func returnsView(counts []lead.Count, leads []lead.Lead, offset int, more bool) *bot.Message {
	m := &bot.Message{Text: returnNumbers(counts)}
	if offset == 0 {
		m.Blocks = append(m.Blocks, blocks.Markdown(m.Text))
	} else {
		m.Text = "Earlier returns"
	}
	for _, l := range leads {
		m.Text += "\n• " + returnedLine(l)
		menu := blocks.Overflow(blocks.Choice{Text: "Rules it qualified by", Value: blocks.To("lead.rules", l.ID)},
			blocks.Choice{Text: "Send it elsewhere…", Value: blocks.To("lead.send", l.ID)}, blocks.Choice{Text: past.text, Value: blocks.To(past.action, l.ID)})
		m.Blocks = append(m.Blocks, beside(blocks.Markdown(returnedLine(l)), menu))
		if l.Return.Detail != "" {
			m.Blocks = append(m.Blocks, blocks.Words("“"+l.Return.Detail+"”"))
		}
	}
	if len(leads) == 0 {
		m.Text += "\nNo lead is back with marketing now."
		m.Blocks = append(m.Blocks, blocks.Context("No lead is back with marketing now."))
	}
	if more {
		m.Blocks = append(m.Blocks, blocks.Actions(blocks.Button("lead.returns", fmt.Sprint(offset+len(leads)), "Earlier")))
	}
	return m
}

func returnedLine(l lead.Lead) string {
	return fmt.Sprintf("*%s* %s · from %s · *%s* · %s, %s", l.ID, blocks.Escape(blocks.Cut(who(l), maxName)), blocks.Escape(blocks.Cut(l.Source, maxName)),
		blocks.Escape(l.Return.Reason), person(l.Return.By), blocks.Day(l.ReturnedAt))
}

// maxSources is how many sources the numbers of returns tell apart.
const maxSources = 10

// returnNumbers counts returns by source and reason, the sources with the most
// first.
func returnNumbers(counts []lead.Count) string {
	counts = slices.DeleteFunc(slices.Clone(counts), func(c lead.Count) bool { return c.Returned == 0 })
	slices.SortStableFunc(counts, func(a, b lead.Count) int { return b.Returned - a.Returned })
	total := 0
	var lines []string
	for i, c := range counts {
		total += c.Returned
		if i < maxSources {
			lines = append(lines, fmt.Sprintf("• %s: %d (%s)", blocks.Escape(blocks.Cut(c.Group, maxName)), c.Returned, reasonCounts(c.Reasons)))
		}
	}
	if total == 0 {
		return fmt.Sprintf("Sales returned no lead in the last %d days.", returnDays)
	}
	if more := len(counts) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and from %d other sources", more))
	}
	return fmt.Sprintf("*Returned in the last %d days: %d*\n%s", returnDays, total, strings.Join(lines, "\n"))
}

func reasonCounts(reasons map[string]int) string {
	type count struct {
		reason string
		n      int
	}
	var all []count
	for reason, n := range reasons {
		all = append(all, count{reason, n})
	}
	slices.SortFunc(all, func(a, b count) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return strings.Compare(a.reason, b.reason)
	})
	var parts []string
	for _, c := range all {
		parts = append(parts, fmt.Sprintf("%s %d", blocks.Escape(c.reason), c.n))
	}
	return strings.Join(parts, ", ")
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

func (room *Room) rulesView(l lead.Lead) *bot.Modal {
	m := &bot.Modal{Name: "lead.rules", Title: "Rules of " + l.ID, Close: "Close"}
	if l.Return != nil {
		m.Blocks = append(m.Blocks, blocks.Context("Returned: "+blocks.Escape(l.Return.Reason)))
	}
	rule := func(title, when string) {
		m.Blocks = append(m.Blocks, blocks.Words(title), slack.NewRichTextBlock("", &slack.RichTextPreformatted{
			Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{words(when)}}))
	}
	for _, q := range room.Rules.Qualifications() {
		title := q.Name
		if !slices.Contains(l.Reasons, title) {
			title += " (not among the reasons for which this lead qualified)"
		}
		if len(m.Blocks) < maxRuleBlocks {
			rule(title, q.When)
		}
	}
	if route := room.Rules.Named(l.Route); route.Name != "" {
		rule("Route: "+route.Name, route.When)
	}
	m.Blocks = append(m.Blocks, blocks.Context("They are in the configuration, under leads.qualify and leads.routes. `smarketer rules test` shows what a change would do to past leads."))
	return m
}

// maxRuleBlocks leaves room for the route; Slack takes 100 blocks.
const maxRuleBlocks = 90

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
