package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Search finds the documents that hold any word of the query and pass its
// filters, and returns the best. Documents of equal score come in order of ID.
func (x *Index) Search(q Query) Results {
	snapshot := x.current.Load()
	s := x.scratch.Get().(*scorer)
	s.reset(snapshot)

	// Score word by word, over all documents that have it.
	blank := strings.TrimSpace(q.Text) == ""
	if !blank {
		for _, w := range x.words.query(q.Text) {
			s.word(w, x.synonyms[w.stem])
		}
	}

	// Filter, boost and rank what has a score.
	best := newRanking(q)
	now := halfLives(x.clock.Now())
	filters := q.filters(x.words)
	for i := range snapshot.segments {
		s.rank(best, &snapshot.segments[i], filters, blank, now)
	}

	x.scratch.Put(s) // not deferred: after a panic its accumulators wouldn't be zero
	return best.results()
}

// rank adds the hits in one segment to the best, and sets the accumulators of
// its documents back to zero. For a blank query every live document that
// passes the filters is a hit. now is in half-lives of freshness.
func (s *scorer) rank(best *ranking, p *liveSegment, filters []filter, blank bool, now float64) {
	fit := p.fit(filters)
	accumulators := s.accumulators[p.base : p.base+len(p.docs)]

	for doc, sum := range accumulators {
		switch {
		case blank:
			if p.isDeleted(uint32(doc)) {
				continue
			}

			sum = accumulator{score: 1}
		case sum.score == 0:
			continue
		}

		accumulators[doc] = accumulator{}

		sum.score *= fit.share(uint32(doc))
		if sum.score == 0 {
			continue
		}

		best.total++
		if sum.score*maxBoost >= best.least() {
			d := &p.docs[doc]
			best.add(Hit{d.id, sum.score * d.boost(now)}, s.coverage(sum.covered))
		}
	}
}

// maxBoost is the greatest that boost returns.
const maxBoost = 1 + verdictShare + freshShare

// boost is what verdicts and freshness make of a score: a factor near 1. now is
// in half-lives of freshness.
func (d *docInfo) boost(now float64) float64 {
	fresh := math.Exp2(min(0, d.approvedAt-now))
	return 1 + verdictShare*d.verdict + freshShare*fresh
}

// scorer adds up the scores of one query, a word at a time, for the documents
// of a snapshot by their number in it. Between queries everything in it is
// zero, so that the next query needn't clear as many entries as there are
// documents.
type scorer struct {
	snapshot            *snapshot
	titleStep, bodyStep float64   // length normalisation, see reset
	occurrences         []float64 // of the match at hand: weighted, normalised
	matched             []uint32  // documents that have any
	wordScore           []float64 // of the word at hand: its best match
	wordMatched         []uint32
	accumulators        []accumulator
	asked               float64 // the weight of all words so far, by rarity
	targets             []term  // of the match at hand
	found               []match
}

// accumulator is what a document has scored of a query so far.
type accumulator struct {
	score   float64
	covered float64 // the weight of the words that it holds, of those asked
}

// match is a term that a query word matches, and what an occurrence counts.
type match struct {
	term   uint32
	weight float64
}

// reset makes the scorer ready for a query over a snapshot.
func (s *scorer) reset(now *snapshot) {
	s.snapshot = now
	s.asked = 0
	if len(s.accumulators) < now.size {
		room := now.size + now.size/8 // for the documents that are put next
		s.occurrences = make([]float64, room)
		s.wordScore = make([]float64, room)
		s.accumulators = make([]accumulator, room)
	}

	// An occurrence counts weight / (1 - b + b·length/average).
	s.titleStep = bm * float64(now.live) / max(1, float64(now.titleLen))
	s.bodyStep = bm * float64(now.live) / max(1, float64(now.bodyLen))
}

// word adds the score of one query word to all documents that match it, each
// by its best way of matching.
func (s *scorer) word(w queryWord, synonyms []term) {
	s.targets = []term{w.term}
	s.match(exactWeight, s.sameWord)
	known := len(s.wordMatched) > 0

	if w.last && len([]rune(w.word)) >= minPrefix {
		s.match(prefixWeight, func(p *liveSegment) { s.startingWith(p, w.word) })
	}

	if !known && mayBeMistyped(w.word, minEdit) {
		s.targets = s.oneEditFrom(w.word)
		s.match(editWeight, s.sameWord)
	}

	if len(synonyms) > 0 {
		s.targets = synonyms
		s.match(synonymWeight, s.sameWord)
	}

	if w.joined && len(s.wordMatched) == 0 {
		return // one more spelling, of words that are asked for singly as well
	}

	count := float64(w.count)
	weight := count * inverseFrequency(len(s.wordMatched), s.snapshot.live)
	s.asked += weight

	for _, doc := range s.wordMatched {
		sum := &s.accumulators[doc]
		sum.score += count * s.wordScore[doc]
		sum.covered += weight
		s.wordScore[doc] = 0
	}

	s.wordMatched = s.wordMatched[:0]
}

