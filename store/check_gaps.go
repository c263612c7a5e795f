package store

// checkGaps compares gaps with their indexes and with who asked for them.
func (d *dump) checkGaps(gaps map[string]Gap) {
	names, open := map[string]string{}, map[string]string{}
	lists := index{d.keys.gapRank(): open}
	for id, g := range gaps {
		names[g.Key] = id
		searched, asked := d.zsets[d.keys.gapPeople(id)], d.zsets[d.keys.gapAskers(id)]
		if g.People != len(searched) {
			d.fault("%s counts %d people, and %d searched for it", id, g.People, len(searched))
		}
		_, timer := d.zsets[d.keys.due()][timerMember(GapAnsweredTimer, id)]
		switch {
		case g.Status != GapOpen && len(asked) > 0 && !timer:
			d.fault("%s is %s, and %d who asked will never be told", id, g.Status, len(asked))
		case g.Status == GapOpen && g.Asked != len(asked):
			d.fault("%s counts %d who asked, and there are %d", id, g.Asked, len(asked))
		case g.Status == GapOpen:
			open[id] = ""
			if score := d.zsets[d.keys.gapRank()][id]; int64(score) != g.rank() {
				d.fault("%s ranks at %.0f instead of %d", id, score, g.rank())
			}
		}
	}
	d.compare(d.keys.gaps(), names, d.hashes[d.keys.gaps()])
	d.compareZSets(lists, d.keys.gapRank())
}
