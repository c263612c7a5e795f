package feedback

import (
	"context"

	"smarketer/store/feedback"
)

const (
	// alikeFrom is how alike two pieces must be for marketing to be asked
	// whether they say the same: half of their words.
	alikeFrom = 0.5
	// alikeWords is how many words they must share at the least; one is chance.
	alikeWords = 2
	// alikeAmong is how many earlier pieces a piece is compared with.
	alikeAmong = 50
)

// alike finds the earlier piece that says the most like the same as a piece:
// about the same version of the same asset, or none, and not with another
// verdict. What is joined to another is found through that. It is a zero
// piece when none is alike.
func (f *Room) alike(ctx context.Context, piece feedback.Piece) (feedback.Piece, error) {
	if piece.Primary != "" || piece.Members > 0 || piece.Status.Closed() || !piece.Shown() {
		return feedback.Piece{}, nil
	}

	earlier, err := f.Feedback.Around(ctx, piece, alikeAmong)
	if err != nil {
		return feedback.Piece{}, err
	}

	var best feedback.Piece
	most, mine := 0.0, f.stems(piece.Words)
	for _, other := range earlier {
		if other.Version != piece.Version || other.Verdict != "" && piece.Verdict != "" && other.Verdict != piece.Verdict {
			continue
		}

		if like := likeness(mine, f.stems(other.Words)); like >= alikeFrom && like > most {
			best, most = other, like
		}
	}

	if best.Primary == "" {
		return best, nil
	}

	primary, err := f.Feedback.Piece(ctx, best.Primary)
	if primary.IsDeleted() {
		return feedback.Piece{}, err // nothing can be joined with it any more
	}

	return primary, err
}

// stems are the words of a text that say something by themselves.
func (f *Room) stems(text string) map[string]bool {
	stems := map[string]bool{}
	for _, w := range f.Words.Words(text) {
		if !w.Stop {
			stems[w.Stem] = true
		}
	}

	return stems
}

// likeness is the share of the words of two texts that they have in common
// (the Sørensen–Dice coefficient): 1 when they have the same words, 0 when
// they share fewer than alikeWords.
func likeness(a, b map[string]bool) float64 {
	common := 0
	for stem := range a {
		if b[stem] {
			common++
		}
	}

	if common < alikeWords {
		return 0
	}

	return 2 * float64(common) / float64(len(a)+len(b))
}
