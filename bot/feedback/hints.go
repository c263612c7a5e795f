package feedback

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"smarketer/bot/blocks"
	"smarketer/prompts"
	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/search"
)

// draft is what the form is filled in with.
type draft struct {
	words      string
	asset      *content.Served
	verdict    content.Verdict
	importance feedback.Importance
	account    string
	suggested  bool   // by a model
	note       string // what the person should know about it
	carried    carried
}

// offered is how many pieces a line may be about: a model chooses from them.
const offered = 5

var (
	mentioned = regexp.MustCompile(`\bC-\d{1,9}\b`)
	signs     = map[string]content.Verdict{"+": content.Works, "~": content.Mixed, "-": content.Fails}
)

// mentionsRead is how many of the IDs in a line are looked up.
const mentionsRead = 5

// signed takes a sign in front of what a rep types (+ ~ -) for the verdict.
func signed(words string) (content.Verdict, string) {
	sign, rest, _ := strings.Cut(words, " ")
	if rest = strings.TrimSpace(rest); signs[sign] == "" || rest == "" {
		return "", words
	}

	return signs[sign], rest
}

// outright fills in what a line says outright: an asset by its ID.
func (f *Room) outright(ctx context.Context, d draft) (draft, error) {
	ids := mentioned.FindAllString(strings.ToUpper(d.words), mentionsRead)
	named, err := f.Assets.Servable(ctx, ids...)
	if err == nil && len(named) > 0 {
		d.asset = &named[0]
	}

	return d, err
}

// candidates are the pieces that a line may be about.
type candidates struct {
	pieces []content.Served // the likeliest first
	clear  bool             // whether the first is well ahead of the second
}

// aheadBy is how much better than the second the best must fit to be clear.
const aheadBy = 1.3

// candidates finds the pieces that a line may be about; none while search is
// starting.
func (f *Room) candidates(ctx context.Context, words string) (c candidates, err error) {
	if words == "" || !f.Search.Ready() {
		return c, nil
	}

	hits := f.hits(words, offered)
	c.pieces, err = f.servable(ctx, hits)
	if len(hits) > 0 && len(c.pieces) > 0 && hits[0].ID == c.pieces[0].ID {
		c.clear = len(hits) == 1 || hits[0].Score > aheadBy*hits[1].Score
	}

	return c, err
}

// likely fills in by plain rules what is still open. A piece is taken that the
// line names by a word of its title or its topics: the first that the person
// used lately, or else the best if it is clear. A menu that is wrong costs
// more than one that is empty.
func (f *Room) likely(ctx context.Context, user string, d draft, found candidates) (draft, error) {
	said := readFacts(d.words, found.pieces)
	d.verdict, d.importance, d.account = cmp.Or(d.verdict, said.verdict), said.importance, said.account
	d.carried.Competitor, d.carried.Persona, d.carried.Stage = said.competitor, said.persona, said.stage
	if d.asset != nil || len(found.pieces) == 0 {
		return d, nil
	}

	lately, err := f.Assets.RecentUses(ctx, user, menuSize)
	if err != nil {
		return d, err
	}

	for i, a := range found.pieces {
		used := slices.ContainsFunc(lately, func(l content.Served) bool { return l.ID == a.ID })
		if used && names(d.words, a) {
			d.asset = &found.pieces[i]
			return d, nil
		}
	}

	if best := &found.pieces[0]; found.clear && names(d.words, *best) {
		d.asset = best
	}

	return d, nil
}

// maxQuery bounds a search, in characters.
const maxQuery = 300

// find searches for pieces that are servable now, by words or by an ID.
func (f *Room) find(ctx context.Context, text string, limit int) ([]content.Served, error) {
	if id, ok := content.AssetID(text); ok {
		return f.Assets.Servable(ctx, id)
	}

	return f.servable(ctx, f.hits(text, limit))
}

func (f *Room) hits(text string, limit int) []search.Hit {
	return f.Search.Search(search.Query{Text: blocks.Cut(text, maxQuery), Limit: limit}).Hits
}

// servable reads what a search found: the index may be a moment behind.
func (f *Room) servable(ctx context.Context, hits []search.Hit) ([]content.Served, error) {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}

	return f.Assets.Servable(ctx, ids...)
}

// read has the model fill in what the line doesn't say outright. When it
// can't, plain rules do.
func (f *Room) read(ctx context.Context, user string, d draft, found candidates) (draft, error) {
	offer := make([]prompts.Candidate, len(found.pieces))
	for i, a := range found.pieces {
		offer[i] = prompts.Candidate{ID: a.ID, Kind: a.Kind, Title: a.Version.Title}
	}

	hints, err := f.Model.ExtractFeedback(ctx, d.words, offer)
	if err != nil {
		return f.likely(ctx, user, d, found) // package prompts has logged it
	}

	was := d
	d.verdict, d.importance = cmp.Or(d.verdict, hints.Verdict), hints.Importance
	if i := slices.IndexFunc(found.pieces, func(a content.Served) bool { return a.ID == hints.Asset }); d.asset == nil && i >= 0 {
		d.asset = &found.pieces[i]
	}

	d.account = blocks.Cut(hints.Account, maxName)
	d.carried.Competitor, d.carried.Persona, d.carried.Stage = blocks.Cut(hints.Competitor, maxName), tidyTerm(hints.Persona), tidyTerm(hints.Stage)
	d.suggested = was != d
	return d, nil
}
