package feedback

import (
	"context"
	"errors"
	"fmt"

	"smarketer/bot"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// undo takes a piece back within a minute.
func (f *Room) undo(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.Feedback.Undo(ctx, r.Op, r.Value, f.Channel, r.User)
	switch {
	case errors.Is(err, errs.ErrTooLate):
		return &bot.Reply{Message: tooLateView(piece)}, nil
	case errors.Is(err, errs.ErrNotFound):
		return nil, errPieceUnknown
	case errors.Is(err, errs.ErrConflict):
		return nil, errDeleted(piece)
	case err != nil:
		return nil, err
	}

	return &bot.Reply{Message: &bot.Message{Text: fmt.Sprintf("%s is taken back. Nothing of it is kept.", piece.ID)}, Replace: true}, nil
}

var errPieceUnknown = bot.Problemf("I don't know that piece of feedback. `/feedback mine` lists yours.")

func errDeleted(piece feedback.Piece) error {
	if piece.Undone {
		return bot.Problemf("%s has been taken back already.", piece.ID)
	}

	return bot.Problemf("%s has been deleted already.", piece.ID)
}

// owned reads a piece that a person may change: their own, or any for an
// admin. One that has been deleted is nobody's: whoever changes it is told.
func (f *Room) owned(ctx context.Context, id, user string) (feedback.Piece, error) {
	piece, err := f.Feedback.Piece(ctx, id)
	if errors.Is(err, errs.ErrNotFound) {
		return piece, errPieceUnknown
	}

	if err != nil {
		return piece, err
	}

	if piece.Reporter == user || piece.IsDeleted() {
		return piece, nil
	}

	admin, err := f.HasRole(ctx, user, bot.Admin)
	if err != nil {
		return piece, err
	}

	if !admin {
		return piece, bot.Problemf("Only who gave %s or an admin can change it.", piece.ID)
	}

	return piece, nil
}

// edit opens a piece with every field that it has.
func (f *Room) edit(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.owned(ctx, r.Value, r.User)
	if err != nil {
		return nil, err
	}

	if piece.IsDeleted() {
		return nil, errDeleted(piece)
	}

	about, err := f.about(ctx, piece)
	if err != nil {
		return nil, err
	}

	return open(editView(piece, about))
}

// edited stores what the form about a piece holds.
func (f *Room) edited(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	from, err := carriedBy(r)
	if err != nil {
		return nil, err
	}

	was, err := f.owned(ctx, from.Piece, r.User)
	if err != nil {
		return nil, err
	}

	in, err := fromForm(r)
	if err != nil {
		return nil, err
	}

	note := ""
	if in.Asset != was.Asset || in.Version != was.Version {
		if note, _, err = f.checkAsset(ctx, in); err != nil {
			return nil, err
		}
	}

	to := in.Report()
	to.Persona, to.Stage = tidyTerm(to.Persona), tidyTerm(to.Stage)
	piece, err := f.Feedback.Edit(ctx, r.Op, was.ID, f.Channel, to)
	if errors.Is(err, errs.ErrConflict) {
		return nil, errDeleted(piece)
	}

	if err != nil {
		return nil, fmt.Errorf("edit feedback: %w", err)
	}

	text := fmt.Sprintf("%s is up to date.", piece.ID)
	if note != "" {
		text += " " + note
	}

	return &bot.Reply{Message: &bot.Message{Text: text}}, nil
}

// askDelete asks whether a piece is really to be deleted.
func (f *Room) askDelete(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.owned(ctx, r.Value, r.User)
	if err != nil {
		return nil, err
	}

	if piece.IsDeleted() {
		return nil, errDeleted(piece)
	}

	return open(deleteView(piece))
}

// deleted deletes a piece.
func (f *Room) deleted(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	from, err := carriedBy(r)
	if err != nil {
		return nil, err
	}

	was, err := f.owned(ctx, from.Piece, r.User)
	if err != nil {
		return nil, err
	}

	piece, err := f.Feedback.Delete(ctx, r.Op, was.ID, f.Channel)
	if errors.Is(err, errs.ErrConflict) {
		return nil, errDeleted(piece)
	}

	if err != nil {
		return nil, fmt.Errorf("delete feedback: %w", err)
	}

	if piece.Verdict == "" {
		return bot.Say("%s is deleted. Its words are gone.", piece.ID), nil
	}

	return bot.Say("%s is deleted. Its words are gone; its verdict still counts.", piece.ID), nil
}
