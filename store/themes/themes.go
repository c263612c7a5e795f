package themes

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/store/feedback"
	"smarketer/store/follow"
	"smarketer/store/search"
)

// Windows are the days that a report can look back on.
var Windows = []int{7, 30, 90, 365}

// horizon is how far back the longest window looks.
const horizon = 365 * 24 * time.Hour

// Count is how many pieces say a thing, and how many people they come from.
type Count struct{ Pieces, People int }

// Row is what was said of one asset, persona, stage or competitor.
type Row struct {
	Kind, Value         string // one of [Kinds], and "C-12"
	Works, Mixed, Fails Count
	Pieces              []string // IDs of those that say so, the newest first, at most [MaxPieces]
	pieces              []uint32 // in the table
}

// Kinds are what feedback is counted by, in the order in which people see them.
var Kinds = []string{"asset", "persona", "stage", "competitor"}

// Source is where feedback comes from: "sales", "survey".
type Source struct {
	Name string
	Count
}

// Theme is a phrase that comes up again and again.
type Theme struct {
	Key                 string // names it in [Report.Theme], on every replica
	Stems               []string
	All                 Count
	Works, Mixed, Fails Count
	Sources             []Source // most people first
	Pieces              []string // IDs, the newest first, at most [MaxPieces]
	phrase              key
	pieces              []uint32 // in the table
}

const (
	// MaxPieces is how many pieces a row or a theme names.
	MaxPieces = 50
	// MaxThemes is how many themes a report has.
	MaxThemes = 20
	// MaxRows is how many rows of one kind a list of a report has.
	MaxRows = 5
)

// Report is what was said in the days before At.
type Report struct {
	Days    int
	At      time.Time
	Count   Count
	Sources []Source // most people first
	Fails   []Row    // by kind, most people first
	Works   []Row
	Themes  []Theme // most people first
}

// Theme is the theme with this key, if it still is one.
func (r Report) Theme(key string) (Theme, bool) {
	for _, t := range r.Themes {
		if t.Key == key {
			return t, true
		}
	}

	return Theme{}, false
}

// Repository is where feedback is read; *feedbackrepo.Repo is one.
type Repository interface {
	// All goes through the feedback given since a time. It ends after the first
	// error.
	All(ctx context.Context, since time.Time) iter.Seq2[feedback.Piece, error]

	// Pieces reads the pieces with these IDs. Pieces that don't exist are left
	// out.
	Pieces(ctx context.Context, ids ...string) ([]feedback.Piece, error)
}

// Options say what an index is made from. Language is one of those of package
// search, English when it is empty; the clock and the log have defaults.
type Options struct {
	Feed     follow.Feed // says what has changed; *store.Store is one
	Feedback Repository
	Language string
	Clock    clockwork.Clock
	Log      *slog.Logger
}

// Index keeps reports on what the field says. All methods may be called by
// several goroutines at once, but only one Follow may run at a time.
type Index struct {
	Options
	reader  *search.Reader
	table   *table                   // Follow's alone
	reports atomic.Pointer[[]Report] // by window; nil until loaded
}

// New makes an empty index.
func New(o Options) (*Index, error) {
	reader, err := search.NewReader(o.Language)
	if err != nil {
		return nil, fmt.Errorf("themes: %w", err)
	}

	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}

	if o.Log == nil {
		o.Log = slog.Default()
	}

	return &Index{Options: o, reader: reader, table: newTable(reader)}, nil
}

// Report is the last report on so many days, one of [Windows]. It is false
// until the feedback has been loaded.
func (x *Index) Report(days int) (Report, bool) {
	reports, window := x.reports.Load(), slices.Index(Windows, days)
	if reports == nil || window < 0 {
		return Report{}, false
	}

	return (*reports)[window], true
}

// Phrase finds the words in a text that make it a piece of a theme, as they
// stand there but in lower case: "price was too high". It is "" when they are
// not in it any more.
func (x *Index) Phrase(t Theme, text string) string {
	return findPhrase(x.reader.Words(text), t.Stems)
}
