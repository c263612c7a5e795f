package feedback

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// TakeIn takes in a piece from elsewhere: an answer to a survey, a note on a
// deal that was won or lost. It checks the piece, stores it and shows it;
// fresh is false for one that came in before. in has asset and respondent as
// the sender names them: the asset by its ID ("C-12", of which it is the
// approved version, or "C-12@3") or by its slug; the respondent is kept as a
// pseudonym, by which they count as one person. The error is a
// *errs.Invalid, with the sender's name of the field, when the piece is wrong.
func (f *Room) TakeIn(ctx context.Context, in feedback.Piece) (piece feedback.Piece, fresh bool, err error) {
	piece = in
	for _, text := range []*string{&piece.ExternalID, &piece.Source, &piece.Words, &piece.Asset, &piece.Account, &piece.Competitor, &piece.Respondent} {
		*text = strings.TrimSpace(blocks.Clean(*text))
	}

	piece.Source = strings.ToLower(piece.Source)
	piece.Persona, piece.Stage = tidyTerm(blocks.Clean(piece.Persona)), tidyTerm(blocks.Clean(piece.Stage))
	if err := checkOutside(piece); err != nil {
		return piece, false, err
	}

	if at := piece.Heard; !at.IsZero() && (at.Year() < 2000 || at.After(f.Clock.Now().AddDate(0, 0, 1))) {
		return piece, false, &errs.Invalid{Field: "at", Message: "must be a time such as 2026-11-21T09:30:00Z, and not in the future"}
	}

	if piece.Respondent != "" {
		var err error
		if piece.Respondent, err = f.Store.Pseudonym(ctx, piece.Source, strings.ToLower(piece.Respondent)); err != nil {
			return piece, false, err
		}
	}

	asset, err := f.aboutOutside(ctx, &piece)
	if err != nil {
		return piece, false, err
	}

	saved, err := f.Feedback.Add(ctx, "", withFacts(piece, facts{}, asset), f.Channel)
	if errors.Is(err, errs.ErrDuplicate) {
		return saved, false, nil
	}

	return saved, err == nil, err
}

// maxOutside bounds what senders call things, in characters.
const maxOutside = 200

func checkOutside(piece feedback.Piece) error {
	switch {
	case piece.ExternalID == "":
		return &errs.Invalid{Field: "id", Message: "is missing: send what you call this answer, so that it is taken once"}
	case blocks.Length(piece.ExternalID) > maxOutside:
		return &errs.Invalid{Field: "id", Message: fmt.Sprintf("may have up to %d characters", maxOutside)}
	case piece.Source == "":
		return &errs.Invalid{Field: "source", Message: `is missing: say where it comes from, such as "survey" or "win-loss"`}
	case piece.Source == feedback.SalesSource:
		return &errs.Invalid{Field: "source", Message: `can't be "sales": that is what reps report here`}
	case blocks.Length(piece.Source) > maxTerm:
		return &errs.Invalid{Field: "source", Message: fmt.Sprintf("may have up to %d characters", maxTerm)}
	case strings.ContainsAny(piece.Source, "\n\t"):
		return &errs.Invalid{Field: "source", Message: "must be on one line"}
	case blocks.Length(piece.Respondent) > maxOutside:
		return &errs.Invalid{Field: "respondent", Message: fmt.Sprintf("may have up to %d characters", maxOutside)}
	case !feedback.ValidVerdict(piece.Verdict):
		return &errs.Invalid{Field: "verdict", Message: "must be works, mixed or fails, or left out"}
	case !feedback.ValidImportance(piece.Importance):
		return &errs.Invalid{Field: "importance", Message: "must be nice-to-have, important or dealbreaker, or left out"}
	}

	return check(piece)
}

// aboutOutside finds the version that a piece is about.
func (f *Room) aboutOutside(ctx context.Context, piece *feedback.Piece) (content.Asset, error) {
	if piece.Asset == "" {
		return content.Asset{}, nil
	}

	unknown := &errs.Invalid{Field: "asset", Message: `must be an asset's ID such as "C-12" or "C-12@3", or its slug`}
	id, number, versioned := content.ParseVersionRef(piece.Asset)
	if bare, isID := content.AssetID(piece.Asset); isID {
		id = bare
	} else if !versioned {
		var err error
		if id, err = f.Assets.AssetBySlug(ctx, piece.Asset); errors.Is(err, errs.ErrNotFound) {
			return content.Asset{}, unknown
		} else if err != nil {
			return content.Asset{}, err
		}
	}

	asset, err := f.Assets.Asset(ctx, id)
	if errors.Is(err, errs.ErrNotFound) {
		return asset, unknown
	}

	if err != nil {
		return asset, err
	}

	if !versioned {
		if number = asset.Approved; number == 0 {
			return asset, &errs.Invalid{Field: "asset", Message: "has no approved version; name the version, as in C-12@3"}
		}
	}

	if _, err := f.Assets.Version(ctx, id, number); errors.Is(err, errs.ErrNotFound) {
		return asset, &errs.Invalid{Field: "asset", Message: "has no such version"}
	} else if err != nil {
		return asset, err
	}

	piece.Asset, piece.Version = id, number
	return asset, nil
}
