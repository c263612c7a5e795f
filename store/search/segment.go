package search

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
	"strings"
)

// segment is an inverted index of some documents, no two with one ID. It never
// changes. Documents and terms go by their numbers in it.
type segment struct {
	docs     []docInfo
	byID     []uint32 // document numbers in order of ID
	terms    dictionary
	starts   []uint32 // where each term's postings start, and where the last end
	postings []byte
	stems    dictionary
	stemmed  lists // by stem: the terms that have it
	edits    edits
	labels   map[label][]uint32 // documents that carry it, in ascending order
}

// docInfo is what ranking needs to know of a document besides its words.
type docInfo struct {
	id                  string
	titleLen, bodyLen   uint32 // in terms
	verdict, approvedAt float64
}

// label is a value that a filter can ask for, in the form of labelKey.
type label struct {
	field filterField
	key   string // or unnamed
}

// unnamed stands in the place of a key for documents that name nothing in a
// field: they are for every persona, say. No name has the empty key.
const unnamed = ""

type filterField uint8

const (
	kindFilter filterField = iota
	personaFilter
	stageFilter
	industryFilter
	channelFilter
	numFilters
)

// newSegment finishes a segment from its segments; keys, sorted, are those of the
// terms whose postings these are. What has grown by appending is copied, as it
// would else keep up to twice the memory that it needs.
func newSegment(docs []docInfo, keys []string, starts []uint32, postings []byte, labels map[label][]uint32) *segment {
	s := &segment{docs: shrink(docs), terms: newDictionary(keys), starts: shrink(starts), postings: shrink(postings), labels: labels}
	for l, carriers := range labels {
		labels[l] = shrink(carriers)
	}

	s.byID = make([]uint32, len(docs))
	for i := range s.byID {
		s.byID[i] = uint32(i)
	}

	slices.SortFunc(s.byID, func(a, b uint32) int { return strings.Compare(docs[a].id, docs[b].id) })

	s.stems, s.stemmed = stemLists(keys)
	s.edits = newEdits(&s.terms)
	return s
}

// shrink copies a slice to one without spare capacity.
func shrink[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

// stemLists lists the stems of the terms with these keys, and by stem the
// terms that have it.
func stemLists(keys []string) (dictionary, lists) {
	stems := make([]string, len(keys))
	byStem := make([]uint32, len(keys))

	for i, key := range keys {
		stems[i] = keyTerm(key).stem
		byStem[i] = uint32(i)
	}

	slices.SortFunc(byStem, func(a, b uint32) int { return cmp.Or(strings.Compare(stems[a], stems[b]), cmp.Compare(a, b)) })
	var distinct []string
	var starts []uint32

	for i, term := range byStem {
		if i == 0 || stems[term] != stems[byStem[i-1]] {
			distinct = append(distinct, stems[term])
			starts = append(starts, uint32(i))
		}
	}

	starts = append(starts, uint32(len(byStem)))
	return newDictionary(distinct), lists{starts: shrink(starts), values: byStem}
}

// withID returns the number of the document with this ID.
func (s *segment) withID(id string) (uint32, bool) {
	i := sort.Search(len(s.byID), func(i int) bool { return s.docs[s.byID[i]].id >= id })
	if i == len(s.byID) || s.docs[s.byID[i]].id != id {
		return 0, false
	}

	return s.byID[i], true
}

// A posting says how often a document holds a term. It is written as the
// step from the document before, doubled; that is all when the term stands
// once in the body and nowhere else, as most do. Otherwise the step is one
// larger when doubled, and the counts in the four fields follow.
func appendPosting(postings []byte, step uint32, counts *[numFields]uint32) []byte {
	if *counts == onceInBody {
		if step < 0x40 { // as most are: one byte, without a call
			return append(postings, byte(step<<1))
		}

		return binary.AppendUvarint(postings, uint64(step)<<1)
	}

	postings = binary.AppendUvarint(postings, uint64(step)<<1|1)
	for _, n := range counts {
		postings = binary.AppendUvarint(postings, uint64(n))
	}

	return postings
}

var onceInBody = [numFields]uint32{bodyField: 1}

// noDoc is one less than the first document, from where the first step goes.
const noDoc = ^uint32(0)

// postingIterator goes through the postings of a term.
type postingIterator struct {
	rest   []byte
	doc    uint32
	once   bool // it stands once in the body; counts aren't set
	counts [numFields]uint32
}

// postingsOf returns an iterator before the first posting of a term.
func (s *segment) postingsOf(term uint32) postingIterator {
	return postingIterator{rest: s.postings[s.starts[term]:s.starts[term+1]], doc: noDoc}
}

// next goes on to the next posting; false when there is none.
func (c *postingIterator) next() bool {
	if len(c.rest) == 0 {
		return false
	}

	step := c.uvarint()
	c.doc += uint32(step >> 1)
	if c.once = step&1 == 0; !c.once {
		for i := range c.counts {
			c.counts[i] = uint32(c.uvarint())
		}
	}

	return true
}

// uvarint reads a number; most are one byte, which this does without a call.
func (c *postingIterator) uvarint() uint64 {
	if b := c.rest[0]; b < 0x80 {
		c.rest = c.rest[1:]
		return uint64(b)
	}

	v, n := binary.Uvarint(c.rest)
	c.rest = c.rest[n:]

	return v
}
