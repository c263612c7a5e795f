package feedback

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// inboxPage is how many pieces one answer shows.
const inboxPage = 5

// inbox shows marketing what there is to look at: what is new, or what fits
// the filters.
func (f *Room) inbox(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	text := strings.TrimSpace(blocks.Clean(r.Text))
	if blocks.Length(text) > maxFilters {
		return nil, bot.Problemf("That is a long list of filters. Please use up to %d characters.", maxFilters)
	}

	return f.inboxPage(ctx, text, "")
}

// maxFilters bounds what is typed after /feedback inbox, in characters.
const maxFilters = 300

// inboxFrom shows the next page. The value is the place to go on from, and
// what was typed.
func (f *Room) inboxFrom(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	from, text, _ := strings.Cut(r.Value, "|")
	return f.inboxPage(ctx, text, from)
}

func (f *Room) inboxPage(ctx context.Context, text, from string) (*bot.Reply, error) {
	fits, err := parseFilter(text)
	if err != nil {
		return nil, err
	}

	found, next, err := f.Feedback.Find(ctx, fits, from, inboxPage)
	if err != nil {
		return nil, err
	}

	waiting, err := f.Feedback.Count(ctx, feedback.New)
	if err != nil {
		return nil, err
	}

	links, err := f.links(ctx, found)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: inboxView(page{text: text, from: from, next: next, found: found, links: links, waiting: waiting})}, nil
}

// link is the address of a piece's card, "" for one without.
func (f *Room) link(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}

	channel, ts, err := f.Store.CardPlace(ctx, feedback.Ref(id), f.Channel)
	return blocks.Permalink(f.Workspace, channel, ts, ""), err
}

// links are the addresses of the cards of pieces, "" for those without.
func (f *Room) links(ctx context.Context, pieces []feedback.Piece) ([]string, error) {
	links := make([]string, len(pieces))
	for i, p := range pieces {
		var err error
		if links[i], err = f.link(ctx, p.ID); err != nil {
			return nil, err
		}
	}

	return links, nil
}

// parseFilter reads what people type after /feedback inbox: "status:new",
// "verdict:fails", "competitor:Voltquill", "source:survey", "asset:C-12", and
// statuses, verdicts and IDs by themselves. A value in quotes may have spaces.
func parseFilter(text string) (feedback.Filter, error) {
	var fits feedback.Filter
	for _, word := range filterWords(text) {
		name, value, named := strings.Cut(word, ":")
		if !named {
			name, value = "", word
		}

		if !fit(&fits, strings.ToLower(name), strings.TrimSpace(value)) {
			return fits, bot.Problemf("I don't know the filter `%s`. Try `status:new`, `verdict:fails`, `competitor:Voltquill`, `source:survey` or an asset such as `C-12`.", blocks.Escape(blocks.Cut(word, 60)))
		}
	}

	return fits, nil
}

// fit takes one filter over; false when there is no such.
func fit(fits *feedback.Filter, name, value string) bool {
	low := strings.ToLower(value)
	status, verdict := feedback.Status(low), content.Verdict(low)
	id, isAsset := content.AssetID(value)
	switch {
	case value == "":
		return false
	case (name == "" || name == "status") && slices.Contains(feedback.Statuses, status):
		fits.Status = status
	case (name == "" || name == "verdict") && slices.Contains(content.Verdicts, verdict):
		fits.Verdict = verdict
	case (name == "" || name == "asset") && isAsset:
		fits.Asset = id
	case name == "competitor":
		fits.Competitor = value
	case name == "source":
		fits.Source = low
	default:
		return false
	}

	return true
}

// filterWords splits at spaces that are not in quotes.
func filterWords(text string) []string {
	quoted := false
	words := strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' || r == '“' || r == '”' {
			quoted = !quoted
		}

		return unicode.IsSpace(r) && !quoted
	})

	for i, w := range words {
		words[i] = strings.Map(func(r rune) rune {
			if r == '"' || r == '“' || r == '”' {
				return -1
			}

			return r
		}, w)
	}

	return words
}

// mine lists what a person gave, and what came of it. With more words it is
// feedback that begins so: "mine was the only deck they liked".
func (f *Room) mine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Text != "" {
		r.Text = "mine " + r.Text
		return f.begin(ctx, r)
	}

	return f.minePage(ctx, r.User, 0)
}

// mineFrom shows the next page. The value is how many to pass over.
func (f *Room) mineFrom(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	var from int
	if _, err := fmt.Sscan(r.Value, &from); err != nil || from < 0 {
		return nil, bot.Problemf("I've lost track of that list. Please type `/feedback mine` again.")
	}

	return f.minePage(ctx, r.User, from)
}

func (f *Room) minePage(ctx context.Context, user string, from int) (*bot.Reply, error) {
	found, total, err := f.Feedback.PageByReporter(ctx, user, from, inboxPage)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: mineView(found, from, total)}, nil
}
