package themes

import (
	"slices"
	"strings"

	"smarketer/store/search"
)

// key is a phrase or a property of a piece as one number. A phrase holds the
// numbers of its one to three words, the last of them in the lowest bits.
type key uint64

const (
	wordBits = 21
	maxWords = 1<<wordBits - 1 // how many different words are told apart
	property = key(1) << 63    // marks what is no phrase
)

func phraseOf(words ...uint32) (k key) {
	for _, w := range words {
		k = k<<wordBits | key(w)
	}

	return k
}

// words are the numbers of a phrase's words.
func (k key) words() []uint32 {
	var words []uint32
	for ; k > 0; k >>= wordBits {
		words = append(words, uint32(k&maxWords))
	}

	slices.Reverse(words)
	return words
}

// within reports whether short words follow each other in long ones.
func within(short, long []uint32) bool {
	for i := 0; i+len(short) <= len(long); i++ {
		if slices.Equal(short, long[i:i+len(short)]) {
			return true
		}
	}

	return false
}

// longest is how many words a phrase has at the most.
const longest = 3

// phrases gives every phrase of a text, whose words are numbers; 0 stands for
// the end of a sentence. filler are words that are no theme by themselves.
func phrases(words []uint32, filler map[uint32]bool, yield func(key)) {
	for i := range words {
		for n := 1; n <= longest && i+n <= len(words) && words[i+n-1] != 0; n++ {
			if n == 1 && filler[words[i]] {
				continue
			}

			yield(phraseOf(words[i : i+n]...))
		}
	}
}

// fillerWords are words that are not stop words to a search and yet no theme by
// themselves.
const fillerWords = `
again all also always any ask asked asking better big call called came come even ever every far few first get gets
getting give go going good got great had hear heard just know last less like liked likes little long look lot love
loved loves made make many may maybe me mean meeting more most much need needed needs never new next no none not
nothing now off often old once one only other out over people really said same saw say saying says see seem seems
still take talk tell thing things think thought three time times today told too took tried try two under up us use
used using very want wanted wants way week went well work worked working works yes yet
dont didnt doesnt cant couldnt wont wouldnt isnt wasnt arent hasnt havent im ive theyre weve thats theres`

// fillerStems lists the stems of words that are no theme by themselves.
func fillerStems(reader *search.Reader) map[string]bool {
	stems := map[string]bool{}
	for _, w := range reader.Words(fillerWords) {
		stems[w.Stem] = true
	}

	return stems
}

// findPhrase finds stems in a text that follow each other there but for stop
// words, and gives the words from the first to the last.
func findPhrase(text []search.Word, stems []string) string {
	for i := range text {
		var shown []string
		at := 0

		for _, w := range text[i:] {
			if !w.Stop && w.Stem != stems[at] || w.Stop && at == 0 {
				break
			}

			if shown = append(shown, w.Text); !w.Stop {
				at++
			}

			if at == len(stems) {
				return strings.Join(shown, " ")
			}

			if w.Ends {
				break
			}
		}
	}

	return ""
}

// collapse leaves out phrases that say the same as others: of a phrase and a
// longer one that holds it, the shorter goes when at least half of its people
// say the longer one, and otherwise the longer one. The phrases come and go by
// weight, the heaviest first.
func collapse(all []Theme) []Theme {
	gone, words := make([]bool, len(all)), make([][]uint32, len(all))
	for i := range all {
		words[i] = all[i].phrase.words()
	}

	for i := range all {
		for j := range all {
			if i == j || gone[i] || gone[j] || !within(words[i], words[j]) {
				continue
			}

			if 2*all[j].All.People >= all[i].All.People {
				gone[i] = true
			} else {
				gone[j] = true
			}
		}
	}

	var kept []Theme
	for i, t := range all {
		if !gone[i] && len(kept) < MaxThemes {
			kept = append(kept, t)
		}
	}

	return kept
}
