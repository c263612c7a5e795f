package lead

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// maxStats is how much text the numbers may have, in characters: Slack refuses
// a message somewhat longer than that.
const maxStats = 10_000

func statsView(counts []lead.Count, days int, by lead.Grouping) *bot.Message {
	title := fmt.Sprintf("Leads in the last %d days", days)
	if days == 1 {
		title = "Leads today"
	}

	if by != lead.All {
		title += ", by " + string(by)
	}

	if len(counts) == 0 {
		return &bot.Message{Text: title + ": nothing happened yet."}
	}

	body := []slack.Block{blocks.Header(title)}
	text, shown := title, 0
	for _, c := range counts {
		lines := strings.Join(statsLines(c, by), "\n")
		if blocks.Length(text)+blocks.Length(lines) > maxStats {
			break
		}

		text, shown = text+"\n"+lines, shown+1
		body = append(body, blocks.Markdown(lines))
	}

	note := "Each thing counts on the day it happened (UTC). Times are right to within a tenth."
	if more := len(counts) - shown; more > 0 {
		note = fmt.Sprintf("%d more with fewer leads are not shown. ", more) + note
	}

	return &bot.Message{Text: text + "\n" + note, Blocks: append(body, blocks.Context(note))}
}

// maxGroup is how much of the name of a source, a route or a reason is shown,
// in characters.
const maxGroup = 60

// statsLines are the numbers of one group, in mrkdwn.
func statsLines(c lead.Count, by lead.Grouping) []string {
	var lines []string
	switch {
	case by == lead.ByOwner:
		lines = append(lines, fmt.Sprintf("*<@%s>*", c.Group))
	case by != lead.All:
		lines = append(lines, "*"+blocks.Escape(blocks.Cut(cmp.Or(c.Group, "no "+string(by)), maxGroup))+"*")
	}

	all, funnel := c.Announced, fmt.Sprintf("%d announced · %s", c.Announced, share(c.Claimed, c.Announced, "claimed"))
	if by == lead.ByOwner { // few have an owner when they are announced
		all, funnel = c.Claimed, fmt.Sprintf("%d claimed", c.Claimed)
	}

	lines = append(lines, strings.Join([]string{
		funnel, share(c.Contacted, all, "contacted"), share(c.Accepted, all, "accepted"),
		share(c.Converted, all, "converted"), share(c.Returned, all, "returned"),
	}, " · "))
	if len(c.Reasons) > 0 {
		lines = append(lines, "Returned: "+reasonsLine(c.Reasons))
	}

	if len(c.Amounts) > 0 {
		var sums []string
		currencies := slices.Sorted(maps.Keys(c.Amounts))
		for _, currency := range currencies[:min(len(currencies), maxReasons)] {
			sums = append(sums, amountWords(c.Amounts[currency], currency))
		}

		lines = append(lines, "Opportunities: "+strings.Join(sums, " · "))
	}

	if line := timesLine("Claimed", c.Claim); line != "" {
		lines = append(lines, line)
	}

	if line := timesLine("First contact", c.Contact); line != "" {
		lines = append(lines, line)
	}

	return lines
}

// share is a number and its part of all.
func share(n, all int, what string) string {
	if all == 0 || n == 0 || n > all {
		return fmt.Sprintf("%d %s", n, what)
	}

	return fmt.Sprintf("%d %s (%d%%)", n, what, (100*n+all/2)/all)
}

// maxReasons is how many reasons are named, the most frequent, and how many
// currencies.
const maxReasons = 6

func reasonsLine(reasons map[string]int) string {
	names := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names[:min(len(names), maxReasons)] {
		parts = append(parts, fmt.Sprintf("%s %d", blocks.Escape(blocks.Cut(name, maxGroup)), reasons[name]))
	}

	return strings.Join(parts, " · ")
}

// amountWords is a sum: "EUR 1,200.50". It is below nothing when deals of
// earlier days came to less.
func amountWords(sum lead.Amount, currency string) string {
	return currency + " " + sum.Words(currency)
}

// timesLine says how long something took: half of them, and nine in ten.
func timesLine(what string, t lead.Times) string {
	if t.Raw.Count == 0 {
		return ""
	}

	line := fmt.Sprintf("%s within %s (half), %s (nine in ten)", what, roughly(t.Raw.Median), roughly(t.Raw.P90))
	if t.Working.Median != t.Raw.Median || t.Working.P90 != t.Raw.P90 {
		line += fmt.Sprintf("; in working hours %s, %s", roughly(t.Working.Median), roughly(t.Working.P90))
	}

	return line
}

// roughly is a time to about two digits: "40 s", "12 min", "3.5 h", "2.1 days".
func roughly(d time.Duration) string {
	unit := func(n float64, name string) string {
		if n < 10 {
			return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " " + name
		}

		return strconv.FormatFloat(n, 'f', 0, 64) + " " + name
	}
	switch {
	case d < 2*time.Second:
		return "a second"
	case d < 2*time.Minute:
		return unit(d.Seconds(), "s")
	case d < 2*time.Hour:
		return unit(d.Minutes(), "min")
	case d < 48*time.Hour:
		return unit(d.Hours(), "h")
	}

	return unit(d.Hours()/24, "days")
}
