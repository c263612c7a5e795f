package content

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug leaves room for an ID behind it.
const maxSlug = 80

// SlugOf makes a name for files of a title: "Pricing, à la carte" becomes
// "pricing-a-la-carte". It is "" for a title without letters of the alphabet or
// digits.
func SlugOf(title string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}

		if b.Len() >= maxSlug {
			break
		}
	}

	return strings.Trim(b.String(), "-")
}

// SlugWithID is the slug of an asset whose title makes none, or one that is
// taken.
func SlugWithID(slug, id string) string {
	return strings.Trim(slug+"-"+strings.ToLower(id), "-")
}
