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
	suggested  bool // by a model
	source     source
}

// candidates is how many pieces a model may choose from.
const candidates = 5

var (
	mentioned = regexp.MustCompile(`\bC-\d{1,9}\b`)
	signs     = map[string]store.Verdict{"+": store.Works, "~": store.Mixed, "-": store.Fails}
)

// mentionsRead is how many of the IDs in a line are looked up.
const mentionsRead = 5

// signed takes a sign in front of what a rep types (+ ~ -) for the verdict.
func signed(words string) (store.Verdict, string) {
	sign, rest, _ := strings.Cut(words, " ")
	if rest = strings.TrimSpace(rest); signs[sign] == "" || rest == "" {
		return "", words
	}
	return signs[sign], rest
}

// guess fills in by plain rules what a line says outright: an asset by its ID.
// It also returns the pieces that the line may be about, for a model to choose
// from.
func (f *Room) guess(ctx context.Context, d draft) (draft, []store.Served, error) {
	ids := mentioned.FindAllString(strings.ToUpper(d.words), mentionsRead)
	named, err := f.Store.Servable(ctx, ids...)
	if err != nil {
		return d, nil, err
	}
	if len(named) > 0 {
		d.asset = &named[0]
	}
	if f.Model == nil || d.words == "" || !f.Search.Ready() {
		return d, nil, nil
	}
	found, err := f.find(ctx, bot.Cut(d.words, maxQuery), candidates)
	return d, found, err
}

// maxQuery bounds a search, in characters.
const maxQuery = 300

// find searches for pieces that are servable now, by words or by an ID.
func (f *Room) find(ctx context.Context, text string, limit int) ([]store.Served, error) {
	if id, ok := store.AssetID(text); ok {
		return f.Store.Servable(ctx, id)
	}
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
	was := d
	if d.verdict == "" {
		d.verdict = hints.Verdict
	}
	if i := slices.IndexFunc(found, func(a store.Served) bool { return a.ID == hints.Asset }); d.asset == nil && i >= 0 {
		d.asset = &found[i]
	}
	d.account, d.competitor = bot.Cut(hints.Account, maxName), bot.Cut(hints.Competitor, maxName)
	d.suggested = was != d
	return d
}
