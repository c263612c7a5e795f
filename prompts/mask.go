package prompts

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	emailAddress = regexp.MustCompile("[\\p{L}\\p{M}\\p{N}.!#$%&'*+/=?^_`{}~-]+@[\\p{L}\\p{M}\\p{N}-]+(?:\\.[\\p{L}\\p{M}\\p{N}-]+)+")
	// Seven digits or more, however they are grouped. Dates and large numbers
	// are hidden too: losing one costs a model little, a telephone number that
	// leaves can't be called back.
	telephoneNumber = regexp.MustCompile(`[+(]*\p{Nd}(?:[\p{Zs}\p{Pd}\t()./]{0,3}\p{Nd}){6,}`)
)

// mask hides e-mail addresses and telephone numbers in what is sent to a
// server, and puts them back in what returns. The same value gets the same
// stand-in, such as "[email-1]", in all texts.
type mask struct {
	source   string            // all texts; no stand-in occurs in them
	standIns map[string]string // by what they stand for
	restorer []string          // stand-in, original, stand-in, original…
	last     int
}

// newMask returns a mask for these texts.
func newMask(texts ...string) *mask {
	return &mask{source: strings.Join(texts, "\n"), standIns: map[string]string{}}
}

// hide returns a text with stand-ins for its addresses and numbers.
func (m *mask) hide(text string) string {
	text = emailAddress.ReplaceAllStringFunc(text, func(s string) string { return m.standIn("email", s) })
	return telephoneNumber.ReplaceAllStringFunc(text, func(s string) string { return m.standIn("phone", s) })
}

// standIn returns the stand-in for a value: a new one, of this kind, for a value
// that has none.
func (m *mask) standIn(kind, value string) string {
	if s, ok := m.standIns[value]; ok {
		return s
	}

	for {
		m.last++
		s := fmt.Sprintf("[%s-%d]", kind, m.last)
		if strings.Contains(m.source, s) {
			continue // somebody typed just this
		}

		m.standIns[value] = s
		m.restorer = append(m.restorer, s, value)
		return s
	}
}

// restore returns a text with what the stand-ins stand for.
func (m *mask) restore(text string) string {
	return strings.NewReplacer(m.restorer...).Replace(text)
}
