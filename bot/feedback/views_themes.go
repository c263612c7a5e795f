package feedback

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/feedback"
	"smarketer/store/themes"
)

// rowsShown is how many assets, personas… of a kind are shown.
const rowsShown = 3

var kindWords = map[string]string{"asset": "Messages", "persona": "Personas", "stage": "Stages", "competitor": "Competitors"}

// themesView shows what fails, what works, and what comes up again and again.
func themesView(p patterns) *bot.Message {
	r := p.report
	title := fmt.Sprintf("What the field said in %d days", r.Days)
	m := &bot.Message{Text: "*" + title + "*", Blocks: []slack.Block{blocks.Header(title)}}
	if r.Count.Pieces == 0 {
		m.Text = fmt.Sprintf("Nobody has given feedback in %d days. One line is enough: `/feedback + C-12 the CFO loved it`.", r.Days)
		m.Blocks = append(m.Blocks, blocks.Markdown(m.Text))
		return m
	}

	add := func(text string) {
		m.Text += "\n" + text
		m.Blocks = append(m.Blocks, blocks.Markdown(text))
	}

	add(fmt.Sprintf("%s: %s", countWords(r.Count), sourcesWords(r.Sources)))
	quote := func(pieces []feedback.Piece) {
		for _, f := range pieces {
			m.Blocks = append(m.Blocks, blocks.Quote(blocks.Cut(f.Words, listedWords)))
		}
	}
	if text := rowsWords(r.Fails, p.titles, func(w themes.Row) (themes.Count, themes.Count) { return w.Fails, w.Works }, "fails", "works"); text != "" {
		add("*What fails*\n" + text)
		quote(p.fails)
	}

	if text := rowsWords(r.Works, p.titles, func(w themes.Row) (themes.Count, themes.Count) { return w.Works, w.Fails }, "works", "fails"); text != "" {
		add("*What works*\n" + text)
		quote(p.works)
	}

	if len(p.said) == 0 {
		m.Blocks = append(m.Blocks, blocks.Context("No words come up with two people yet, so there are no themes."))
		return m
	}

	m.Blocks = append(m.Blocks, blocks.Markdown("*What comes up again and again*"))
	var menu []blocks.Choice
	for _, s := range p.said {
		line := themeLine(s)
		m.Text += "\n• " + line
		m.Blocks = append(m.Blocks, blocks.Markdown(line))
		if s.quote.Shown() {
			m.Blocks = append(m.Blocks, blocks.Quote(blocks.Cut(s.quote.Words, listedWords)))
		}

		menu = append(menu, blocks.Choice{Text: "Every piece: " + s.phrase, Value: blocks.To("feedback.theme", themeValue(r, s, 0))})
	}

	m.Blocks = append(m.Blocks, blocks.Actions(blocks.Overflow(menu...)), blocks.Context("In pairs such as *4*/9, four people said it in nine pieces. What weighs is people, so nobody counts for more by saying it often."))
	return m
}

func themeValue(r themes.Report, s spoken, from int) string {
	return fmt.Sprintf("%dd %s %d", r.Days, s.theme.Key, from)
}

func themeLine(s spoken) string {
	t := s.theme
	parts := []string{fmt.Sprintf("*%s* · %s", blocks.Escape(s.phrase), countWords(t.All))}
	for _, v := range []struct {
		name  string
		count themes.Count
	}{{"fails", t.Fails}, {"mixed", t.Mixed}, {"works", t.Works}} {
		if v.count.Pieces > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", v.name, v.count.People))
		}
	}

	if len(t.Sources) > 1 {
		parts = append(parts, sourcesWords(t.Sources))
	}

	return strings.Join(parts, " · ")
}

// countWords say both how many people and how many pieces.
func countWords(c themes.Count) string {
	return fmt.Sprintf("%s in %s", blocks.Count(c.People, "1 person", "people"), blocks.Count(c.Pieces, "1 piece", "pieces"))
}

func sourcesWords(all []themes.Source) string {
	var parts []string
	for _, s := range all[:min(len(all), 5)] {
		parts = append(parts, fmt.Sprintf("%s %d/%d", blocks.Escape(blocks.Cut(s.Name, 40)), s.People, s.Pieces))
	}

	return strings.Join(parts, ", ")
}

// rowsWords are the heaviest rows of each kind, a line a kind.
func rowsWords(rows []themes.Row, titles map[string]string, counts func(themes.Row) (this, other themes.Count), this, other string) string {
	var lines []string
	for _, kind := range themes.Kinds {
		var parts []string
		for _, row := range rows {
			if row.Kind != kind || len(parts) == rowsShown {
				continue
			}

			is, isnt := counts(row)
			part := fmt.Sprintf("%s %s *%d*/%d", blocks.Escape(blocks.Cut(rowName(row, titles), 60)), this, is.People, is.Pieces)
			if isnt.Pieces > 0 {
				part += fmt.Sprintf(", %s %d/%d", other, isnt.People, isnt.Pieces)
			}

			parts = append(parts, part)
		}

		if len(parts) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s", kindWords[kind], strings.Join(parts, " · ")))
		}
	}

	return strings.Join(lines, "\n")
}

func rowName(row themes.Row, titles map[string]string) string {
	if title := titles[row.Value]; row.Kind == "asset" && title != "" {
		return row.Value + " " + title
	}

	return cmp.Or(row.Value, "none")
}

// themeView lists pieces of a theme.
func themeView(r themes.Report, s spoken, found []feedback.Piece, links []string, from int) *bot.Message {
	title := fmt.Sprintf("“%s”: %s in %d days", blocks.Cut(s.phrase, 60), countWords(s.theme.All), r.Days)
	m := &bot.Message{Text: "*" + blocks.Escape(title) + "*", Blocks: []slack.Block{blocks.Header(title)}}
	for i, f := range found {
		m.Text += fmt.Sprintf("\n• %s: %s", f.ID, blocks.Escape(blocks.Cut(f.Words, 100)))
		m.Blocks = append(m.Blocks, blocks.Markdown(listLine(f, links[i])), blocks.Quote(blocks.Cut(f.Words, listedWords)))
	}

	switch next := from + themePage; {
	case next < len(s.theme.Pieces):
		m.Blocks = append(m.Blocks, blocks.Actions(blocks.Button("feedback.theme", themeValue(r, s, next), "More")))
	case s.theme.All.Pieces > len(s.theme.Pieces):
		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("These are the newest %d.", len(s.theme.Pieces))))
	}

	return m
}
