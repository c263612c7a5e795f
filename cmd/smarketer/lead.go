package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"smarketer/bot/lead"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
)

type leadCommand struct {
	Import leadImport `cmd:"" help:"Bring in leads from a CSV file; those that qualify are announced."`
}

type leadImport struct {
	app.Settings
	DryRun bool   `help:"Check the rows and print what would be wrong, and change nothing."`
	File   string `arg:"" help:"A CSV file with a header of field names."`
}

// Run imports leads; bad rows are named, and make the command fail.
func (c *leadImport) Run(ctx context.Context, to streams) error {
	config, err := checked(c.Settings)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	room, done, err := app.OpenLeads(ctx, c.Settings, config, newLog(to.err, c.Settings))
	if err != nil {
		return err
	}
	defer done()
	counts, bad := map[store.Intake]int{}, 0
	err = lead.ReadCSV(file, func(line int, in store.Lead, err error) error {
		var what store.Intake
		if err == nil && c.DryRun {
			what, err = room.Preview(in)
		} else if err == nil {
			_, what, err = room.TakeIn(ctx, in)
		}
		if errors.Is(err, store.ErrUnavailable) {
			return err
		}
		if err != nil {
			bad++
			fmt.Fprintf(to.err, "%s:%d: %v\n", c.File, line, err)
			return nil
		}
		counts[what]++
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(to.out, "%d open, %d held, %d updated, %d known already, %d bad\n",
		counts[store.IntakeOpen], counts[store.IntakeHeld], counts[store.IntakeUpdated], counts[store.IntakeDuplicate], bad)
	if bad > 0 {
		return fmt.Errorf("rows not imported: %d", bad)
	}
	return nil
}
