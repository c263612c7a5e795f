package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"smarketer/cmd/smarketer/app"
)

// privacyCommand has what the law asks for: everything kept about a person, shown
// or removed.
type privacyCommand struct {
	Forget privacyForget `cmd:"" help:"Remove everything about a person, and keep it from coming in again."`
	Export privacyExport `cmd:"" help:"Print everything about a person as JSON."`
}

// address is the e-mail address of a person.
type address struct {
	Email string `arg:"" help:"The person's e-mail address."`
}

func (a address) check() error {
	if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email {
		return errors.New("give one e-mail address, such as ann@example.com")
	}

	return nil
}

type privacyForget struct {
	app.Settings
	address
}

// Run forgets a person. It can be run again after it was interrupted.
func (c *privacyForget) Run(ctx context.Context, to streams) error {
	if err := c.check(); err != nil {
		return err
	}

	_, s, done, err := openStore(ctx, c.Settings, to)
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	did, err := app.NewRepos(s).People.Forget(ctx, c.Email)
	if err != nil {
		return fmt.Errorf("%w (run this again: it goes on where it stopped)", err)
	}

	fmt.Fprintf(to.out, "Leads removed: %s\n", listed(did.Leads))
	fmt.Fprintf(to.out, "The address was taken out of: %s\n", listed(did.Redacted))
	fmt.Fprintln(to.out, "Nothing more is taken in about this address, nor under the IDs by which its leads came in.")
	fmt.Fprintln(to.out, "A running bot now changes the cards in Slack. What speaks of the person without the address can't be found: search Slack and your copy for the name.")
	if len(did.Left) > 0 {
		return fmt.Errorf("the address still stands in %s: that is yours to change", listed(did.Left))
	}

	return nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}

	return strings.Join(names, ", ")
}

type privacyExport struct {
	app.Settings
	address
}

// Run prints what is kept about a person.
func (c *privacyExport) Run(ctx context.Context, to streams) error {
	if err := c.check(); err != nil {
		return err
	}

	_, s, done, err := openStore(ctx, c.Settings, to)
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	data, err := app.NewRepos(s).People.Export(ctx, c.Email)
	if err != nil {
		return err
	}

	out := json.NewEncoder(to.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")

	return out.Encode(data)
}
