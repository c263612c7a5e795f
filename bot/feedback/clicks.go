package feedback

import (
	"context"
	"errors"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// menuSize is how many pieces the menu offers; Slack takes 100.
const menuSize = 20

// pick offers pieces for the form's menu: those that fit what was typed, and
// before anything is typed those that the person used last.
func (f *Room) pick(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	typed := blocks.Cut(strings.TrimSpace(blocks.Clean(r.Text)), maxQuery)
	var offer []content.Served
	var err error
	if typed == "" {
		if offer, err = f.Assets.RecentUses(ctx, r.User, menuSize); err != nil {
			return nil, err
		}
	}

	if f.Search.Ready() && len(offer) < menuSize {
		found, err := f.find(ctx, typed, menuSize)
		if err != nil {
			return nil, err
		}

		offer = append(offer, found...)
	}

	reply, seen := &bot.Reply{}, map[string]bool{}
	for _, a := range offer {
		if !seen[a.ID] && len(reply.Choices) < menuSize {
			seen[a.ID] = true
			reply.Choices = append(reply.Choices, choice(a))
		}
	}

	return reply, nil
}

func choice(a content.Served) blocks.Choice {
	return blocks.Choice{Text: a.ID + " · " + a.Version.Title, Value: a.VersionRef()}
}

var (
	errWhichPiece = bot.Problemf("I don't know which piece that was. Search for it again with `/content`.")
	errPieceGone  = bot.Problemf("That piece is gone: it has been deleted since it was shown to you.")
)

// worked counts a one-click "Worked" under a piece.
func (f *Room) worked(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	asset, version, ok := content.ParseVersionRef(r.Value)
	if !ok {
		return nil, errWhichPiece
	}

	piece := feedback.Piece{Asset: asset, Version: version, Verdict: content.Works, Reporter: r.User}
	if _, err := f.Assets.Version(ctx, asset, version); errors.Is(err, errs.ErrNotFound) {
		return nil, errPieceGone
	} else if err != nil {
		return nil, err
	}

	return f.click(ctx, r, piece)
}

// fails opens the form for a piece that didn't work.
func (f *Room) fails(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	asset, version, ok := content.ParseVersionRef(r.Value)
	if !ok {
		return nil, errWhichPiece
	}

	var piece content.Served
	var err error
	if piece.Asset, err = f.Assets.Asset(ctx, asset); err == nil {
		piece.Version, err = f.Assets.Version(ctx, asset, version)
	}

	if errors.Is(err, errs.ErrNotFound) {
		return nil, errPieceGone
	}

	if err != nil {
		return nil, err
	}

	return open(formView(draft{asset: &piece, verdict: content.Fails}, false))
}
