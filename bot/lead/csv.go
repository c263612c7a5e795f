package lead

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// columns are what a CSV file may have, beside attributes.<name>. Those of the
// touch are about one, the last.
var columns = []string{"id", "source", "email", "name", "title", "company", "domain", "country", "industry",
	"employees", "score", "interest", "owner_email", "url", "touch_at", "touch_kind", "touch_title", "touch_url"}

const attributePrefix = "attributes."

// CSV says how a file with leads is to be read. The zero value reads one whose
// header names the fields.
type CSV struct {
	// Columns maps names in the header to fields, or to [LeaveOut].
	Columns map[string]string
	// Source is that of every lead, when the file has no such column.
	Source string
}

// LeaveOut stands for a column that isn't read.
const LeaveOut = "-"

// Read reads leads. Each row comes with its line; one that is wrong comes with
// an error and doesn't stop the others. The error returned is about the file as
// a whole, or what row returned. Empty rows are passed over. Where there is no
// column for the id, the e-mail address is it.
func (c CSV) Read(r io.Reader, row func(line int, in lead.Lead, err error) error) error {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark))
	}

	reader := csv.NewReader(buffered)
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("line 1: the header can't be read: %w", err)
	}

	if err := c.readHeader(header); err != nil {
		return fmt.Errorf("line 1: %w", err)
	}

	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}

		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			err = row(parse.StartLine, lead.Lead{}, rowProblem(parse, len(cells), len(header)))
		} else if err != nil {
			return fmt.Errorf("read the file: %w", err)
		} else if line, _ := reader.FieldPos(0); strings.Join(cells, "") != "" {
			in, wrong := c.lead(header, cells)
			err = row(line, in, wrong)
		}

		if err != nil {
			return err
		}
	}
}

const byteOrderMark = "\ufeff"

// readHeader turns the names of columns into fields and names the first that
// is wrong. The name of an attribute stays as it is written.
func (c CSV) readHeader(header []string) error {
	if len(header) == 1 && strings.Contains(header[0], ";") {
		return errors.New("the columns are separated by semicolons; save the file with commas between them")
	}

	mapped := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if field, ok := c.Columns[name]; ok {
			mapped[name] = true
			name = strings.TrimSpace(field)
		}

		if lower := strings.ToLower(name); slices.Contains(columns, lower) {
			name = lower
		}

		attribute, isAttribute := strings.CutPrefix(name, attributePrefix)
		switch {
		case name == LeaveOut:
		case name == "" || isAttribute && attribute == "":
			return fmt.Errorf("column %d has no name", i+1)
		case !isAttribute && !slices.Contains(columns, name):
			return fmt.Errorf("the column %q is not known; name it %sNAME to keep it, map it (%s leaves it out), or use one of %s",
				blocks.Cut(name, 60), attributePrefix, LeaveOut, strings.Join(columns, ", "))
		case slices.Contains(header[:i], name):
			return fmt.Errorf("the column %q appears twice", blocks.Cut(name, 60))
		}

		header[i] = name
	}

	for _, name := range slices.Sorted(maps.Keys(c.Columns)) {
		if !mapped[name] {
			return fmt.Errorf("there is no column %q to map", blocks.Cut(name, 60))
		}
	}

	switch {
	case !slices.Contains(header, "id") && !slices.Contains(header, "email"):
		return errors.New(`the column "id" is missing, and so is "email", which could stand in for it`)
	case !slices.Contains(header, "source") && c.Source == "":
		return errors.New(`the column "source" is missing; every lead needs one`)
	}

	return nil
}

func rowProblem(err *csv.ParseError, cells, columns int) error {
	if errors.Is(err, csv.ErrFieldCount) {
		return fmt.Errorf("has %d cells, but the header has %d", cells, columns)
	}

	return errors.New(`has a quotation mark out of place: put the whole cell in quotation marks, and write "" for each one inside`)
}

// lead reads one row. The error is a *errs.Invalid.
func (c CSV) lead(header, cells []string) (lead.Lead, error) {
	in, touch, at := lead.Lead{Source: c.Source}, lead.Touch{}, ""
	texts := map[string]*string{
		"id": &in.ExternalID, "source": &in.Source, "email": &in.Email, "name": &in.Name, "title": &in.Title,
		"company": &in.Company, "domain": &in.Domain, "country": &in.Country, "industry": &in.Industry,
		"interest": &in.Interest, "owner_email": &in.OwnerEmail, "url": &in.URL,
		"touch_at": &at, "touch_kind": &touch.Kind, "touch_title": &touch.Title, "touch_url": &touch.URL,
	}
	for i, name := range header {
		cell := strings.TrimSpace(cells[i])
		if cell == "" || name == LeaveOut {
			continue
		}

		var err error
		switch {
		case texts[name] != nil:
			*texts[name] = cell
		case name == "employees":
			if in.Employees, err = strconv.Atoi(cell); err != nil {
				return in, &errs.Invalid{Field: name, Message: "must be a whole number such as 340"}
			}
		case name == "score":
			if in.Score, err = strconv.ParseFloat(cell, 64); err != nil {
				return in, &errs.Invalid{Field: name, Message: "must be a number such as 71 or 7.5"}
			}
		default:
			if in.Attributes == nil {
				in.Attributes = map[string]string{}
			}

			in.Attributes[strings.TrimPrefix(name, attributePrefix)] = cell
		}
	}

	if !slices.Contains(header, "id") {
		in.ExternalID = strings.ToLower(in.Email)
	}

	if at == "" && touch == (lead.Touch{}) {
		return in, nil
	}

	return withTouch(in, touch, at)
}

// withTouch adds the one touch that a row has to its lead; at is its time as it
// stands in the file.
func withTouch(in lead.Lead, touch lead.Touch, at string) (lead.Lead, error) {
	if touch.Kind == "" {
		return in, &errs.Invalid{Field: "touch_kind", Message: "is missing: form, webinar, page, email, social, event or call"}
	}

	when, err := touchTime(at)
	touch.At = when
	in.Touches = []lead.Touch{touch}

	return in, err
}

// touchTime reads a day or a moment.
func touchTime(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}

	return time.Time{}, &errs.Invalid{Field: "touch_at", Message: "must be a day such as 2026-11-21, or a time such as 2026-11-21T09:30:00Z"}
}
