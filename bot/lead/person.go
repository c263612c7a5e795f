package lead

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

var (
	addressInText = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
	linkInText    = regexp.MustCompile(`https?://[^\s<>|"]+`)
	// roleInText is "Energy Manager at Villaggio Cicalina", from the beginning of
	// a line or after a mark that parts it off.
	roleInText = regexp.MustCompile(`(?:^|[,(|•·–-])\s*([^,(|•·–:]{2,80}?)\s+(?:at|@)\s+([\p{Lu}\d][^,()|•·–:]{1,80})`)
)

// headLines is how many lines of a text may say who it is about; then it says
// what they said.
const headLines = 4

// readPerson finds in a text that was typed or pasted who it is about: a name
// at its beginning, what they do and where, an address and a link. It guesses
// by plain rules, and the person who asked sees the guess in a form. What is left
// is what they said.
func readPerson(text string) lead.Lead {
	text = strings.TrimSpace(blocks.Clean(text))
	in := lead.Lead{Email: strings.Trim(addressInText.FindString(text), ".")}
	for _, link := range linkInText.FindAllString(text, -1) {
		link = strings.TrimRight(link, ".,;:!?)")
		if in.URL == "" || strings.Contains(link, "linkedin.com/in/") && !strings.Contains(in.URL, "linkedin.com/in/") {
			in.URL = link
		}
	}

	var said []string
	for i, whole := range strings.Split(text, "\n") {
		if i >= headLines || !readHead(&in, whole, i == 0) {
			said = append(said, whole)
		}
	}

	in.Interest = blocks.Cut(strings.TrimSpace(strings.Join(said, "\n")), maxInterest)

	return in
}

// readHead takes out of a line who it is about, and tells whether it says
// nothing else.
func readHead(in *lead.Lead, whole string, first bool) bool {
	line := strings.TrimSpace(linkInText.ReplaceAllString(addressInText.ReplaceAllString(whole, " "), " "))
	rest := line
	if first {
		in.Name = nameIn(line)
		rest = strings.Replace(strings.Join(strings.Fields(line), " "), in.Name, " ", 1)
	}

	if m := roleInText.FindStringSubmatch(line); m != nil && in.Company == "" {
		in.Company = strings.TrimSpace(m[2])
		if title := strings.TrimSpace(m[1]); title != in.Name {
			in.Title = title
		}

		rest = strings.Replace(rest, in.Title, " ", 1)
		rest = strings.Replace(rest, in.Company, " ", 1)
	}

	return !slices.ContainsFunc(strings.Fields(rest), isWord)
}

// isWord tells words from what stands beside names: "•", "3rd+", "at", "2h".
func isWord(text string) bool {
	text = strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return blocks.Length(text) > 2 && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’-", r)
	})
}

// nameIn is the name that a line begins with, "" for none: two to four words
// with capitals, parted off from the rest.
func nameIn(line string) string {
	head := line
	if at := strings.IndexAny(line, ",(|•·–:"); at >= 0 {
		head = line[:at]
	}

	for _, part := range []string{" at ", " @ ", " - "} {
		head, _, _ = strings.Cut(head, part)
	}

	words := strings.Fields(head)
	if len(words) < 2 || len(words) > 4 || blocks.Length(head) > 80 {
		return ""
	}

	for i, w := range words {
		first := []rune(w)[0]
		particle := i > 0 && i < len(words)-1 && len(w) <= 3 // von, de, al
		if !unicode.IsUpper(first) && !particle || strings.ContainsFunc(w, notInName) {
			return ""
		}
	}

	return strings.Join(words, " ")
}

func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’.-", r)
}
