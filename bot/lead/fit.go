package lead

import (
	"context"
	"slices"
	"strings"

	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/lead"
	"smarketer/store/search"
)

// Searcher finds servable assets.
type Searcher interface {
	Search(q search.Query) search.Results
	Ready() bool // whether the library has been loaded
}

// fits is how many pieces of copy a card offers.
const fits = 2

// maxWants bounds what is searched for, in characters.
const maxWants = 300

// fitting finds approved copy for a lead: for what it wants and what it did,
// or else for its industry. It finds none while the library isn't loaded.
func (room *Room) fitting(ctx context.Context, l lead.Lead) ([]content.Served, error) {
	if room.Search == nil || !room.Search.Ready() || l.Status.Ended() {
		return nil, nil
	}

	wants := []string{l.Interest}
	for _, t := range slices.Backward(l.Touches[max(0, len(l.Touches)-told):]) {
		wants = append(wants, t.Title)
	}

	wants = append(wants, l.Title, l.Industry)
	text := blocks.Cut(strings.TrimSpace(strings.Join(wants, " ")), maxWants)
	if text == "" {
		return nil, nil
	}

	found := room.Search.Search(search.Query{Text: text, Limit: fits})
	var ids []string
	for _, hit := range found.Hits {
		ids = append(ids, hit.ID)
	}

	if len(ids) == 0 {
		return nil, nil
	}

	return room.Assets.Servable(ctx, ids...) // the index may be behind
}
