package themes

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"smarketer/store/content"
)

// mention is that a person said something in a piece.
type mention struct {
	key key
	by  uint64 // the person, and in the lower half the index in table.pieces
}

func (m mention) person() uint32 { return uint32(m.by >> 32) }
func (m mention) piece() uint32  { return uint32(m.by) }

// partitions is how many parts the mentions are counted in, so that only one
// part is in memory at a time.
const partitions = 8

// counted is how often one thing was said in one window.
type counted struct {
	all     Count
	verdict [4]Count // by index in verdicts
	pieces  []uint32 // the newest first
}

// candidates is how many phrases of a window are looked at when those that say
// the same are left out.
const candidates = 300

// report counts what was said in every window that ends now.
func (t *table) report(now time.Time) []Report {
	reports := make([]Report, len(Windows))
	since := make([]int64, len(Windows))

	for i, days := range Windows {
		reports[i] = Report{Days: days, At: now}
		since[i] = now.Add(-time.Duration(days) * 24 * time.Hour).UnixMilli()
	}

	people := make([]map[uint32]bool, len(Windows))
	for i := range people {
		people[i] = map[uint32]bool{}
	}

	for _, p := range t.pieces {
		for i := range Windows {
			if p.at >= since[i] {
				reports[i].Count.Pieces++
				people[i][p.person] = true
			}
		}
	}

	var all []mention
	for partition := range key(partitions) {
		all = t.collect(all[:0], partition)
		t.walk(all, since, reports)
	}

	for i := range reports {
		reports[i].Count.People = len(people[i])
		reports[i].finish(t)
	}

	return reports
}

// collect lists the mentions of one partition of all keys, sorted.
func (t *table) collect(all []mention, partition key) []mention {
	for i := range t.pieces {
		p := &t.pieces[i]
		add := func(k key) {
			// Fibonacci hashing: the highest bits of the product are mixed.
			if k*0x9E3779B97F4A7C15>>61 == partition {
				all = append(all, mention{k, uint64(p.person)<<32 | uint64(i)})
			}
		}

		for kind, value := range p.of {
			if value > 0 {
				add(property | key(kind)<<32 | key(value))
			}
		}

		phrases(p.words, t.filler, add)
	}

	slices.SortFunc(all, func(a, b mention) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}

		return cmp.Compare(a.by, b.by)
	})

	return slices.Compact(all) // a phrase may stand in a piece twice
}

// walk counts what was said, thing by thing.
func (t *table) walk(all []mention, since []int64, reports []Report) {
	for len(all) > 0 {
		end := 1
		for end < len(all) && all[end].key == all[0].key {
			end++
		}

		one := all[:end]
		all = all[end:]
		if one[0].key&property == 0 && one[0].person() == one[end-1].person() {
			continue // a phrase of one person is no theme
		}

		for i := range reports {
			reports[i].take(t, one[0].key, t.count(one, since[i]))
		}
	}
}

// count counts one thing in one window. What was said comes by person.
func (t *table) count(one []mention, since int64) (c counted) {
	var last uint32
	var heard [len(c.verdict)]bool

	for _, s := range one {
		p := &t.pieces[s.piece()]
		if p.at < since {
			continue
		}

		if c.all.Pieces == 0 || s.person() != last {
			c.all.People++
			last, heard = s.person(), [len(c.verdict)]bool{}
		}

		c.all.Pieces++
		c.verdict[p.verdict].Pieces++
		if !heard[p.verdict] {
			heard[p.verdict] = true
			c.verdict[p.verdict].People++
		}

		c.pieces = append(c.pieces, s.piece())
	}

	return c
}

// newest sorts pieces by when they were given, the newest first, and names as
// many as a report does.
func (t *table) newest(pieces []uint32) []string {
	slices.SortFunc(pieces, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(t.pieces[b].at, t.pieces[a].at), cmp.Compare(b, a))
	})

	ids := make([]string, 0, min(len(pieces), MaxPieces))
	for _, i := range pieces[:min(len(pieces), MaxPieces)] {
		ids = append(ids, idOf(t.pieces[i].number))
	}

	return ids
}

