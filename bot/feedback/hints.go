package feedback

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"smarketer/bot"
	"smarketer/prompts"
	"smarketer/store"
	"smarketer/store/search"
)

// draft is what the form is filled in with.
type draft struct {
	words      string
	asset      *store.Served
	verdict    store.Verdict
	account    string
	competitor string
	source     source
}

// candidates is how many pieces a model may choose from.
const candidates = 5

var (
	mentioned = regexp.MustCompile(`(?i)\bC-\d{1,9}\b`)
	signs     = map[string]store.Verdict{"+": store.Works, "~": store.Mixed, "-": store.Fails}
)

// guess fills in by plain rules what a line says outright: a sign in front
// (+ ~ -) for the verdict, and an asset by its ID. It also returns the pieces
// that the line may be about, for a model to choose from.
func (f *Room) guess(ctx context.Context, d draft) (draft, []store.Served, error) {
	if sign, rest, ok := strings.Cut(d.words, " "); ok && signs[sign] != "" {
		d.verdict, d.words = signs[sign], strings.TrimSpace(rest)
	}
	if id := mentioned.FindString(d.words); id != "" {
		found, err := f.Store.Servable(ctx, strings.ToUpper(id))
		if err != nil {
			return d, nil, err
		}
		if len(found) > 0 {
			d.asset = &found[0]
		}
	}
	if f.Model == nil || d.words == "" || !f.Search.Ready() {
		return d, nil, nil
	}
	found, err := f.find(ctx, bot.Cut(d.words, 300), candidates)
	return d, found, err
}

// find searches for pieces that are servable now.
func (f *Room) find(ctx context.Context, text string, limit int) ([]store.Served, error) {
	hits := f.Search.Search(search.Query{Text: text, Limit: limit}).Hits
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	return f.Store.Servable(ctx, ids...)
}

// read has the model fill in what the rules left open. When it can't, the
// form is as the rules left it.
func (f *Room) read(ctx context.Context, d draft, found []store.Served) draft {
	offer := make([]prompts.Candidate, len(found))
	for i, a := range found {
		offer[i] = prompts.Candidate{ID: a.ID, Kind: a.Kind, Title: a.Version.Title}
	}
	hints, err := f.Model.ExtractFeedback(ctx, d.words, offer)
	if err != nil {
		return d // package prompts has logged it
	}
	if d.verdict == "" {
		d.verdict = hints.Verdict
	}
	if i := slices.IndexFunc(found, func(a store.Served) bool { return a.ID == hints.Asset }); d.asset == nil && i >= 0 {
		d.asset = &found[i]
	}
	d.account, d.competitor = bot.Cut(hints.Account, maxName), bot.Cut(hints.Competitor, maxName)
	return d
}
