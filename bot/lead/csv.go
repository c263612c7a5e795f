package lead

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/store"
)

// columns are what a CSV file may have, beside attributes.<name>.
var columns = []string{"id", "source", "email", "name", "title", "company", "domain", "country", "industry",
	"employees", "score", "interest", "owner_email", "url"}

const attributePrefix = "attributes."

// ReadCSV reads leads from a file with a header of field names. Each row comes
// with its line; one that is wrong comes with an error and doesn't stop the
// others. The error returned is about the file as a whole, or what row
// returned. Empty rows are passed over.
func ReadCSV(r io.Reader, row func(line int, in store.Lead, err error) error) error {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark))
	}
	reader := csv.NewReader(buffered)
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("line 1: the header can't be read: %w", err)
	}
	if err := checkHeader(header); err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			err = row(parse.StartLine, store.Lead{}, rowProblem(parse, len(cells), len(header)))
		} else if err != nil {
			return fmt.Errorf("read the file: %w", err)
		} else if line, _ := reader.FieldPos(0); strings.Join(cells, "") != "" {
			in, wrong := fromCells(header, cells)
			err = row(line, in, wrong)
		}
		if err != nil {
			return err
		}
	}
}

const byteOrderMark = "\ufeff"

// checkHeader tidies the names of columns and names the first that is wrong.
// The name of an attribute stays as it is written.
func checkHeader(header []string) error {
	if len(header) == 1 && strings.Contains(header[0], ";") {
		return errors.New("the columns are separated by semicolons; save the file with commas between them")
	}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if lower := strings.ToLower(name); slices.Contains(columns, lower) {
			name = lower
		}
		attribute, isAttribute := strings.CutPrefix(name, attributePrefix)
		switch {
		case name == "" || isAttribute && attribute == "":
			return fmt.Errorf("column %d has no name", i+1)
		case !isAttribute && !slices.Contains(columns, name):
			return fmt.Errorf("the column %q is not known; name it %sNAME to keep it, or use one of %s", bot.Cut(name, 60), attributePrefix, strings.Join(columns, ", "))
		case slices.Contains(header[:i], name):
			return fmt.Errorf("the column %q appears twice", bot.Cut(name, 60))
		}
		header[i] = name
	}
	for _, needed := range []string{"id", "source"} {
		if !slices.Contains(header, needed) {
			return fmt.Errorf("the column %q is missing; every lead needs one", needed)
		}
	}
	return nil
}

func rowProblem(err *csv.ParseError, cells, columns int) error {
	if errors.Is(err, csv.ErrFieldCount) {
		return fmt.Errorf("has %d cells, but the header has %d", cells, columns)
	}
	return errors.New(`has a quotation mark out of place: put the whole cell in quotation marks, and write "" for each one inside`)
}

func fromCells(header, cells []string) (store.Lead, error) {
	var in store.Lead
	texts := map[string]*string{
		"id": &in.ExternalID, "source": &in.Source, "email": &in.Email, "name": &in.Name, "title": &in.Title,
		"company": &in.Company, "domain": &in.Domain, "country": &in.Country, "industry": &in.Industry,
		"interest": &in.Interest, "owner_email": &in.OwnerEmail, "url": &in.URL,
	}
	for i, name := range header {
		cell := strings.TrimSpace(cells[i])
		if cell == "" {
			continue
		}
		var err error
		switch {
		case texts[name] != nil:
			*texts[name] = cell
		case name == "employees":
			if in.Employees, err = strconv.Atoi(cell); err != nil {
				return in, &store.Invalid{Field: name, Message: "must be a whole number such as 340"}
			}
		case name == "score":
			if in.Score, err = strconv.ParseFloat(cell, 64); err != nil {
				return in, &store.Invalid{Field: name, Message: "must be a number such as 71 or 7.5"}
			}
		default:
			if in.Attributes == nil {
				in.Attributes = map[string]string{}
			}
			in.Attributes[strings.TrimPrefix(name, attributePrefix)] = cell
		}
	}
	return in, nil
}
