package search

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed synonyms.txt
var defaultSynonyms string

// DefaultSynonyms are words of English that sales and marketing use for each
// other, out of synonyms.txt in this package.
func DefaultSynonyms() map[string][]string {
	synonyms, err := ParseSynonyms(strings.NewReader(defaultSynonyms))
	if err != nil {
		panic(fmt.Sprintf("search: synonyms.txt: %v", err)) // a test reads it
	}

	return synonyms
}

// ParseSynonyms reads a list of synonyms: on each line, single words that
// stand for each other, with commas between; a word may be on several lines.
// Blank lines and what follows a # are passed over. The error names every
// line that isn't so.
func ParseSynonyms(r io.Reader) (map[string][]string, error) {
	words, err := newAnalyzer("")
	if err != nil {
		return nil, err
	}

	synonyms := map[string][]string{}
	var mistakes []error
	lines := bufio.NewScanner(r)

	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if strings.TrimSpace(line) == "" {
			continue
		}

		group, err := words.synonymGroup(line)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("line %d: %w", n, err))
			continue
		}

		for _, word := range group {
			for _, other := range group {
				if other != word && !slices.Contains(synonyms[word], other) {
					synonyms[word] = append(synonyms[word], other)
				}
			}
		}
	}

	if err := errors.Join(append(mistakes, lines.Err())...); err != nil {
		return nil, err
	}

	return synonyms, nil
}

// synonymGroup reads one line of synonyms.
func (a *analyzer) synonymGroup(line string) ([]string, error) {
	var group []string
	for word := range strings.SplitSeq(line, ",") {
		word = strings.TrimSpace(word)
		t, err := a.single(word)
		if err != nil {
			return nil, err
		}

		if slices.Contains(group, t.word) {
			return nil, fmt.Errorf("%q is there twice", word)
		}

		group = append(group, t.word)
	}

	if len(group) < 2 {
		return nil, fmt.Errorf("%q has no synonym beside it", group[0])
	}

	return group, nil
}

// single reads a text that must be one word. A compound such as "e-mail"
// counts as one.
func (a *analyzer) single(text string) (term, error) {
	terms := a.chunk(text)
	if text == "" || len(strings.Fields(text)) > 1 || len(terms) == 0 {
		return term{}, fmt.Errorf("%q is not a single word", text)
	}

	return terms[len(terms)-1], nil
}

// synonyms makes lists by stem out of lists by word.
func (a *analyzer) synonyms(lists map[string][]string) (map[string][]term, error) {
	byStem := map[string][]term{}
	var mistakes []error

	for _, word := range sortedKeys(lists) {
		from, err := a.single(word)
		mistakes = append(mistakes, err)

		for _, other := range lists[word] {
			to, err := a.single(other)
			mistakes = append(mistakes, err)
			if to.stem != from.stem && !slices.Contains(byStem[from.stem], to) {
				byStem[from.stem] = append(byStem[from.stem], to)
			}
		}
	}

	return byStem, errors.Join(mistakes...)
}
