package feedback

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/feedback"
	"smarketer/store/themes"
)

// Themes sees patterns in feedback.
type Themes interface {
	Report(days int) (themes.Report, bool)
	Phrase(t themes.Theme, text string) string
}

const (
	// usualDays is how far back themes look when nothing is said.
	usualDays = 30
	// themesShown is how many themes one answer shows; an overflow menu holds
	// five entries.
	themesShown = 5
	// themePage is how many pieces of a theme one answer shows.
	themePage = 8
)

var errThemesStart = bot.Problemf("I'm still reading the feedback. Please try again in a few seconds.")

// maxPeriod is how many words a period has: "30 days". A line of more is
// feedback that begins with this word: "themes like these bore them".
const maxPeriod = 2

// themes shows what comes up again and again.
func (f *Room) themes(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if len(r.Args()) > maxPeriod {
		r.Text = "themes " + r.Text
		return f.begin(ctx, r)
	}

	days, ok := parseDays(blocks.Clean(r.Text))
	if !ok {
		return nil, bot.Problemf("I count over 7, 30, 90 or 365 days. Try `/feedback themes 30d`.")
	}

	report, ready := f.Themes.Report(days)
	if !ready {
		return nil, errThemesStart
	}

	p := patterns{report: report}
	quoted := map[string]bool{}
	var err error
	if p.fails, err = f.verbatim(ctx, report.Fails, quoted); err != nil {
		return nil, err
	}

	if p.works, err = f.verbatim(ctx, report.Works, quoted); err != nil {
		return nil, err
	}

	for _, t := range report.Themes[:min(len(report.Themes), themesShown)] {
		s, err := f.spoken(ctx, t, quoted)
		if err != nil {
			return nil, err
		}

		if s.quote.ID != "" {
			p.said = append(p.said, s)
		}
	}

	if p.titles, err = f.titles(ctx, report); err != nil {
		return nil, err
	}

	return &bot.Reply{Message: themesView(p)}, nil
}

// patterns is all that an answer about themes shows.
type patterns struct {
	report       themes.Report
	fails, works []feedback.Piece // some of those who say so, in their words
	said         []spoken
	titles       map[string]string // of assets, as far as they are served
}

// quotesShown is how many people are quoted on what fails, and on what works.
const quotesShown = 2

// verbatim finds what people said of the rows: the newest piece of each that
// has words, and isn't quoted yet.
func (f *Room) verbatim(ctx context.Context, rows []themes.Row, quoted map[string]bool) ([]feedback.Piece, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.Pieces[:min(len(row.Pieces), quotesTried)]...)
	}

	slices.Sort(ids)
	pieces, err := f.Feedback.Pieces(ctx, slices.Compact(ids)...)
	if err != nil {
		return nil, err
	}

	with := map[string]feedback.Piece{}
	for _, p := range pieces {
		with[p.ID] = p
	}

	var found []feedback.Piece
	for _, row := range rows {
		for _, id := range row.Pieces {
			if p := with[id]; p.Shown() && !quoted[id] && len(found) < quotesShown {
				quoted[id], found = true, append(found, p)
				break
			}
		}
	}

	return found, nil
}

// parseDays reads "30d", "30" or "30 days"; nothing is the usual.
func parseDays(text string) (days int, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return usualDays, true
	}

	for _, unit := range []string{"days", "day", "d"} {
		if number, cut := strings.CutSuffix(text, unit); cut {
			text = strings.TrimSpace(number)
			break
		}
	}

	days, err := strconv.Atoi(text)
	return days, err == nil && slices.Contains(themes.Windows, days)
}

// spoken is a theme in somebody's words.
type spoken struct {
	theme  themes.Theme
	phrase string
	quote  feedback.Piece // the newest piece that has it
}

// quotesTried is how many pieces are read to find one that still says it.
const quotesTried = 5

// spoken finds words for a theme, if there are any of a piece that isn't quoted
// yet. The report may be seconds old: what people see is read from the store,
// and it is zero when the words were deleted since.
func (f *Room) spoken(ctx context.Context, t themes.Theme, quoted map[string]bool) (spoken, error) {
	s := spoken{theme: t}
	pieces, err := f.Feedback.Pieces(ctx, t.Pieces[:min(len(t.Pieces), quotesTried)]...)
	if err != nil {
		return s, err
	}

	for _, p := range pieces {
		phrase := f.Themes.Phrase(t, p.Words)
		if phrase == "" || s.quote.ID != "" && quoted[p.ID] {
			continue
		}

		s.phrase, s.quote = phrase, p
		if !quoted[p.ID] {
			break
		}
	}

	if s.quote.ID != "" {
		quoted[s.quote.ID] = true
	}

	return s, nil
}

// titles are the titles of the assets in a report, as far as they are served.
func (f *Room) titles(ctx context.Context, r themes.Report) (map[string]string, error) {
	var ids []string
	for _, row := range slices.Concat(r.Fails, r.Works) {
		if row.Kind == "asset" && !slices.Contains(ids, row.Value) {
			ids = append(ids, row.Value)
		}
	}

	found, err := f.Assets.Servable(ctx, ids...)
	titles := map[string]string{}
	for _, a := range found {
		titles[a.ID] = a.Version.Title
	}

	return titles, err
}

// theme lists the pieces of a theme. The value is the days, the theme, and
// how many pieces to pass over.
func (f *Room) theme(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	parts := strings.Fields(r.Value)
	if len(parts) != 3 {
		return nil, errThemeGone
	}

	days, _ := parseDays(parts[0])
	from, err := strconv.Atoi(parts[2])
	if err != nil || from < 0 {
		return nil, errThemeGone
	}

	report, ready := f.Themes.Report(days)
	if !ready {
		return nil, errThemesStart
	}

	t, ok := report.Theme(parts[1])
	if !ok || from >= len(t.Pieces) {
		return nil, errThemeGone
	}

	said, err := f.spoken(ctx, t, map[string]bool{})
	if err != nil {
		return nil, err
	}

	if said.quote.ID == "" {
		return nil, errThemeGone
	}

	found, err := f.Feedback.Pieces(ctx, t.Pieces[from:min(len(t.Pieces), from+themePage)]...)
	if err != nil {
		return nil, err
	}

	found = slices.DeleteFunc(found, func(p feedback.Piece) bool { return !p.Shown() })
	links, err := f.links(ctx, found)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: themeView(report, said, found, links, from)}, nil
}

var errThemeGone = bot.Problemf("That theme isn't one any more: the feedback has changed since. `/feedback themes` shows it as it is now.")
