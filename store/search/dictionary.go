package search

import (
	"iter"
	"sort"
	"strings"
)

// dictionary is a sorted list of different strings in one block of memory.
type dictionary struct {
	text string
	ends []uint32 // where each string ends; it starts where the one before ends
}

func newDictionary(sorted []string) dictionary {
	d := dictionary{ends: make([]uint32, len(sorted))}
	size := 0

	for i, s := range sorted {
		size += len(s)
		d.ends[i] = uint32(size)
	}

	d.text = strings.Join(sorted, "")
	return d
}

func (d *dictionary) len() int { return len(d.ends) }

func (d *dictionary) at(i int) string {
	if i == 0 {
		return d.text[:d.ends[0]]
	}

	return d.text[d.ends[i-1]:d.ends[i]]
}

// find returns the string's number.
func (d *dictionary) find(s string) (int, bool) {
	i := d.search(s)
	return i, i < d.len() && d.at(i) == s
}

// search returns the number of the first string that isn't less than s.
func (d *dictionary) search(s string) int {
	return sort.Search(d.len(), func(i int) bool { return d.at(i) >= s })
}

// withPrefix goes through the numbers of all strings that start with prefix.
func (d *dictionary) withPrefix(prefix string) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := d.search(prefix); i < d.len() && strings.HasPrefix(d.at(i), prefix); i++ {
			if !yield(uint32(i)) {
				return
			}
		}
	}
}

// A term's key is its word and its stem with a zero byte between, which no
// word holds: so keys sort by word, and all of a word's terms stand together.
func (t term) key() string { return t.word + "\x00" + t.stem }

func keyTerm(key string) term {
	word, stem, _ := strings.Cut(key, "\x00")
	return term{word: word, stem: stem}
}

// lists holds many lists of numbers in two blocks of memory.
type lists struct {
	starts []uint32 // where each list starts, and where the last ends
	values []uint32
}

func (l *lists) at(i int) []uint32 { return l.values[l.starts[i]:l.starts[i+1]] }

// newLists makes n lists, and puts each value in the list whose number stands
// at its place in list; within a list, values keep their order.
func newLists(n int, list, values []uint32) lists {
	l := lists{starts: make([]uint32, n+2), values: make([]uint32, len(values))}

	// Each start is kept one place on while its list is filled, so that it
	// ends up as the start of the next.
	for _, i := range list {
		l.starts[i+2]++
	}

	for i := 2; i < len(l.starts); i++ {
		l.starts[i] += l.starts[i-1]
	}

	for at, i := range list {
		l.values[l.starts[i+1]] = values[at]
		l.starts[i+1]++
	}

	l.starts = l.starts[:n+1]
	return l
}
