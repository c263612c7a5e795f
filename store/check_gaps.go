package store

// checkGaps compares gaps with their indexes and with who asked for them.
func (d *Dump) checkGaps(gaps map[string]Gap) {
	names, open := map[string]string{}, map[string]string{}
	lists := Index{d.keys.gapRank(): open}
	for id, g := range gaps {
		names[g.Key] = id
		searched, asked := d.ZSets[d.keys.gapPeople(id)], d.ZSets[d.keys.gapAskers(id)]
		if g.People != len(searched) {
			d.Fault("%s counts %d people, and %d searched for it", id, g.People, len(searched))
		}
		_, timer := d.ZSets[d.keys.due()][timerMember(GapAnsweredTimer, id)]
		switch {
		case g.Status != GapOpen && len(asked) > 0 && !timer:
			d.Fault("%s is %s, and %d who asked will never be told", id, g.Status, len(asked))
		case g.Status == GapOpen && g.Asked != len(asked):
			d.Fault("%s counts %d who asked, and there are %d", id, g.Asked, len(asked))
		case g.Status == GapOpen:
			open[id] = ""
			if score := d.ZSets[d.keys.gapRank()][id]; int64(score) != g.rank() {
				d.Fault("%s ranks at %.0f instead of %d", id, score, g.rank())
			}
		}
	}
	d.Compare(d.keys.gaps(), names, d.Hashes[d.keys.gaps()])
	d.CompareZSets(lists, d.keys.gapRank())
}
