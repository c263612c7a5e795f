package content

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// pieceStatsView shows the numbers of a piece by version, persona and stage.
func pieceStatsView(a content.Asset, versions []content.Version, stats content.AssetStats) *bot.Message {
	var rows []content.Labelled
	for _, v := range versions {
		rows = append(rows, content.Labelled{Label: strconv.Itoa(v.Number), Counts: stats.Versions[v.Number]})
	}

	m := &bot.Message{Text: fmt.Sprintf("The numbers of %s (%s).", blocks.Escape(versions[0].Title), a.ID)}
	m.Blocks = append(m.Blocks, blocks.Line(blocks.Bold(versions[0].Title), blocks.Run("\n"+a.ID)))
	addTable(m, "version", rows, allColumns)
	addTable(m, "persona", stats.Personas, verdictColumns)
	addTable(m, "stage", stats.Stages, verdictColumns)
	return m
}

// libraryStatsView shows the numbers of the library; names are the titles of
// the pieces that are still served.
func libraryStatsView(stats content.LibraryStats, names map[string]string) *bot.Message {
	total := stats.Total
	m := &bot.Message{
		Text:   fmt.Sprintf("The library's numbers: %s.", allColumns.spoken(total)),
		Blocks: []slack.Block{blocks.Markdown(fmt.Sprintf("*The library's numbers*\n%s", allColumns.spoken(total)))},
	}

	for _, list := range []struct{ what, heading string }{
		{content.Pulls, "Found most"}, {content.Shares, "Shared most"}, {string(content.Works), "Worked most"}, {string(content.Fails), "Didn't work most"},
	} {
		ranked := stats.Most[list.what]
		if len(ranked) == 0 {
			continue
		}

		parts := []slack.RichTextSectionElement{blocks.Bold(list.heading)}
		var spoken []string
		for _, r := range ranked {
			title := names[r.Asset]
			if title == "" {
				title = "no longer in use"
			}

			parts = append(parts, blocks.Run(fmt.Sprintf("\n%d · %s · %s", r.N, r.Asset, title)))
			spoken = append(spoken, fmt.Sprintf("%s %d", r.Asset, r.N))
		}

		m.Text += fmt.Sprintf(" %s: %s.", list.heading, strings.Join(spoken, ", "))
		m.Blocks = append(m.Blocks, blocks.Line(parts...))
	}

	addTable(m, "persona", stats.Personas, allColumns)
	addTable(m, "stage", stats.Stages, allColumns)
	if len(stats.Personas)+len(stats.Stages) > 0 {
		m.Blocks = append(m.Blocks, blocks.Context("Found and shared count for everybody that a piece is for, verdicts for whom it was tried on."))
	}

	return m
}

// column is what a table shows of counts.
type column struct {
	name string
	of   func(content.Counts) int
}

type columns []column

var (
	verdictColumns = columns{
		{"worked", func(c content.Counts) int { return c.Works }},
		{"mixed", func(c content.Counts) int { return c.Mixed }},
		{"didn't work", func(c content.Counts) int { return c.Fails }},
	}
	allColumns = append(columns{
		{"found", func(c content.Counts) int { return c.Pulls }},
		{"shared", func(c content.Counts) int { return c.Shares }},
	}, verdictColumns...)
)

// spoken are counts in words.
func (cs columns) spoken(c content.Counts) string {
	spoken := make([]string, len(cs))
	for i, column := range cs {
		spoken[i] = fmt.Sprintf("%s %d", column.name, column.of(c))
	}

	return strings.Join(spoken, ", ")
}

// maxLabel bounds a persona or stage in a table, in characters.
const maxLabel = 24

// addTable adds a table of counts to a message, aligned, and says the same in
// its text.
func addTable(m *bot.Message, label string, rows []content.Labelled, shown columns) {
	if len(rows) == 0 {
		return
	}

	rows = rows[:min(statRows, len(rows))]
	labels, width := make([]string, len(rows)), uniseg.StringWidth(label)
	for i, r := range rows {
		labels[i] = blocks.Cut(oneLine(r.Label), maxLabel)
		width = max(width, uniseg.StringWidth(labels[i]))
	}

	var b strings.Builder
	pad := func(label string) { b.WriteString(label + strings.Repeat(" ", width-uniseg.StringWidth(label))) }
	pad(label)
	for _, c := range shown {
		fmt.Fprintf(&b, "  %7s", c.name)
	}

	for i, r := range rows {
		b.WriteString("\n")
		pad(labels[i])
		for _, c := range shown {
			fmt.Fprintf(&b, "  %*d", max(7, len(c.name)), c.of(r.Counts))
		}

		m.Text += fmt.Sprintf(" %s %s: %s.", label, blocks.Escape(labels[i]), shown.spoken(r.Counts))
	}

	m.Blocks = append(m.Blocks, slack.NewRichTextBlock("", &slack.RichTextPreformatted{
		Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{blocks.Run(b.String())},
	}))
}
