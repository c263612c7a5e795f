package search

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// testNow is when the tests and benchmarks take place.
var testNow = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// corpus makes up a library that is the same on every run: words of the
// frequencies that natural text has (Zipf's law), English endings, and
// documents of some 100 words that are each about a subject of three words.
type corpus struct {
	random *rand.Rand
	zipf   *rand.Zipf
	words  []string // the most frequent first
}

const corpusWords = 25_000

var (
	corpusKinds      = []string{"one-liner", "talk-track", "email", "social-post", "battlecard", "proof-point", "objection", "case-study", "survey"}
	corpusPersonas   = []string{"CFO", "CTO", "CIO", "CISO", "VP Sales", "VP Marketing", "Head of Operations", "Procurement", "Founder", "Developer"}
	corpusStages     = []string{"prospecting", "discovery", "evaluation", "negotiation", "closing", "renewal"}
	corpusIndustries = []string{"Banking", "Insurance", "Healthcare", "Retail", "Manufacturing", "Public sector", "Software", "Logistics"}
	corpusChannels   = []string{"email", "LinkedIn", "phone", "event"}
)

func newCorpus() *corpus {
	c := &corpus{random: rand.New(rand.NewPCG(7, 11))}
	c.zipf = rand.NewZipf(c.random, 1.1, 8, corpusWords-1)
	seen := map[string]bool{}
	for len(c.words) < corpusWords {
		word := c.coin()
		if !seen[word] {
			seen[word] = true
			c.words = append(c.words, word)
		}
	}

	return c
}

// coin makes up a word of two to four syllables.
func (c *corpus) coin() string {
	onsets := strings.Fields("b br c cl d dr f fl g gr h j k l m n p pl pr r s st t tr v w")
	vowels := strings.Fields("a e i o u ea ai ou")
	codas := []string{"", "", "n", "r", "l", "t", "m", "nd", "ck"}

	var word strings.Builder
	for range 2 + c.random.IntN(3) {
		word.WriteString(onsets[c.random.IntN(len(onsets))] + vowels[c.random.IntN(len(vowels))])
	}

	return word.String() + codas[c.random.IntN(len(codas))]
}

// inflect gives the word with an ending, sometimes.
func (c *corpus) inflect(word string) string {
	return word + []string{"", "", "", "", "", "", "", "s", "ing", "ed"}[c.random.IntN(10)]
}

func (c *corpus) some(values []string, most int) []string {
	var picked []string
	for _, i := range c.random.Perm(len(values))[:c.random.IntN(most+1)] {
		picked = append(picked, values[i])
	}

	return picked
}

// document makes up the document with this number, and its subject.
func (c *corpus) document(number int) (Document, []string) {
	var subject []string
	for len(subject) < 3 {
		// Neither the commonest words nor the rarest.
		if word := c.words[200+c.random.IntN(8_000)]; !slices.Contains(subject, word) {
			subject = append(subject, word)
		}
	}

	text := func(length, every int) string {
		var words []string
		for range length {
			if c.random.IntN(every) == 0 {
				words = append(words, c.inflect(subject[c.random.IntN(3)]))
			} else {
				words = append(words, c.inflect(c.words[c.zipf.Uint64()]))
			}
		}

		return strings.Join(words, " ")
	}
	d := Document{
		ID:         fmt.Sprintf("C-%d", number),
		Title:      text(2+c.random.IntN(4), 4) + " " + subject[0] + " " + subject[1],
		Body:       text(50+c.random.IntN(100), 14) + " " + strings.Join(subject, ", ") + ".",
		Kind:       corpusKinds[c.random.IntN(len(corpusKinds))],
		Topics:     []string{subject[0], c.words[c.random.IntN(300)]},
		Personas:   c.some(corpusPersonas, 3),
		Stages:     c.some(corpusStages, 2),
		Industries: c.some(corpusIndustries, 2),
		Channels:   c.some(corpusChannels, 2),
		Works:      c.random.IntN(8),
		Mixed:      c.random.IntN(4),
		Fails:      c.random.IntN(5),
		ApprovedAt: testNow.Add(-time.Duration(c.random.IntN(700)) * 24 * time.Hour),
	}
	return d, subject
}

func (c *corpus) documents(n int) []Document {
	documents := make([]Document, n)
	for i := range documents {
		documents[i], _ = c.document(i)
	}

	return documents
}

// textBytes is the length of a document's words.
func textBytes(documents []Document) int {
	n := 0
	for _, d := range documents {
		n += len(d.Title) + len(d.Body)
	}

	return n
}

func each(documents []Document) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}
}
