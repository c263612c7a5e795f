package store

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// PersonData is everything that is kept about a person, as far as it can be
// found by an e-mail address.
type PersonData struct {
	Email     string     `json:"email"`
	Forgotten bool       `json:"forgotten"` // asked to be, so nothing more is taken in
	Leads     []LeadData `json:"leads"`
	Mentions  []Mention  `json:"mentions"`
}

// LeadData is everything that is kept about a lead.
type LeadData struct {
	Lead    Lead        `json:"lead"`
	History []LeadEvent `json:"history"`
	KnownAs []string    `json:"known_as"` // "website: 4711"
	Cards   []string    `json:"cards"`    // the conversations in Slack that show it
}

// Mention is a record of somebody else in which the address stands.
type Mention struct {
	Where  string `json:"where"` // "F-7"
	Record any    `json:"record,omitempty"`
}

// ExportPerson collects everything that is kept about the person with an
// e-mail address. It reads the whole workspace.
func (s *Store) ExportPerson(ctx context.Context, email string) (PersonData, error) {
	data := PersonData{Email: email, Leads: []LeadData{}, Mentions: []Mention{}}
	var err error
	if data.Forgotten, err = s.IsForgotten(ctx, email); err != nil {
		return data, err
	}
	found, err := s.mentions(ctx, email)
	if err != nil {
		return data, err
	}
	theirs, err := s.leadsOfPerson(ctx, found, email)
	if err != nil {
		return data, err
	}
	for _, id := range theirs {
		lead, err := s.exportLead(ctx, id)
		if err != nil {
			return data, err
		}
		data.Leads = append(data.Leads, lead)
	}
	for _, key := range found {
		where := placeOf(key)
		if where == "" || slices.Contains(theirs, where) {
			continue
		}
		m := Mention{Where: where}
		var doc map[string]any
		if _, err := s.load(ctx, key, &doc); err == nil {
			m.Record = doc
		} else if !errors.Is(err, ErrNotFound) && where != onItsWay {
			return data, err
		}
		if !slices.ContainsFunc(data.Mentions, func(o Mention) bool { return o.Where == where }) {
			data.Mentions = append(data.Mentions, m)
		}
	}
	return data, nil
}

func (s *Store) exportLead(ctx context.Context, id string) (LeadData, error) {
	lead, err := s.Lead(ctx, id)
	if err != nil {
		return LeadData{}, err
	}
	data := LeadData{Lead: lead, KnownAs: []string{}, Cards: []string{}}
	if data.History, err = s.LeadHistory(ctx, id); err != nil {
		return data, err
	}
	names, err := s.rdb.SMembers(ctx, s.keys.leadNames(id)).Result()
	if err != nil {
		return data, wrap("read what a lead is known by", err)
	}
	for _, name := range names {
		data.KnownAs = append(data.KnownAs, strings.ReplaceAll(strings.TrimPrefix(name, "id\x00"), "\x00", ": "))
	}
	slices.Sort(data.KnownAs)
	cards, err := s.CardsOf(ctx, lead.Ref())
	for _, card := range cards {
		data.Cards = append(data.Cards, card.Channel)
	}
	return data, err
}

// onItsWay is what messages are called that have not been sent.
const onItsWay = "a message on its way"

// placeOf names what a key holds for people: "F-7" for "feedback:F-7". It is
// "" for an index, which says nothing that its record doesn't.
func placeOf(key string) string {
	kind, id, _ := strings.Cut(key, ":")
	switch {
	case key == "ob:item":
		return onItsWay
	case kind == "lead" && strings.HasPrefix(id, "history:"), kind == "lead" && strings.HasPrefix(id, "names:"):
		return id[strings.LastIndex(id, ":")+1:]
	case key == "lead:identity" || key == "gaps":
		return ""
	case kind == "lead", kind == "feedback", kind == "gap", kind == "asset":
		return id
	}
	return key
}
