package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"smarketer/bot/feedback"
	"smarketer/cmd/smarketer/app"
)

type feedbackCommand struct {
	Export feedbackExport `cmd:"" help:"Write what the field said, for a spreadsheet or another program."`
}

type feedbackExport struct {
	app.Settings
	Since  string `help:"The first day (UTC) to export, such as 2026-01-01; everything when left out." placeholder:"DATE"`
	Format string `help:"csv or jsonl." enum:"csv,jsonl" default:"csv"`
	File   string `arg:"" optional:"" help:"The file to write; standard output when left out."`
}

// Run writes feedback as it is read. A file is there only when it is complete.
func (c *feedbackExport) Run(ctx context.Context, to streams) error {
	since, err := c.since()
	if err != nil {
		return err
	}

	_, s, done, err := openStore(ctx, c.Settings, to)
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	n := 0
	err = writeTo(to.out, c.File, func(out io.Writer) error {
		n, err = feedback.Export(out, app.NewRepos(s).Feedback.All(ctx, since), feedback.Format(c.Format))
		return err
	})
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}

	if c.File != "" {
		fmt.Fprintf(to.out, "%d pieces of feedback written to %s\n", n, c.File)
	}

	return nil
}

func (c *feedbackExport) since() (time.Time, error) {
	if c.Since == "" {
		return time.Time{}, nil
	}

	since, err := time.Parse(time.DateOnly, c.Since)
	if err != nil {
		return since, fmt.Errorf("--since must be a date such as 2026-01-01, not %q", c.Since)
	}

	return since, nil
}

// writeTo writes a file that only its owner can read, and puts it in its place
// when it is complete; with no path it writes to out.
func writeTo(out io.Writer, path string, write func(io.Writer) error) error {
	if path == "" {
		return write(out)
	}

	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // nothing is there by then if all went well
	if err := errors.Join(write(file), file.Close()); err != nil {
		return err
	}

	return os.Rename(file.Name(), path)
}
