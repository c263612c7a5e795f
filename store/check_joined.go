package store

import (
	"slices"
	"strings"
)

// checkJoined compares the pieces that stand behind others with what those
// know of them, and makes sure that every step will reach them.
func (d *Dump) checkJoined(feedback map[string]Feedback) {
	behind, voices := Index{}, map[string]map[string][]string{} // by head; and then by voice
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
			d.Fault("%s stands behind %s, which can't be", id, f.Joined)
		}
		behind.Add(d.keys.behind(f.Joined), id, "")
		say(f.Joined, f)
	}
	d.CompareZSets(behind, d.keys.behind(""))
	for id, f := range feedback {
		if n := len(behind[d.keys.behind(id)]); n != f.Behind {
			d.Fault("%s has %d behind it, and there are %d", id, f.Behind, n)
		}
		if n := len(voices[id]); n != f.People {
			d.Fault("%s has %d voices, and there are %d", id, f.People, n)
		}
		d.checkJoinedVoices(id, voices[id])
		d.checkSpread(f)
	}
}

func (d *Dump) checkJoinedVoices(head string, voices map[string][]string) {
	key := d.keys.joinedVoices(head)
	want, have := map[string]string{}, map[string]string{}
	for voice, pieces := range voices {
		slices.Sort(pieces)
		want[voice] = strings.Join(pieces, " ")
	}
	for voice, text := range d.Hashes[key] {
		pieces := strings.Fields(text)
		slices.Sort(pieces)
		have[voice] = strings.Join(pieces, " ")
	}
	d.Compare(key, want, have)
}

// checkSpread makes sure that a timer is set while a step has not reached
// every piece that stands behind another.
func (d *Dump) checkSpread(head Feedback) {
	if _, set := d.ZSets[d.keys.due()][timerMember(SpreadTimer, head.ID)]; set {
		return
	}
	for id, taken := range d.ZSets[d.keys.behind(head.ID)] {
		if int(taken) < len(head.Steps) {
			d.Fault("%s has not taken step %d of %s, and no timer is set", id, int(taken)+1, head.ID)
		}
	}
}
