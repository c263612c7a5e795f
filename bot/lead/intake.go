package lead

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// Limits of what a lead may hold, in characters and in number.
const (
	maxField      = 300
	maxInterest   = 2000
	maxURL        = 2000
	maxAttributes = 50
	maxTouchesIn  = 10_000
	maxEmployees  = 100_000_000
	maxScore      = 1_000_000
)

// TakeIn checks, judges and stores a lead that came in, and has it announced
// when it qualifies. A lead that is known already is brought up to date. The
// error is a *errs.Invalid when a field is wrong.
func (room *Room) TakeIn(ctx context.Context, in lead.Lead) (lead.Lead, lead.Intake, error) {
	if err := check(&in); err != nil {
		return lead.Lead{}, "", err
	}

	return room.takeIn(ctx, "", in)
}

// takeIn stores a lead that was checked; op is the dedupe key of a person's
// request.
func (room *Room) takeIn(ctx context.Context, op string, in lead.Lead) (l lead.Lead, what lead.Intake, err error) {
	in.ID = "" // ours to give
	err = room.decide(ctx, func(p lead.Policy) error {
		l, what, err = room.Leads.TakeIn(ctx, op, in, p)
		in.ID = l.ID // it was given, should there be another try
		return err
	})
	return l, what, err
}

// Preview tells what [Room.TakeIn] would do with a lead, and stores nothing.
func (room *Room) Preview(ctx context.Context, in lead.Lead) (lead.Intake, error) {
	outcome, err := Try(room.Rules, in, room.Clock.Now())
	if err != nil {
		return "", err
	}

	known, err := room.Leads.Knows(ctx, in)
	switch {
	case err != nil:
		return "", err
	case known:
		return lead.IntakeUpdated, nil
	case outcome.Qualified:
		return lead.IntakeOpen, nil
	}

	return lead.IntakeHeld, nil
}

// Trial is what the rules say of a lead.
type Trial struct {
	lead.Decision
	Route lead.Route // of a lead that qualifies
}

// Try checks a lead and applies the rules to it. The error is a *errs.Invalid
// when a field is wrong.
func Try(rules *lead.Rules, in lead.Lead, now time.Time) (Trial, error) {
	if err := check(&in); err != nil {
		return Trial{}, err
	}

	trial := Trial{Decision: rules.Qualify(in, now)}
	if trial.Qualified {
		trial.Route = rules.Route(in, now)
	}

	return trial, nil
}

// check tidies a lead's fields and names the first that is wrong.
func check(in *lead.Lead) error {
	for _, f := range []struct {
		name  string
		value *string
		max   int
	}{
		{"id", &in.ExternalID, maxField}, {"source", &in.Source, maxField}, {"email", &in.Email, maxField},
		{"name", &in.Name, maxField}, {"title", &in.Title, maxField}, {"company", &in.Company, maxField},
		{"domain", &in.Domain, maxField}, {"country", &in.Country, maxField}, {"industry", &in.Industry, maxField},
		{"interest", &in.Interest, maxInterest}, {"owner_email", &in.OwnerEmail, maxField}, {"url", &in.URL, maxURL},
	} {
		if err := tidy(f.name, f.value, f.max); err != nil {
			return err
		}
	}

	switch {
	case in.ExternalID == "":
		return &errs.Invalid{Field: "id", Message: "is missing: it is your own ID of the lead"}
	case in.Source == "":
		return &errs.Invalid{Field: "source", Message: "is missing: it says where the lead comes from, such as webinar"}
	case in.Email == "" && in.Name == "" && in.Company == "":
		return &errs.Invalid{Field: "email", Message: "is missing, and so are name and company: one of them must say who it is"}
	case in.Employees < 0 || in.Employees > maxEmployees:
		return &errs.Invalid{Field: "employees", Message: fmt.Sprintf("must be a whole number from 0 to %d", maxEmployees)}
	case math.IsNaN(in.Score) || math.Abs(in.Score) > maxScore:
		return &errs.Invalid{Field: "score", Message: fmt.Sprintf("must be a number from -%d to %d", maxScore, maxScore)}
	}

	if err := checkEmail("email", in.Email); err != nil {
		return err
	}

	if err := checkEmail("owner_email", in.OwnerEmail); err != nil {
		return err
	}

	if err := checkURL("url", in.URL); err != nil {
		return err
	}

	if err := checkAttributes(in); err != nil {
		return err
	}

	return checkTouches(in.Touches)
}

