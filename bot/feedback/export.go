package feedback

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"smarketer/store/feedback"
)

// Format is a form in which feedback is exported.
type Format string

// The formats of an export.
const (
	CSV   Format = "csv"   // a header and a line a piece, for spreadsheets
	JSONL Format = "jsonl" // a JSON object a line, with all that is known of a piece
)

// Export writes pieces, one after the other, and counts them. A deleted piece
// has no words and names nobody any more.
func Export(to io.Writer, pieces iter.Seq2[feedback.Piece, error], format Format) (n int, err error) {
	write, flush := writeJSONL(to)
	if format == CSV {
		write, flush = writeCSV(to)
	}

	for f, err := range pieces {
		if err != nil {
			return n, err
		}

		if err := write(f); err != nil {
			return n, fmt.Errorf("write %s: %w", f.ID, err)
		}

		n++
	}

	if err := flush(); err != nil {
		return n, fmt.Errorf("write: %w", err)
	}

	return n, nil
}

func writeJSONL(to io.Writer) (write func(feedback.Piece) error, flush func() error) {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return func(f feedback.Piece) error { return encoder.Encode(f) }, func() error { return nil }
}

var csvHeader = []string{
	"id", "created", "heard", "source", "status", "verdict", "importance", "words", "asset", "version", "account", "competitor", "persona", "stage",
	"reporter", "respondent", "said_by", "permalink", "joined", "decided_by", "decided_at", "reason", "result", "edited", "deleted",
}

func writeCSV(to io.Writer) (write func(feedback.Piece) error, flush func() error) {
	w, begun := csv.NewWriter(to), false
	head := func() error {
		if begun {
			return nil
		}

		begun = true
		return w.Write(csvHeader)
	}

	return func(f feedback.Piece) error {
			if err := head(); err != nil {
				return err
			}

			return w.Write(csvLine(f))
		}, func() error {
			if err := head(); err != nil {
				return err
			}

			w.Flush()
			return w.Error()
		}
}

func csvLine(f feedback.Piece) []string {
	var last feedback.Step
	if len(f.Steps) > 0 {
		last = f.Steps[len(f.Steps)-1]
	}

	version := ""
	if f.Version > 0 {
		version = strconv.Itoa(f.Version)
	}

	line := []string{
		f.ID, stamp(f.Created), stamp(f.Heard), f.Source, string(f.Status), string(f.Verdict), string(f.Importance), f.Words, f.Asset, version, f.Account,
		f.Competitor, f.Persona, f.Stage, f.Reporter, f.Respondent, f.Said, f.Permalink, f.Primary, last.By, stamp(last.At), last.Reason,
		last.Result, stamp(f.Edited), stamp(f.Deleted),
	}

	for i, cell := range line {
		line[i] = inert(cell)
	}

	return line
}

// inert keeps a spreadsheet from taking a cell for a formula
// (https://owasp.org/www-community/attacks/CSV_Injection): an apostrophe in
// front makes it text.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}

	return cell
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}

	return t.UTC().Format(time.RFC3339)
}
