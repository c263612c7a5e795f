package store

import (
	"slices"
	"strings"
)

// checkJoined compares the pieces that stand behind others with what those
// know of them, and makes sure that every step will reach them.
func (d *dump) checkJoined(feedback map[string]Feedback) {
	behind, voices := index{}, map[string]map[string][]string{} // by head; and then by voice
	say := func(head string, f Feedback) {
		if f.Voice() == "" {
			return
		}
		if voices[head] == nil {
			voices[head] = map[string][]string{}
		}
		voices[head][f.Voice()] = append(voices[head][f.Voice()], f.ID)
	}
	for id, f := range feedback {
		if f.Behind > 0 {
			say(id, f)
		}
		if f.Joined == "" {
			continue
		}
		if head := feedback[f.Joined]; head.ID == "" || head.Joined != "" || f.Behind > 0 {
			d.fault("%s stands behind %s, which can't be", id, f.Joined)
		}
		behind.add(d.keys.behind(f.Joined), id, "")
		say(f.Joined, f)
	}
	d.compareZSets(behind, d.keys.behind(""))
	for id, f := range feedback {
		if n := len(behind[d.keys.behind(id)]); n != f.Behind {
			d.fault("%s has %d behind it, and there are %d", id, f.Behind, n)
		}
		if n := len(voices[id]); n != f.People {
			d.fault("%s has %d voices, and there are %d", id, f.People, n)
		}
		d.checkJoinedVoices(id, voices[id])
		d.checkSpread(f)
	}
}

func (d *dump) checkJoinedVoices(head string, voices map[string][]string) {
	key := d.keys.joinedVoices(head)
	want, have := map[string]string{}, map[string]string{}
	for voice, pieces := range voices {
		slices.Sort(pieces)
		want[voice] = strings.Join(pieces, " ")
	}
	for voice, text := range d.hashes[key] {
		pieces := strings.Fields(text)
		slices.Sort(pieces)
		have[voice] = strings.Join(pieces, " ")
	}
	d.compare(key, want, have)
}

// checkSpread makes sure that a timer is set while a step has not reached
// every piece that stands behind another.
func (d *dump) checkSpread(head Feedback) {
	if _, set := d.zsets[d.keys.due()][timerMember(SpreadTimer, head.ID)]; set {
		return
	}
	for id, taken := range d.zsets[d.keys.behind(head.ID)] {
		if int(taken) < len(head.Steps) {
			d.fault("%s has not taken step %d of %s, and no timer is set", id, int(taken)+1, head.ID)
		}
	}
}
