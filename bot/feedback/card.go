package feedback

import (
	"context"
	"errors"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// card shows a piece of feedback to marketing.
func (f *Room) card(ctx context.Context, c bot.Card) (bot.Message, error) {
	piece, err := f.Feedback.Piece(ctx, c.ID)
	if err != nil {
		return bot.Message{}, err
	}
	switch {
	case piece.IsDeleted() && (c.Part != "" || piece.Members == 0):
		return goneView(piece), nil
	case c.Part != "":
		return f.stepCard(ctx, piece, c.Part)
	case piece.Primary != "":
		link, err := f.link(ctx, piece.Primary)
		return pointerView(piece, link), err
	}
	about, err := f.about(ctx, piece)
	if err != nil {
		return bot.Message{}, err
	}
	like, err := f.alike(ctx, piece)
	if err != nil {
		return bot.Message{}, err
	}
	link, err := f.link(ctx, like.ID)
	return cardView(piece, about, like, link), err
}

// about is the version of the asset that a piece is about; its zero value
// when it is about none or that is gone.
func (f *Room) about(ctx context.Context, piece feedback.Piece) (content.Version, error) {
	if piece.Asset == "" {
		return content.Version{}, nil
	}
	v, err := f.Assets.Version(ctx, piece.Asset, piece.Version)
	if errors.Is(err, errs.ErrNotFound) {
		return content.Version{}, nil
	}
	return v, err
}
