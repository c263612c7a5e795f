package search

import (
	"cmp"
	"slices"
)

// mergeSegments makes one segment of the live documents of several, or none
// when all are deleted.
func mergeSegments(segments []liveSegment) []liveSegment {
	n := live(segments)
	if n == 0 {
		return nil
	}

	docs := make([]docInfo, 0, n)
	labels := map[label][]uint32{}
	renumber := make([][]uint32, len(segments)) // by segment and old number; noDoc for deleted ones

	for i := range segments {
		p := &segments[i]
		renumber[i] = make([]uint32, len(p.docs))

		for doc := range p.docs {
			if renumber[i][doc] = noDoc; !p.isDeleted(uint32(doc)) {
				renumber[i][doc] = uint32(len(docs))
				docs = append(docs, p.docs[doc])
			}
		}

		for l, carriers := range p.labels {
			for _, doc := range carriers {
				if now := renumber[i][doc]; now != noDoc {
					labels[l] = append(labels[l], now)
				}
			}
		}
	}

	m := merger{segments: segments, renumber: renumber}
	m.terms()
	m.starts = append(m.starts, uint32(len(m.postings)))

	return []liveSegment{newLiveSegment(newSegment(docs, m.keys, m.starts, m.postings, labels))}
}

// merger merges the sorted terms of several segments, with their postings.
type merger struct {
	segments []liveSegment
	renumber [][]uint32
	keys     []string
	starts   []uint32
	postings []byte
}

// terms merges the sorted lists of terms: it takes the least term of all
// segments, copies its postings from each segment that has it, and goes on.
func (m *merger) terms() {
	type place struct{ segment, term int }
	var heads []place // the next term of each segment, by its key
	key := func(p place) string { return m.segments[p.segment].terms.at(p.term) }
	order := func(a, b place) int {
		return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.segment, b.segment))
	}

	push := func(p place) {
		if p.term < m.segments[p.segment].terms.len() {
			i, _ := slices.BinarySearchFunc(heads, p, order)
			heads = slices.Insert(heads, i, p)
		}
	}

	for i := range m.segments {
		push(place{segment: i})
	}

	for len(heads) > 0 {
		now, start, last := key(heads[0]), len(m.postings), noDoc
		for len(heads) > 0 && key(heads[0]) == now {
			head := heads[0]
			heads = slices.Delete(heads, 0, 1)
			last = m.copy(head.segment, uint32(head.term), last)
			push(place{head.segment, head.term + 1})
		}

		if len(m.postings) > start {
			m.keys = append(m.keys, now)
			m.starts = append(m.starts, uint32(start))
		}
	}
}

// copy appends the term's postings in live documents; last is the document
// of the posting before them, and the result that of the last of them.
func (m *merger) copy(segment int, term, last uint32) uint32 {
	renumber := m.renumber[segment]
	for c := m.segments[segment].postingsOf(term); c.next(); {
		doc := renumber[c.doc]
		if doc == noDoc {
			continue
		}

		counts := &c.counts
		if c.once {
			counts = &[numFields]uint32{bodyField: 1}
		}

		m.postings = appendPosting(m.postings, doc-last, counts)
		last = doc
	}

	return last
}
