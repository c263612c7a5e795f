package lead

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

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
