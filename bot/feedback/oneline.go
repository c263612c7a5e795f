package feedback

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// oneLine is a line that says all that is needed: "+ C-12 CFO loved it".
type oneLine struct {
	verdict content.Verdict
	asset   string
	words   string // "" for a verdict alone
}

var oneLiner = regexp.MustCompile(`^([+~-])\s*([cC]-\d{1,9})(?:[\s:,]+|$)`)

// parseOneLine reads such a line; ok is false for any other.
func parseOneLine(line string) (l oneLine, ok bool) {
	m := oneLiner.FindStringSubmatch(line)
	if m == nil {
		return l, false
	}

	return oneLine{signs[m[1]], strings.ToUpper(m[2]), strings.TrimSpace(line[len(m[0]):])}, true
}

// oneLine stores such a line about the approved version. Where there is none,
// the form opens with the words, so that none are lost.
func (f *Room) oneLine(ctx context.Context, r *bot.Request, l oneLine) (*bot.Reply, error) {
	asset, err := f.Assets.Asset(ctx, l.asset)
	if err != nil && !errors.Is(err, errs.ErrNotFound) {
		return nil, err
	}

	if err != nil || asset.Approved == 0 {
		note := fmt.Sprintf("%s has no approved version. Choose another piece, or none.", l.asset)
		if err != nil {
			note = fmt.Sprintf("There is no %s. Choose another piece, or none.", l.asset)
		}

		return f.form(ctx, r.User, draft{words: l.words, verdict: l.verdict, note: note})
	}

	piece := feedback.Piece{Words: l.words, Verdict: l.verdict, Asset: asset.ID, Version: asset.Approved, Reporter: r.User}
	if l.words == "" {
		return f.click(ctx, r, piece)
	}

	known, err := f.candidates(ctx, l.words)
	if err != nil {
		return nil, err
	}

	said := readFacts(l.words, known.pieces)
	piece.Account, piece.Importance = said.account, said.importance
	saved, err := f.Feedback.Add(ctx, r.Op, withFacts(piece, said, asset), f.Channel)
	if err != nil {
		return nil, fmt.Errorf("save feedback: %w", err)
	}

	return &bot.Reply{Message: receiptView(saved, "")}, nil
}

// click counts a verdict without words: one a person and version.
func (f *Room) click(ctx context.Context, r *bot.Request, piece feedback.Piece) (*bot.Reply, error) {
	asset, err := f.Assets.Asset(ctx, piece.Asset)
	if err != nil {
		return nil, err
	}

	saved, err := f.Feedback.AddVerdict(ctx, r.Op, withFacts(piece, facts{}, asset))
	if errors.Is(err, errs.ErrConflict) {
		return &bot.Reply{Message: saidView(saved)}, nil
	}

	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: clickView(saved)}, nil
}
