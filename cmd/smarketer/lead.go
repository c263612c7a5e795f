package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	leadroom "smarketer/bot/lead"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

type leadCommand struct {
	Import leadImport `cmd:"" help:"Bring in leads from a CSV file; those that qualify are announced."`
}

// leadFile is a CSV file with leads, and how it is to be read.
type leadFile struct {
	Map    map[string]string `mapsep:"," placeholder:"COLUMN=field,…" help:"Which field a column of the file is, such as \"E-Mail=email,Firma=company,Notes=attributes.notes\"; - leaves a column out."`
	Source string            `placeholder:"NAME" help:"The source of every lead, when the file has no column for it."`
	File   string            `arg:"" help:"A CSV file with a header of field names."`
}

// read reads the file, with a progress bar on a terminal. What is wrong with a
// row, or what row finds wrong with it, is printed with its line; bad counts
// these rows.
func (f leadFile) read(to streams, what string, row func(line int, in lead.Lead) error) (bad int, err error) {
	file, err := os.Open(f.File)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	bar := progress(to, 0, what)
	if info, err := file.Stat(); err == nil {
		bar.ChangeMax64(info.Size())
	}

	defer func() { _ = bar.Finish() }()
	err = leadroom.CSV{Columns: f.Map, Source: f.Source}.Read(io.TeeReader(file, bar), func(line int, in lead.Lead, err error) error {
		if err == nil {
			err = row(line, in)
		}

		if errors.Is(err, errs.ErrUnavailable) {
			return fmt.Errorf("at line %d: %w; what came before is done, and importing the file again doubles nothing", line, err)
		}

		if err != nil {
			bad++
			_ = bar.Clear()
			fmt.Fprintf(to.err, "%s:%d: %v\n", f.File, line, err)
		}

		return nil
	})

	return bad, err
}

type leadImport struct {
	app.Settings
	DryRun bool `help:"Check the rows, print what would happen, and change nothing."`
	leadFile
}

// Run imports leads; bad rows are named, and make the command fail.
func (c *leadImport) Run(ctx context.Context, to streams) error {
	config, err := checked(c.Settings)
	if err != nil {
		return err
	}

	room, done, err := app.OpenLeads(ctx, c.Settings, config, newLog(to.err, c.Settings))
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	counts := map[lead.Intake]int{}
	bad, err := c.read(to, "importing", func(_ int, in lead.Lead) (err error) {
		var what lead.Intake
		if c.DryRun {
			what, err = room.Preview(ctx, in)
		} else {
			_, what, err = room.TakeIn(ctx, in)
		}

		if err == nil {
			counts[what]++
		}

		return err
	})
	if err != nil {
		return err
	}

	if c.DryRun {
		fmt.Fprintf(to.out, "would be: %d open, %d held, %d known already, %d bad; nothing was changed\n",
			counts[lead.IntakeOpen], counts[lead.IntakeHeld], counts[lead.IntakeUpdated], bad)
	} else {
		fmt.Fprintf(to.out, "%d open, %d held, %d updated, %d known already, %d bad\n",
			counts[lead.IntakeOpen], counts[lead.IntakeHeld], counts[lead.IntakeUpdated], counts[lead.IntakeDuplicate], bad)
	}

	if n := counts[lead.IntakeForgotten]; n > 0 {
		fmt.Fprintf(to.out, "%d left out: these people asked to have their data removed\n", n)
	}

	if bad > 0 {
		return fmt.Errorf("rows not imported: %d", bad)
	}

	return nil
}
