package search

import (
	"strings"
	"unicode/utf8"
)

// Reader reads texts as the index does: into words and their stems. It is safe
// for concurrent use.
type Reader struct{ words *analyzer }

// NewReader returns a reader of a language out of [Languages], of English when
// it is empty.
func NewReader(language string) (*Reader, error) {
	words, err := newAnalyzer(language)
	if err != nil {
		return nil, err
	}

	return &Reader{words}, nil
}

// Word is one word of a text.
type Word struct {
	Text string // in lower case, without diacritics
	Stem string
	Stop bool // it says nothing by itself, as "the" does
	Ends bool // a sentence, or a part of one, ends after it
}

// Words reads a text. Words joined by hyphens are given singly.
func (r *Reader) Words(text string) []Word {
	var words []Word
	apart := func(c rune) bool { return c == '-' || c == '‐' || c == '_' || c == '/' }

	for chunk := range strings.FieldsSeq(text) {
		before := len(words)
		for piece := range strings.FieldsFuncSeq(chunk, apart) {
			for _, t := range r.words.chunk(piece) {
				words = append(words, Word{Text: t.word, Stem: t.stem, Stop: r.words.stops[t.word]})
			}
		}

		if end, _ := utf8.DecodeLastRuneInString(strings.TrimRight(chunk, `"'”’»)`)); len(words) > before && strings.ContainsRune(".,;:!?…–—", end) {
			words[len(words)-1].Ends = true
		}
	}

	return words
}
