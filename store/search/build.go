package search

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// builder makes a segment out of documents. While it works, terms go by the
// order in which they were first seen.
type builder struct {
	words *analyzer

	// Text repeats itself, so each stretch of it is analysed once: chunks says
	// where in runs the terms of a stretch start. A run is the number of its
	// terms, then the terms.
	chunks map[string]uint32
	runs   []uint32

	labelKeys map[string]string // of labels met before
	numbers   map[string]uint32 // of the terms, by key
	terms     []termPostings
	found     []uint32 // terms in the document at hand
	docs      []docInfo
	labels    map[label][]uint32
}

// termPostings are a term's postings so far.
type termPostings struct {
	counts   [numFields]uint32 // in the document at hand
	last     uint32            // the document of the last posting
	postings []byte
}

func newBuilder(words *analyzer) *builder {
	return &builder{
		words:     words,
		chunks:    map[string]uint32{},
		labelKeys: map[string]string{},
		numbers:   map[string]uint32{},
		labels:    map[label][]uint32{},
	}
}

// add puts a document into the segment.
func (b *builder) add(d Document) {
	number := uint32(len(b.docs))
	info := docInfo{id: strings.Clone(d.ID), verdict: verdict(d), approvedAt: halfLives(d.ApprovedAt)}
	info.titleLen = b.field(titleField, d.Title)
	info.bodyLen = b.field(bodyField, d.Body)

	for _, topic := range d.Topics {
		b.field(topicField, topic)
	}

	var names [numFilters]bool
	for field, value := range d.labels() {
		b.field(labelField, value)
		if key := b.key(value); key != "" {
			b.label(label{field, key}, number)
			names[field] = true
		}
	}

	for field, named := range names {
		if !named {
			b.label(label{filterField(field), unnamed}, number)
		}
	}

	b.docs = append(b.docs, info)
	b.post(number)
}

// labels goes through the values that can be filtered by.
func (d *Document) labels() iter.Seq2[filterField, string] {
	return func(yield func(filterField, string) bool) {
		fields := [...][]string{kindFilter: {d.Kind}, personaFilter: d.Personas, stageFilter: d.Stages,
			industryFilter: d.Industries, channelFilter: d.Channels}
		for field, values := range fields {
			for _, value := range values {
				if !yield(filterField(field), value) {
					return
				}
			}
		}
	}
}

// key is the label key of a value.
func (b *builder) key(value string) string {
	key, ok := b.labelKeys[value]
	if !ok {
		key = b.words.labelKey(value)
		b.labelKeys[value] = key
	}

	return key
}

// label notes that the document carries the label; once, if it is given twice.
func (b *builder) label(l label, doc uint32) {
	if docs := b.labels[l]; len(docs) == 0 || docs[len(docs)-1] != doc {
		b.labels[l] = append(docs, doc)
	}
}

// field counts the terms of a text, and returns how many there are.
func (b *builder) field(field int, text string) uint32 {
	n := 0
	for chunk := range strings.FieldsSeq(text) {
		terms := b.read(chunk)
		for _, t := range terms {
			counts := &b.terms[t].counts
			if *counts == ([numFields]uint32{}) {
				b.found = append(b.found, t)
			}

			counts[field]++
		}

		n += len(terms)
	}

	return uint32(n)
}

// read returns the numbers of the terms in a chunk, a stretch of text without
// white space.
func (b *builder) read(chunk string) []uint32 {
	start, ok := b.chunks[chunk]
	if !ok {
		start = uint32(len(b.runs))
		b.chunks[strings.Clone(chunk)] = start
		b.run(b.words.chunk(chunk))
	}

	end := start + 1 + b.runs[start]
	return b.runs[start+1 : end]
}

// run appends a run of these terms to b.runs.
func (b *builder) run(terms []term) {
	b.runs = append(b.runs, uint32(len(terms)))
	for _, t := range terms {
		key := t.key()
		number, ok := b.numbers[key]
		if !ok {
			number = uint32(len(b.numbers))
			b.numbers[key] = number
			b.terms = append(b.terms, termPostings{last: noDoc})
		}

		b.runs = append(b.runs, number)
	}
}

// post writes a posting for each term found in the document.
func (b *builder) post(doc uint32) {
	for _, number := range b.found {
		t := &b.terms[number]
		t.postings = appendPosting(t.postings, doc-t.last, &t.counts)
		t.last = doc
		t.counts = [numFields]uint32{}
	}

	b.found = b.found[:0]
}

// finish returns the segment of all documents added.
func (b *builder) finish() *segment {
	keys := slices.Sorted(maps.Keys(b.numbers))
	size := 0

	for i := range b.terms {
		size += len(b.terms[i].postings)
	}

	starts := make([]uint32, 0, len(keys)+1)
	postings := make([]byte, 0, size)

	for _, key := range keys {
		starts = append(starts, uint32(len(postings)))
		postings = append(postings, b.terms[b.numbers[key]].postings...)
	}

	starts = append(starts, uint32(len(postings)))
	return newSegment(b.docs, keys, starts, postings, b.labels)
}

// verdict is what reps said of a version, from -1 to 1: the balance of works
// and fails, drawn to 0 while there are few.
func verdict(d Document) float64 {
	all := d.Works + d.Mixed + d.Fails
	return float64(d.Works-d.Fails) / float64(all+verdictDoubt)
}

// epoch is near the times that documents are approved at, for precision.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// halfLives is a time as the number of half-lives of freshness since epoch.
func halfLives(t time.Time) float64 {
	return float64(t.Unix()-epoch.Unix()) / freshHalfLife.Seconds()
}
