package search

import (
	"iter"
	"math/bits"
	"unicode/utf8"
)

// edits is a deletion dictionary: it finds the words that are one edit (a
// letter put in, left out, changed, or swapped with the next) from another.
// Two such words have a form in common once at most one letter has been taken
// out of each, and so have their first few letters; it keeps the hash of every
// such form of the first letters of every word, and checks what it finds. (The
// idea is W. Garbe's, SymSpell.)
type edits struct {
	buckets lists // term numbers, by the low bits of the form's hash
	mask    uint32
}

func newEdits(terms *dictionary) edits {
	var hashes, numbers []uint32
	for i := range terms.len() {
		word := keyTerm(terms.at(i)).word
		if !mayBeMistyped(word, minEdit-1) {
			continue
		}

		for hash := range deletions(word) {
			hashes, numbers = append(hashes, hash), append(numbers, uint32(i))
		}
	}

	// Some six forms a bucket: short lists, and little memory for empty ones.
	size := 1 << bits.Len(uint(len(hashes)/8))
	e := edits{mask: uint32(size - 1)}

	for i := range hashes {
		hashes[i] &= e.mask
	}

	e.buckets = newLists(size, hashes, numbers)
	return e
}

// near goes through the numbers of the terms whose word is one edit from
// word; a term may come more than once.
func (e *edits) near(word string, terms *dictionary) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for hash := range deletions(word) {
			for _, i := range e.buckets.at(int(hash & e.mask)) {
				if oneEdit(word, keyTerm(terms.at(int(i))).word) && !yield(i) {
					return
				}
			}
		}
	}
}

// mayBeMistyped reports whether a word is of a length, and of a kind, that may be
// mistyped. Numbers are not: 2024 is not 2025 with a typing mistake.
func mayBeMistyped(word string, shortest int) bool {
	for i := range len(word) {
		if '0' <= word[i] && word[i] <= '9' {
			return false
		}
	}

	return utf8.RuneCountInString(word) >= shortest
}

// deletions goes through the hashes (FNV-1a) of the word's first letters and
// of all that can be made of them by taking one out.
func deletions(word string) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		letters, n := len(word), 0
		for i := range word {
			if n == editPrefix {
				letters = i
				break
			}

			n++
		}

		word := word[:letters]
		if !yield(fnv(word, "")) {
			return
		}

		last := rune(-1)
		for i, r := range word {
			if r != last && !yield(fnv(word[:i], word[i+utf8.RuneLen(r):])) {
				return
			}

			last = r // of two alike, either gives the same
		}
	}
}

// fnv is the FNV-1a hash of a and b, one after the other.
func fnv(a, b string) uint32 {
	h := uint32(2166136261)
	for i := range len(a) {
		h = (h ^ uint32(a[i])) * 16777619
	}

	for i := range len(b) {
		h = (h ^ uint32(b[i])) * 16777619
	}

	return h
}

// oneEdit reports whether exactly one edit turns a into b.
func oneEdit(a, b string) bool {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}

	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}

	switch {
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0]
	default:
		return len(x) <= 1 && len(y) <= 1 && len(x)+len(y) > 0
	}
}
