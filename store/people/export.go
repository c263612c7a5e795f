package people

import (
	"context"
	"errors"
	"slices"
	"strings"

	"smarketer/store/errs"
	"smarketer/store/lead"
)

// Data is everything that is kept about a person, as far as it can be found by
// an e-mail address.
type Data struct {
	Email     string     `json:"email"`
	Forgotten bool       `json:"forgotten"` // asked to be, so nothing more is taken in
	Leads     []LeadData `json:"leads"`
	Mentions  []Mention  `json:"mentions"`
}

// LeadData is everything that is kept about a lead.
type LeadData struct {
	Lead    lead.Lead    `json:"lead"`
	History []lead.Event `json:"history"`
	KnownAs []string     `json:"known_as"` // "website: 4711"
	Cards   []string     `json:"cards"`    // the conversations in Slack that show it
}

// Mention is a record of somebody else in which the address stands.
type Mention struct {
	Where  string `json:"where"` // "F-7"
	Record any    `json:"record,omitempty"`
}

// Export collects everything that is kept about the person with an e-mail
// address. It reads the whole workspace.
func (r *Repo) Export(ctx context.Context, email string) (Data, error) {
	data := Data{Email: email, Leads: []LeadData{}, Mentions: []Mention{}}
	var err error
	if data.Forgotten, err = r.leads.IsForgotten(ctx, email); err != nil {
		return data, err
	}

	places, err := r.places(ctx, NewAddress(email))
	if err != nil {
		return data, err
	}

	theirs, err := r.leadsOf(ctx, places, email)
	if err != nil {
		return data, err
	}

	for _, id := range theirs {
		l, err := r.exportLead(ctx, id)
		if err != nil {
			return data, err
		}

		data.Leads = append(data.Leads, l)
	}

	for _, p := range places {
		known := func(m Mention) bool { return m.Where == p.name }
		if p.name == "" || slices.Contains(theirs, p.name) || slices.ContainsFunc(data.Mentions, known) {
			continue
		}

		m, err := r.mention(ctx, p)
		if err != nil {
			return data, err
		}

		data.Mentions = append(data.Mentions, m)
	}

	return data, nil
}

// mention reads the record of a place, as far as it has one.
func (r *Repo) mention(ctx context.Context, p place) (Mention, error) {
	m := Mention{Where: p.name}
	if p.ref == "" {
		return m, nil
	}

	_, err := r.store.Load(ctx, p.ref, &m.Record)
	if errors.Is(err, errs.ErrNotFound) {
		err = nil
	}

	return m, err
}

// exportLead reads all that is kept about a lead.
func (r *Repo) exportLead(ctx context.Context, id string) (LeadData, error) {
	l, err := r.leads.Lead(ctx, id)
	if err != nil {
		return LeadData{}, err
	}

	data := LeadData{Lead: l, KnownAs: []string{}, Cards: []string{}}
	if data.History, err = r.leads.History(ctx, id); err != nil {
		return data, err
	}

	names, err := r.leads.NamesOf(ctx, id)
	if err != nil {
		return data, err
	}

	for _, name := range names {
		data.KnownAs = append(data.KnownAs, strings.ReplaceAll(strings.TrimPrefix(name, "id\x00"), "\x00", ": "))
	}

	slices.Sort(data.KnownAs)

	cards, err := r.store.CardsOf(ctx, l.Ref())
	for _, card := range cards {
		data.Cards = append(data.Cards, card.Channel)
	}

	return data, err
}
