package lead

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"smarketer/store"
)

// columns are what a CSV file may have, beside attributes.<name>.
var columns = []string{"id", "source", "email", "name", "title", "company", "domain", "country", "industry",
	"employees", "score", "interest", "owner_email", "url"}

const attributePrefix = "attributes."

// ReadCSV reads leads from a file with a header of field names. Each row comes
// with its line; one that is wrong comes with an error and doesn't stop the
// others. The error returned is about the file as a whole.
func ReadCSV(r io.Reader, row func(line int, in store.Lead, err error) error) error {
	reader := csv.NewReader(r)
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("line 1: the header can't be read: %w", err)
	}
	for i, name := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(columns, header[i]) && !strings.HasPrefix(header[i], attributePrefix) {
			return fmt.Errorf("line 1: I don't know the column %q; name it %sNAME to keep it, or use one of %s", name, attributePrefix, strings.Join(columns, ", "))
		}
		if slices.Contains(header[:i], header[i]) {
			return fmt.Errorf("line 1: the column %q appears twice", name)
		}
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := reader.FieldPos(0)
		var in store.Lead
		if err == nil {
			in, err = fromCells(header, cells)
		} else if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			line, err = parse.Line, parse.Err
		}
		if err := row(line, in, err); err != nil {
			return err
		}
	}
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
				return in, &store.Invalid{Field: name, Message: "must be a whole number"}
			}
		case name == "score":
			if in.Score, err = strconv.ParseFloat(cell, 64); err != nil {
				return in, &store.Invalid{Field: name, Message: "must be a number"}
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
