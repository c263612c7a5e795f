package lead

import (
	"cmp"
	"strings"
)

// Names is what a lead that comes in is known by: what its sender calls it, and
// its e-mail address when it has one.
func (l Lead) Names() []string {
	names := []string{SenderName(l.Source, l.ExternalID)}
	if l.Email != "" {
		names = append(names, EmailName(l.Email))
	}

	return names
}

// Identify tells which lead bears some names, "" for none, and which of the names
// nobody bears yet. known has the ID of the lead that bears each name, "" for none.
// Where names lead to several leads, the first name counts.
func Identify(names, known []string) (id string, newNames []string) {
	for i, name := range names {
		if known[i] == "" {
			newNames = append(newNames, name)
		}

		id = cmp.Or(id, known[i])
	}

	return id, newNames
}

// SenderName is the name of a lead under which a sender knows it.
func SenderName(source, externalID string) string {
	return "id\x00" + strings.ToLower(source) + "\x00" + externalID
}

// EmailName is the name of a lead with an e-mail address.
func EmailName(email string) string { return "email\x00" + strings.ToLower(strings.TrimSpace(email)) }

// IsOf tells whether a lead is about the person with an e-mail address, which
// may be what its sender calls it.
func (l Lead) IsOf(email string) bool {
	email = strings.TrimSpace(email)
	return strings.EqualFold(strings.TrimSpace(l.Email), email) || strings.EqualFold(strings.TrimSpace(l.ExternalID), email)
}
