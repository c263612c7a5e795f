package feedback

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

var feedbackID = regexp.MustCompile(`^(?i)f-\d{1,12}$`)

// join joins a piece with the one that says the same: "F-9 F-3".
func (f *Room) join(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, with, _ := strings.Cut(r.Value, " ")
	return f.joinThem(ctx, r.Op, id, with)
}

// joinWith asks what to join a piece with.
func (f *Room) joinWith(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.Feedback.Piece(ctx, r.Value)
	if errors.Is(err, errs.ErrNotFound) {
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
		return nil, &errs.Invalid{Field: "with", Message: "please name a piece of feedback, such as F-7"}
	}

	if with == r.Data {
		return nil, &errs.Invalid{Field: "with", Message: "please name another piece than this one"}
	}

	reply, err := f.joinThem(ctx, r.Op, r.Data, with)
	if errors.Is(err, errs.ErrNotFound) {
		return nil, &errs.Invalid{Field: "with", Message: "there is no such piece; please name another"}
	}

	return reply, err
}

func (f *Room) joinThem(ctx context.Context, op, id, with string) (*bot.Reply, error) {
	piece, err := f.Feedback.Join(ctx, op, id, with, f.Channel)
	if errors.Is(err, errs.ErrConflict) {
		return nil, f.whyNotJoined(ctx, piece, with)
	}

	if err != nil {
		return nil, err
	}

	return bot.Say("%s is joined with %s. Everyone who gave one of them hears what comes of both.", piece.ID, piece.Primary), nil
}

func (f *Room) whyNotJoined(ctx context.Context, piece feedback.Piece, with string) error {
	switch {
	case piece.Primary != "":
		return bot.Problemf("%s is joined with %s already. Split it first to join it with another.", piece.ID, piece.Primary)
	case piece.Members > 0:
		return bot.Problemf("Other pieces are joined with %s. Join %s with %s instead.", piece.ID, with, piece.ID)
	case piece.IsDeleted():
		return errDeleted(piece)
	}

	other, err := f.Feedback.Piece(ctx, with)
	if err != nil {
		return err
	}

	if other.Primary == piece.ID {
		return bot.Problemf("%s is joined with %s already.", other.ID, piece.ID)
	}

	return bot.Problemf("%s can't be joined with %s: it has been deleted, or has no words.", piece.ID, other.ID)
}

// split has a piece stand by itself again.
func (f *Room) split(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := f.Feedback.Split(ctx, r.Op, r.Value, f.Channel)
	if errors.Is(err, errs.ErrNotFound) {
		return nil, errPieceUnknown
	}

	if errors.Is(err, errs.ErrConflict) {
		return nil, bot.Problemf("%s stands by itself already.", r.Value)
	}

	if err != nil {
		return nil, err
	}

	return bot.Say("%s stands by itself again.", piece.ID), nil
}

// membersShown is how many of the pieces joined in one are shown.
const membersShown = 20

// members shows every piece that is joined with one.
func (f *Room) members(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	primary, err := f.Feedback.Piece(ctx, r.Value)
	if errors.Is(err, errs.ErrNotFound) {
		return nil, errPieceUnknown
	}

	if err != nil {
		return nil, err
	}

	members, err := f.Feedback.Members(ctx, primary.ID, membersShown)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: membersView(primary, members)}, nil
}
