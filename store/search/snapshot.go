package search

import "slices"

// snapshot is all documents at one moment: segments, each with tombstones on
// the documents that have been deleted or replaced since it was made. It never
// changes; a change makes a new snapshot that shares most of its segments with
// the old one.
//
// A document that is put is a segment of its own at first. Segments are merged
// when one isn't mergeFactor times as large as those after it together, so
// their number grows as the logarithm of the number of documents, and so does
// how often a document is copied. A segment with too many tombstones is
// rewritten. Both happen while the change is made; queries go on with the old
// snapshot meanwhile.
type snapshot struct {
	segments []liveSegment // never empty ones; about the largest first
	live     int           // documents
	size     int           // documents, with those deleted
	titleLen uint64        // of all live documents together, in terms
	bodyLen  uint64
}

// liveSegment is a segment and what is still live in it.
type liveSegment struct {
	*segment
	base              int    // number in the snapshot of its first document
	tombstones        bitset // deleted documents; nil when there are none
	live              int
	titleLen, bodyLen uint64 // of the live documents
}

func newLiveSegment(s *segment) liveSegment {
	p := liveSegment{segment: s, live: len(s.docs)}
	for i := range s.docs {
		p.titleLen += uint64(s.docs[i].titleLen)
		p.bodyLen += uint64(s.docs[i].bodyLen)
	}

	return p
}

// without returns the segment with a tombstone on a document that is live.
func (p liveSegment) without(doc uint32) liveSegment {
	if p.tombstones == nil {
		p.tombstones = newBitset(len(p.docs))
	} else {
		p.tombstones = slices.Clone(p.tombstones)
	}

	p.tombstones.set(doc)

	p.live--
	p.titleLen -= uint64(p.docs[doc].titleLen)
	p.bodyLen -= uint64(p.docs[doc].bodyLen)
	return p
}

func (p *liveSegment) isDeleted(doc uint32) bool {
	return p.tombstones != nil && p.tombstones.has(doc)
}

// mustRewrite reports whether too many of the documents are deleted, see
// rewriteFactor.
func (p *liveSegment) mustRewrite() bool {
	deleted := len(p.docs) - p.live
	return deleted*rewriteFactor > p.live || p.live == 0
}

func newSnapshot(segments []liveSegment) *snapshot {
	s := &snapshot{segments: segments}
	for i := range s.segments {
		p := &s.segments[i]
		p.base = s.size

		s.size += len(p.docs)
		s.live += p.live
		s.titleLen += p.titleLen
		s.bodyLen += p.bodyLen
	}

	return s
}

// put returns a snapshot with the one document of added, whose ID this is, in
// place of the one with the same ID.
func (s *snapshot) put(id string, added liveSegment) *snapshot {
	return newSnapshot(merged(append(s.without(id), added)))
}

// remove returns a snapshot without the document with this ID.
func (s *snapshot) remove(id string) *snapshot {
	return newSnapshot(merged(s.without(id)))
}

// without returns a copy of the list of segments, with a tombstone on the
// document with this ID.
func (s *snapshot) without(id string) []liveSegment {
	segments := slices.Clone(s.segments)
	for i := range segments {
		if doc, ok := segments[i].withID(id); ok && !segments[i].isDeleted(doc) {
			segments[i] = segments[i].without(doc)
		}
	}

	return segments
}

// merged merges and rewrites those of the segments that need it, from the last
// to the first. The list is its own to change.
func merged(segments []liveSegment) []liveSegment {
	for end := len(segments); end > 0; {
		// Take in every segment that isn't large enough beside those after it.
		from := end - 1
		for from > 0 && segments[from-1].live < mergeFactor*live(segments[from:end]) {
			from--
		}

		if end-from > 1 || segments[from].mustRewrite() {
			segments = slices.Replace(segments, from, end, mergeSegments(segments[from:end])...)
		}

		end = from
	}

	return segments
}

// live is the number of live documents of all the segments.
func live(segments []liveSegment) int {
	n := 0
	for i := range segments {
		n += segments[i].live
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
