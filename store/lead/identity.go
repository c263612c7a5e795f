package lead

import "strings"

// Names is what a lead that comes in is known by: what its sender calls it, and
// its e-mail address when it has one.
func (l Lead) Names() []string {
	names := []string{SenderName(l.Source, l.ExternalID)}
	if l.Email != "" {
		names = append(names, EmailName(l.Email))
	}

	return names
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
