package search

import "slices"

// library is all documents at one moment: segments, each with marks on the
// documents that are no longer in it. It never changes; a change makes a new
// library that shares most of its segments with the old one.
//
// A document put is a segment of its own at first. Segments are merged when
// one isn't several times as large as the next, so their number grows as the
// logarithm of the number of documents, and so does how often each is copied.
// A segment of which too much is dead is rewritten. Both happen while the
// change is made; queries go on with the old library meanwhile.
type library struct {
	parts    []part // the largest first, nearly; never empty ones
	live     int    // documents
	size     int    // documents, live and dead
	titleLen uint64 // of all live documents together, in terms
	bodyLen  uint64
}

// part is a segment's place in a library.
type part struct {
	*segment
	base              int    // number in the library of its first document
	dead              bitset // nil when none is
	live              int
	titleLen, bodyLen uint64 // of the live documents
}

func newPart(s *segment) part {
	p := part{segment: s, live: len(s.docs)}
	for i := range s.docs {
		p.titleLen += uint64(s.docs[i].titleLen)
		p.bodyLen += uint64(s.docs[i].bodyLen)
	}
	return p
}

// without gives the part with a document, live so far, marked dead.
func (p part) without(doc uint32) part {
	if p.dead == nil {
		p.dead = newBitset(len(p.docs))
	} else {
		p.dead = slices.Clone(p.dead)
	}
	p.dead.set(doc)
	p.live--
	p.titleLen -= uint64(p.docs[doc].titleLen)
	p.bodyLen -= uint64(p.docs[doc].bodyLen)
	return p
}

func (p *part) isDead(doc uint32) bool { return p.dead != nil && p.dead.has(doc) }

func newLibrary(parts []part) *library {
	l := &library{parts: parts}
	for i := range l.parts {
		p := &l.parts[i]
		p.base = l.size
		l.size += len(p.docs)
		l.live += p.live
		l.titleLen += p.titleLen
		l.bodyLen += p.bodyLen
	}
	return l
}

// put gives the library with the one document of p, whose ID this is.
func (l *library) put(id string, p part) *library {
	return newLibrary(append(l.partsWithout(id), p)).compact()
}

func (l *library) remove(id string) *library {
	return newLibrary(l.partsWithout(id)).compact()
}

// partsWithout copies the list of parts, with the document marked dead.
func (l *library) partsWithout(id string) []part {
	parts := slices.Clone(l.parts)
	for i := range parts {
		if doc, ok := parts[i].withID(id); ok && !parts[i].isDead(doc) {
			parts[i] = parts[i].without(doc)
		}
	}
	return parts
}

// compact merges what is to be merged.
func (l *library) compact() *library {
	parts := slices.Clone(l.parts)
	for end := len(parts); end > 0; {
		from := end - 1
		for from > 0 && parts[from-1].live < partRatio*live(parts[from:end]) {
			from--
		}
		if end-from > 1 || parts[from].decayed() {
			parts = slices.Replace(parts, from, end, mergeParts(parts[from:end])...)
		}
		end = from
	}
	return newLibrary(parts)
}

// decayed reports whether too much of the part is dead.
func (p *part) decayed() bool {
	dead := len(p.docs) - p.live
	return dead*deadRatio > p.live || p.live == 0
}

func live(parts []part) int {
	n := 0
	for i := range parts {
		n += parts[i].live
	}
	return n
}

// bitset is a set of document numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i uint32)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i uint32) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bitset) add(all []uint32) {
	for _, i := range all {
		b.set(i)
	}
}

// keep leaves only what others holds too.
func (b bitset) keep(others bitset) {
	for i := range b {
		b[i] &= others[i]
	}
}