// tidy trims a text and removes invisible characters. The error is a *errs.Invalid
// when it has control characters or is longer than max characters; only the
// interest may have line breaks, since elsewhere they would let a sender add lines
// of their own to a card.
func tidy(field string, value *string, max int) error {
	if !utf8.ValidString(*value) {
		return &errs.Invalid{Field: field, Message: "is not in UTF-8"}
	}

	text := strings.TrimSpace(strings.ReplaceAll(*value, "\r\n", "\n"))
	multiline := max == maxInterest
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && (!multiline || r != '\n' && r != '\t') }) {
		if multiline {
			return &errs.Invalid{Field: field, Message: "contains control characters"}
		}

		return &errs.Invalid{Field: field, Message: "contains line breaks or control characters"}
	}

	*value = strings.TrimSpace(blocks.Clean(text))
	if blocks.Length(*value) > max {
		return &errs.Invalid{Field: field, Message: fmt.Sprintf("is too long: at most %d characters", max)}
	}

	return nil
}

func checkEmail(field, value string) error {
	if value == "" {
		return nil
	}

	// A bare address only: "Ann <ann@x.example>" is a name and an address.
	if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
		return &errs.Invalid{Field: field, Message: "must be an e-mail address such as ann@example.com"}
	}

	return nil
}

func checkURL(field, value string) error {
	if value == "" {
		return nil
	}

	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.ContainsAny(value, "|<> ") {
		return &errs.Invalid{Field: field, Message: "must be an address such as https://example.com/page"}
	}

	return nil
}

func checkAttributes(in *lead.Lead) error {
	if len(in.Attributes) > maxAttributes {
		return &errs.Invalid{Field: "attributes", Message: fmt.Sprintf("has %d entries: at most %d", len(in.Attributes), maxAttributes)}
	}

	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) {
		field, value := "attributes."+blocks.Cut(name, 40), in.Attributes[name]
		if name == "" || blocks.Length(name) > maxField {
			return &errs.Invalid{Field: field, Message: fmt.Sprintf("needs a name of 1 to %d characters", maxField)}
		}

		if err := tidy(field, &value, maxField); err != nil {
			return err
		}

		in.Attributes[name] = value
	}

	return nil
}

func checkTouches(touches []lead.Touch) error {
	if len(touches) > maxTouchesIn {
		return &errs.Invalid{Field: "touches", Message: fmt.Sprintf("has %d entries: at most %d", len(touches), maxTouchesIn)}
	}

	for i := range touches {
		t, at := &touches[i], fmt.Sprintf("touches[%d].", i)
		if err := tidy(at+"kind", &t.Kind, maxField); err != nil {
			return err
		}

		if err := tidy(at+"title", &t.Title, maxField); err != nil {
			return err
		}

		if t.At.IsZero() || t.At.Year() < 1970 || t.At.Year() > 9999 {
			return &errs.Invalid{Field: at + "at", Message: "must be a time such as 2026-11-21T09:30:00Z"}
		}

		if t.Kind == "" {
			return &errs.Invalid{Field: at + "kind", Message: "is missing: form, webinar, page, email, social, event or call"}
		}

		if err := tidy(at+"url", &t.URL, maxURL); err != nil {
			return err
		}

		if err := checkURL(at+"url", t.URL); err != nil {
			return err
		}
	}

	return nil
}
