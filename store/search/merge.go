package search

import (
	"cmp"
	"slices"
)

// mergeParts makes one part of the live documents of several, or none when
// all are dead.
func mergeParts(parts []part) []part {
	n := live(parts)
	if n == 0 {
		return nil
	}
	docs := make([]docInfo, 0, n)
	labels := map[label][]uint32{}
	renumber := make([][]uint32, len(parts)) // by part and old number; dead have none
	for i := range parts {
		p := &parts[i]
		renumber[i] = make([]uint32, len(p.docs))
		for doc := range p.docs {
			if renumber[i][doc] = noDoc; !p.isDead(uint32(doc)) {
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
	m := merger{parts: parts, renumber: renumber}
	m.terms()
	m.starts = append(m.starts, uint32(len(m.postings)))
	return []part{newPart(newSegment(docs, m.keys, m.starts, m.postings, labels))}
}

// merger merges the sorted terms of several parts, with their postings.
type merger struct {
	parts    []part
	renumber [][]uint32
	keys     []string
	starts   []uint32
	postings []byte
}

func (m *merger) terms() {
	type place struct{ part, term int }
	var heads []place // the next term of each part, by its key
	key := func(p place) string { return m.parts[p.part].terms.at(p.term) }
	order := func(a, b place) int {
		return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.part, b.part))
	}
	push := func(p place) {
		if p.term < m.parts[p.part].terms.len() {
			i, _ := slices.BinarySearchFunc(heads, p, order)
			heads = slices.Insert(heads, i, p)
		}
	}
	for i := range m.parts {
		push(place{part: i})
	}
	for len(heads) > 0 {
		now, start, last := key(heads[0]), len(m.postings), noDoc
		for len(heads) > 0 && key(heads[0]) == now {
			head := heads[0]
			heads = slices.Delete(heads, 0, 1)
			last = m.copy(head.part, uint32(head.term), last)
			push(place{head.part, head.term + 1})
		}
		if len(m.postings) > start {
			m.keys = append(m.keys, now)
			m.starts = append(m.starts, uint32(start))
		}
	}
}

// copy appends the term's postings in live documents; last is the document
// of the posting before them, and the result that of the last of them.
func (m *merger) copy(part int, term, last uint32) uint32 {
	renumber := m.renumber[part]
	for c := m.parts[part].cursor(term); c.next(); {
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
