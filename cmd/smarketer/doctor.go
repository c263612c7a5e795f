package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"smarketer/cmd/smarketer/app"
	"smarketer/store"
	"smarketer/store/check"
)

type doctorCommand struct {
	app.Settings
	Deep   bool `env:"DOCTOR_DEEP" help:"Check instead whether what is stored agrees with itself. A bot may run meanwhile, and nothing is changed."`
	Repair bool `env:"DOCTOR_REPAIR" help:"With --deep, mend what can be mended safely. A bot may run meanwhile."`
}

// Run checks everything that the bot needs and prints the configuration, or
// checks what is stored.
func (c *doctorCommand) Run(ctx context.Context, to streams) error {
	if c.Repair && !c.Deep {
		return errors.New("--repair mends what --deep finds: give both")
	}

	config, err := checked(c.Settings)
	if err != nil {
		return err
	}

	if c.Deep {
		return c.deep(ctx, to)
	}

	text, err := config.YAML()
	if err != nil {
		return err
	}

	fmt.Fprintf(to.out, "# The configuration in force\n%s\n", text)
	findings, err := app.Diagnose(ctx, c.Settings, config)
	for _, f := range findings {
		fmt.Fprintln(to.out, f)
	}

	return err
}

// deep checks what is stored, and mends it if that was asked for. The error says
// how many faults are left.
func (c *doctorCommand) deep(ctx context.Context, to streams) error {
	open, look := app.ReadStore, check.Confirm
	if c.Repair {
		open, look = app.OpenStore, check.Repair
	}

	s, done, err := open(ctx, c.Settings, newLog(to.err, c.Settings))
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write

	began := time.Now()
	report, err := look(ctx, s)
	printReport(to.out, report, time.Since(began), err == nil)
	return errors.Join(err, left(report.Faults))
}

// printReport prints what was found and mended; nothing in it is personal. Where
// not the whole store could be read, it doesn't say that nothing is wrong.
func printReport(out io.Writer, r check.Report, took time.Duration, whole bool) {
	byWords := func(a, b store.Fault) int { return strings.Compare(a.Plain(), b.Plain()) }
	for _, f := range slices.SortedFunc(slices.Values(r.Mended), byWords) {
		fmt.Fprintf(out, "mended   %s\n", f.Plain())
	}

	for _, f := range slices.SortedFunc(slices.Values(r.Faults), byWords) {
		fmt.Fprintf(out, "fault    %s\n         means: %s\n         %s\n", f.Plain(), f.Means, cure(f))
	}

	fmt.Fprintf(out, "info     %d keys were read, in %s\n", r.Keys, took.Round(time.Millisecond))
	if whole && len(r.Faults) == 0 {
		fmt.Fprintln(out, "ok       what is stored agrees with itself")
	}
}

// cure says what to do about a fault.
func cure(f store.Fault) string {
	if f.Mend == nil {
		return "--repair leaves it alone: what would be right can't be told for certain"
	}

	return "--repair mends it"
}

// left is an error when faults are left.
func left(faults []store.Fault) error {
	mendable := 0
	for _, f := range faults {
		if f.Mend != nil {
			mendable++
		}
	}

	if len(faults) == 0 {
		return nil
	}

	return fmt.Errorf("faults in what is stored: %d, of which --repair mends %d", len(faults), mendable)
}
