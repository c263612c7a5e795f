package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/rivo/uniseg"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// term is a word as the index holds it: folded, and with its stem. The stem
// is taken before diacritics go, because stemmers need them; so one folded
// word may have two stems ("résumé" and "resume"), which are two terms.
type term struct {
	word, stem string
	joined     bool // made of the words before it, as "followup" is of "follow-up"
}

// analyzer turns text into terms. It doesn't change once made.
type analyzer struct {
	language language
	stops    map[string]bool
}

func newAnalyzer(name string) (*analyzer, error) {
	l, err := findLanguage(name)
	if err != nil {
		return nil, err
	}

	return &analyzer{language: l, stops: stopWords(l)}, nil
}

// chunk reads one stretch of text that has no white space. Words joined by
// hyphens, dots or underscores are given singly and then as one, so that
// "follow-up" is found by "follow", "followup" and "follow-up".
func (a *analyzer) chunk(text string) []term {
	if word := strings.TrimRight(text, ".,;:!?"); isPlain(word) { // as most are
		return a.appendTerm(nil, strings.ToLower(word), false)
	}

	text = cases.Fold().String(norm.NFKC.String(strings.Map(a.tidy, text)))
	var terms []term
	var compound []string // the words joined so far
	end := func() {
		if len(compound) > 1 {
			terms = a.appendTerm(terms, strings.Join(compound, ""), true)
		}

		compound = compound[:0]
	}

	joined, state := false, -1
	var piece string

	for text != "" {
		piece, text, state = uniseg.FirstWordInString(text, state)
		if strings.ContainsFunc(piece, isWordRune) {
			if !joined {
				end()
			}

			words := split(piece)
			for _, word := range words {
				terms = a.appendTerm(terms, word, false)
			}

			compound = append(compound, words...)
			joined = false
		} else if joined = strings.Trim(piece, joiners) == ""; !joined {
			end()
		}
	}

	end()
	return terms
}

// isPlain reports whether the text is one word of ASCII letters.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}

	return text != ""
}

// tidy makes spaces of what Unicode's word boundaries see as part of a word
// though it stands between two, and leaves out what can't be seen or read:
// soft hyphens, zero-width spaces, bytes that aren't UTF-8.
func (a *analyzer) tidy(r rune) rune {
	switch {
	case r == ':', a.language.elides && (r == '\'' || r == '’'):
		return ' '
	case r == '’':
		return '\''
	case r == utf8.RuneError, unicode.Is(unicode.Cf, r):
		return -1
	}

	return r
}

const joiners = "-‐._"

// split cuts "example.com" and "snake_case", which word boundaries leave
// whole. Numbers stay so, without the commas that group their digits.
func split(piece string) []string {
	if !strings.ContainsFunc(piece, unicode.IsLetter) {
		return []string{strings.ReplaceAll(piece, ",", "")}
	}

	return strings.FieldsFunc(piece, func(r rune) bool { return strings.ContainsRune(joiners, r) })
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// appendTerm adds the term for one lower-case word, if it is fit to be one.
func (a *analyzer) appendTerm(terms []term, word string, joined bool) []term {
	if len(word) > maxWord {
		return terms
	}

	env := snowballstem.NewEnv(word)
	a.language.stem(env)
	t := term{word: foldMarks(strings.ReplaceAll(word, "'", "")), stem: foldMarks(env.Current()), joined: joined}
	if t.word == "" {
		return terms
	}

	return append(terms, t)
}

// letters are those that look like a plain letter with a stroke or like two,
// and that Unicode doesn't take apart.
var letters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ı", "i", "æ", "ae", "œ", "oe")

// foldMarks takes the diacritics off. Marks of scripts where they are more
// than an accent, such as the vowels of Devanagari, are not among those.
func foldMarks(s string) string {
	if isASCII(s) {
		return s
	}

	plain := strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36F { // Combining Diacritical Marks
			return -1
		}

		return r
	}, norm.NFD.String(s))
	return letters.Replace(norm.NFC.String(plain))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}

	return true
}

// labelKey is the form in which filter values and labels are compared:
// "One-Liners", "one liner" and "oneliner" have the same.
func (a *analyzer) labelKey(label string) string {
	whole := strings.Map(func(r rune) rune {
		if isWordRune(r) || unicode.IsMark(r) {
			return r
		}

		return -1
	}, norm.NFKC.String(label))
	env := snowballstem.NewEnv(foldMarks(cases.Fold().String(whole)))
	a.language.stem(env)

	return strings.TrimSuffix(env.Current(), "s") // stemmers leave "CFOs" alone
}

// queryWord is one distinct word of a query.
type queryWord struct {
	term
	count int
	last  bool // the text ends in it, so it may be unfinished
}

// query reads the words of a query, each once, in their order.
func (a *analyzer) query(text string) []queryWord {
	var words []queryWord
	at := map[string]int{}
	final := -1

	for chunk := range strings.FieldsSeq(text) {
		for _, t := range a.chunk(chunk) {
			i, seen := at[t.word]
			if !seen {
				if len(words) == maxDistinct {
					return a.withoutStops(words)
				}

				i = len(words)
				at[t.word] = i
				words = append(words, queryWord{term: t})
			}

			words[i].count++
			words[i].joined = words[i].joined && t.joined
			final = i
		}
	}

	if end, _ := utf8.DecodeLastRuneInString(text); final >= 0 && isWordRune(end) {
		words[final].last = true
	}

	return a.withoutStops(words)
}

// withoutStops leaves the stop words out, unless there is nothing else.
func (a *analyzer) withoutStops(words []queryWord) []queryWord {
	var kept []queryWord
	for _, w := range words {
		if !a.stops[w.word] {
			kept = append(kept, w)
		}
	}

	if len(kept) == 0 {
		return words
	}

	return kept
}