// take puts what was counted into the report.
func (r *Report) take(t *table, k key, c counted) {
	if c.all.Pieces == 0 {
		return
	}

	if k&property == 0 {
		if c.all.People > 1 {
			r.Themes = append(r.Themes, Theme{phrase: k, All: c.all, Works: c.verdict[1], Mixed: c.verdict[2], Fails: c.verdict[3],
				pieces: c.pieces})
		}

		if len(r.Themes) > 4*candidates {
			r.Themes = heaviest(r.Themes)
		}

		return
	}

	kind, value := int(k>>32&0xff), t.name[k&maxWords]
	if kind == source {
		r.Sources = append(r.Sources, Source{value, c.all})
		return
	}

	row := Row{Kind: Kinds[kind], Value: value, Works: c.verdict[1], Mixed: c.verdict[2], Fails: c.verdict[3], pieces: c.pieces}
	if row.Fails.Pieces > 0 {
		r.Fails = append(r.Fails, row)
	}

	if row.Works.Pieces > 0 {
		r.Works = append(r.Works, row)
	}
}

// sources counts where pieces come from. They come by person.
func (t *table) sources(pieces []uint32) []Source {
	var all []Source
	last := map[uint32]uint32{} // source → the person that was counted last, and one

	for _, i := range pieces {
		p := t.pieces[i]
		name := t.name[p.of[source]]
		at := slices.IndexFunc(all, func(s Source) bool { return s.Name == name })
		if at < 0 {
			at, all = len(all), append(all, Source{Name: name})
		}

		all[at].Pieces++
		if last[p.of[source]] != p.person+1 {
			last[p.of[source]] = p.person + 1
			all[at].People++
		}
	}

	bySource(all)
	return all
}

func bySource(all []Source) {
	slices.SortFunc(all, func(a, b Source) int {
		return cmp.Or(heavier(a.Count, b.Count), strings.Compare(a.Name, b.Name))
	})
}

// heavier compares by people, then by pieces.
func heavier(a, b Count) int {
	return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Pieces, a.Pieces))
}

// heaviest are the candidates for themes, the heaviest first; of those that
// weigh the same, the longer and then the one that came up later.
func heaviest(all []Theme) []Theme {
	slices.SortFunc(all, func(a, b Theme) int {
		return cmp.Or(heavier(a.All, b.All), cmp.Compare(len(b.phrase.words()), len(a.phrase.words())), cmp.Compare(b.phrase, a.phrase))
	})

	return all[:min(len(all), candidates)]
}

// finish brings the report into its order.
func (r *Report) finish(t *table) {
	bySource(r.Sources)
	r.Fails = t.rows(r.Fails, content.Fails, func(w Row) Count { return w.Fails })
	r.Works = t.rows(r.Works, content.Works, func(w Row) Count { return w.Works })
	r.Themes = collapse(heaviest(r.Themes))

	for i := range r.Themes {
		th := &r.Themes[i]
		th.Stems, th.Sources, th.Pieces = t.stems(th.phrase), t.sources(th.pieces), t.newest(th.pieces)
		th.pieces = nil
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(strings.Join(th.Stems, " ")))
		th.Key = fmt.Sprintf("%016x", sum.Sum64())
	}
}

// rows are the heaviest rows of each kind, kind by kind, each with the pieces
// of one verdict.
func (t *table) rows(all []Row, v content.Verdict, by func(Row) Count) []Row {
	verdict := uint8(slices.Index(verdicts, v))
	slices.SortFunc(all, func(a, b Row) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), heavier(by(a), by(b)), strings.Compare(a.Value, b.Value))
	})

	var kept []Row
	n := 0

	for i, row := range all {
		if i > 0 && row.Kind != all[i-1].Kind {
			n = 0
		}

		if n++; n <= MaxRows {
			these := slices.DeleteFunc(slices.Clone(row.pieces), func(i uint32) bool { return t.pieces[i].verdict != verdict })
			row.Pieces, row.pieces = t.newest(these), nil
			kept = append(kept, row)
		}
	}

	return kept
}