// match scores one way of matching: find puts the matching terms of a segment
// into s.found. The rarity of a way is that of all documents matched in this
// or a better way, so that a rare synonym isn't worth more than the word.
func (s *scorer) match(weight float64, find func(*liveSegment)) {
	for i := range s.snapshot.segments {
		p := &s.snapshot.segments[i]
		s.found = s.found[:0]
		find(p)

		for _, m := range s.distinct() {
			s.count(p, m)
		}
	}

	for _, doc := range s.matched {
		if s.wordScore[doc] == 0 {
			s.wordMatched = append(s.wordMatched, doc)
		}
	}

	idf := inverseFrequency(len(s.wordMatched), s.snapshot.live)
	for _, doc := range s.matched {
		tf := s.occurrences[doc]
		s.wordScore[doc] = max(s.wordScore[doc], weight*idf*tf/(k1+tf))
		s.occurrences[doc] = 0
	}

	s.matched = s.matched[:0]
}

// coverage is how much of the query it is to hold words of this weight.
func (s *scorer) coverage(covered float64) float64 {
	if s.asked == 0 {
		return 1
	}

	return min(1, covered/min(s.asked, enoughWords*inverseFrequency(0, s.snapshot.live)))
}

// inverseFrequency says how much it tells that a document is one of those
// with a word. Always above zero.
func inverseFrequency(with, all int) float64 {
	return math.Log(1 + (float64(all-with)+0.5)/(float64(with)+0.5))
}

// sameWord finds the targets themselves, and terms with the stem of one.
func (s *scorer) sameWord(p *liveSegment) {
	for _, target := range s.targets {
		for t := range p.terms.withPrefix(target.word + "\x00") {
			s.found = append(s.found, match{t, 1})
		}

		if i, ok := p.stems.find(target.stem); ok {
			for _, t := range p.stemmed.at(i) {
				s.found = append(s.found, match{t, stemWeight})
			}
		}
	}
}

// startingWith finds the terms whose word begins with prefix.
func (s *scorer) startingWith(p *liveSegment, prefix string) {
	for t := range p.terms.withPrefix(prefix) {
		s.found = append(s.found, match{t, 1})
	}
}

// oneEditFrom returns the terms whose word is one edit away, out of those that
// a live document has.
func (s *scorer) oneEditFrom(word string) []term {
	near := map[term]bool{}
	for i := range s.snapshot.segments {
		p := &s.snapshot.segments[i]
		for t := range p.edits.near(word, &p.terms) {
			if p.hasLiveDoc(t) {
				near[keyTerm(p.terms.at(int(t)))] = true
			}
		}
	}

	terms := make([]term, 0, len(near))
	for t := range near {
		terms = append(terms, t)
	}

	return terms
}

// hasLiveDoc reports whether a live document has the term.
func (p *liveSegment) hasLiveDoc(term uint32) bool {
	for c := p.postingsOf(term); c.next(); {
		if !p.isDeleted(c.doc) {
			return true
		}
	}

	return false
}

// distinct returns each term found once, with its greatest weight, in order: so
// sums don't depend on how the documents are spread over segments.
func (s *scorer) distinct() []match {
	if len(s.found) < 2 {
		return s.found
	}

	slices.SortFunc(s.found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(b.weight, a.weight))
	})

	return slices.CompactFunc(s.found, func(a, b match) bool { return a.term == b.term })
}

// count adds the occurrences of a term.
func (s *scorer) count(p *liveSegment, m match) {
	occurrences := s.occurrences[p.base : p.base+len(p.docs)]
	for c := p.postingsOf(m.term); c.next(); {
		if p.isDeleted(c.doc) {
			continue
		}

		d := &p.docs[c.doc]
		bodyCount, tf := 1.0, 0.0
		if !c.once {
			bodyCount = float64(c.counts[bodyField])
			tf = topicWeight*float64(c.counts[topicField]) + labelWeight*float64(c.counts[labelField])
			if n := c.counts[titleField]; n > 0 {
				tf += titleWeight * float64(n) / (1 - bm + s.titleStep*float64(d.titleLen))
			}
		}

		tf += bodyWeight * bodyCount / (1 - bm + s.bodyStep*float64(d.bodyLen))
		if occurrences[c.doc] == 0 {
			s.matched = append(s.matched, uint32(p.base)+c.doc)
		}

		occurrences[c.doc] += m.weight * tf
	}
}
