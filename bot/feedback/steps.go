package feedback

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// told is all that a reporter is told of a step of their piece.
type told struct {
	piece  feedback.Piece
	number int // of the step, from 1
	step   feedback.Step
	was    content.Version // the version that the piece is about, when that is known
	came   content.Version // the version that came of it, when one did
}

// stepCard renders the card by which a reporter hears of a step: part names
// it, "step-2".
func (f *Room) stepCard(ctx context.Context, piece feedback.Piece, part string) (bot.Message, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(part, "step-"))
	if err != nil || n < 1 || n > len(piece.Steps) {
		return bot.Message{}, fmt.Errorf("%s has no card %q: %w", piece.ID, part, errs.ErrNotFound)
	}

	t := told{piece: piece, number: n, step: piece.Steps[n-1]}
	if asset, version, ok := content.ParseVersionRef(t.step.Result); ok {
		if t.came, err = f.Assets.Version(ctx, asset, version); err != nil && !errors.Is(err, errs.ErrNotFound) {
			return bot.Message{}, err
		}

		if asset == piece.Asset && version != piece.Version {
			if t.was, err = f.about(ctx, piece); err != nil {
				return bot.Message{}, err
			}
		}
	}

	return stepView(t), nil
}
