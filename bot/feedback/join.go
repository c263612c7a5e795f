package feedback

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

var feedbackID = regexp.MustCompile(`^(?i)f-\d{1,12}$`)

// join joins a piece with the one that says the same: "F-9 F-3".
func (f *Room) join(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, with, _ := strings.Cut(r.Value, " ")
	return f.joinThem(ctx, r.Op, id, with)
}

// joinWith asks what to join a piece with.
func (f *Room) joinWith(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.Store.Feedback(ctx, r.Value)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errPieceUnknown
	}
	if err != nil {
		return nil, err
	}
	like, err := f.alike(ctx, piece)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: joinView(piece, like)}, nil
}

// joined joins a piece with the one that was named.
func (f *Room) joined(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	with := strings.ToUpper(strings.TrimSpace(blocks.Clean(r.Form.Text("with"))))
	if !feedbackID.MatchString(with) {
		return nil, &store.Invalid{Field: "with", Message: "please name a piece of feedback, such as F-7"}
	}
	if with == r.Data {
		return nil, &store.Invalid{Field: "with", Message: "please name another piece than this one"}
	}
	reply, err := f.joinThem(ctx, r.Op, r.Data, with)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &store.Invalid{Field: "with", Message: "there is no such piece; please name another"}
	}
	return reply, err
}

func (f *Room) joinThem(ctx context.Context, op, id, with string) (*bot.Reply, error) {
	piece, err := f.Store.JoinFeedback(ctx, op, id, with, f.Channel)
	if errors.Is(err, store.ErrConflict) {
		return nil, f.whyNotJoined(ctx, piece, with)
	}
	if err != nil {
		return nil, err
	}
	return bot.Say("%s is joined with %s. Everyone who gave one of them hears what comes of both.", piece.ID, piece.Joined), nil
}

func (f *Room) whyNotJoined(ctx context.Context, piece store.Feedback, with string) error {
	switch {
	case piece.Joined != "":
		return bot.Problemf("%s is joined with %s already. Split it first to join it with another.", piece.ID, piece.Joined)
	case piece.Behind > 0:
		return bot.Problemf("Other pieces are joined with %s. Join %s with %s instead.", piece.ID, with, piece.ID)
	case !piece.Deleted.IsZero():
		return errDeleted(piece)
	}
	other, err := f.Store.Feedback(ctx, with)
	if err != nil {
		return err
	}
	if other.Joined == piece.ID {
		return bot.Problemf("%s is joined with %s already.", other.ID, piece.ID)
	}
	return bot.Problemf("%s can't be joined with %s: it has been deleted, or has no words.", piece.ID, other.ID)
}

// split has a piece stand by itself again.
func (f *Room) split(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.Store.SplitFeedback(ctx, r.Op, r.Value, f.Channel)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errPieceUnknown
	}
	if errors.Is(err, store.ErrConflict) {
		return nil, bot.Problemf("%s stands by itself already.", r.Value)
	}
	if err != nil {
		return nil, err
	}
	return bot.Say("%s stands by itself again.", piece.ID), nil
}

// voicesShown is how many of the pieces joined in one are shown.
const voicesShown = 20

// voices shows every voice behind a piece.
func (f *Room) voices(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	head, err := f.Store.Feedback(ctx, r.Value)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errPieceUnknown
	}
	if err != nil {
		return nil, err
	}
	behind, err := f.Store.Behind(ctx, head.ID, voicesShown)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: voicesView(head, behind)}, nil
}
