package feedback

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"smarketer/bot/blocks"
	"smarketer/store"
)

// TakeIn takes in a piece from elsewhere: an answer to a survey, a note on a
// deal that was won or lost. It checks the piece, stores it and shows it;
// fresh is false for one that came in before. in has asset and respondent as
// the sender names them: the asset by its ID ("C-12", of which it is the
// approved version, or "C-12@3") or by its slug; the respondent is kept as a
// pseudonym, by which their answers count as one voice. The error is a
// *store.Invalid, with the sender's name of the field, when the piece is wrong.
func (f *Room) TakeIn(ctx context.Context, in store.Feedback) (piece store.Feedback, fresh bool, err error) {
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
		return piece, false, &store.Invalid{Field: "at", Message: "must be a time such as 2026-11-21T09:30:00Z, and not in the future"}
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
	saved, err := f.Store.AddFeedback(ctx, "", withFacts(piece, facts{}, asset), f.Channel)
	if errors.Is(err, store.ErrDuplicate) {
		return saved, false, nil
	}
	return saved, err == nil, err
}

// maxOutside bounds what senders call things, in characters.
const maxOutside = 200

func checkOutside(piece store.Feedback) error {
	switch {
	case piece.ExternalID == "":
		return &store.Invalid{Field: "id", Message: "is missing: send what you call this answer, so that it is taken once"}
	case blocks.Length(piece.ExternalID) > maxOutside:
		return &store.Invalid{Field: "id", Message: fmt.Sprintf("may have up to %d characters", maxOutside)}
	case piece.Source == "":
		return &store.Invalid{Field: "source", Message: `is missing: say where it comes from, such as "survey" or "win-loss"`}
	case piece.Source == store.SalesSource:
		return &store.Invalid{Field: "source", Message: `can't be "sales": that is what reps report here`}
	case blocks.Length(piece.Source) > maxTerm:
		return &store.Invalid{Field: "source", Message: fmt.Sprintf("may have up to %d characters", maxTerm)}
	case strings.ContainsAny(piece.Source, "\n\t"):
		return &store.Invalid{Field: "source", Message: "must be on one line"}
	case blocks.Length(piece.Respondent) > maxOutside:
		return &store.Invalid{Field: "respondent", Message: fmt.Sprintf("may have up to %d characters", maxOutside)}
	case !store.ValidVerdict(piece.Verdict):
		return &store.Invalid{Field: "verdict", Message: "must be works, mixed or fails, or left out"}
	case !store.ValidImportance(piece.Importance):
		return &store.Invalid{Field: "importance", Message: "must be nice-to-have, important or dealbreaker, or left out"}
	}
	return check(piece)
}

// aboutOutside finds the version that a piece is about.
func (f *Room) aboutOutside(ctx context.Context, piece *store.Feedback) (store.Asset, error) {
	if piece.Asset == "" {
		return store.Asset{}, nil
	}
	unknown := &store.Invalid{Field: "asset", Message: `must be an asset's ID such as "C-12" or "C-12@3", or its slug`}
	id, number, versioned := store.ParseVersionRef(piece.Asset)
	if bare, isID := store.AssetID(piece.Asset); isID {
		id = bare
	} else if !versioned {
		var err error
		if id, err = f.Store.AssetBySlug(ctx, piece.Asset); errors.Is(err, store.ErrNotFound) {
			return store.Asset{}, unknown
		} else if err != nil {
			return store.Asset{}, err
		}
	}
	asset, err := f.Store.Asset(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return asset, unknown
	}
	if err != nil {
		return asset, err
	}
	if !versioned {
		if number = asset.Approved; number == 0 {
			return asset, &store.Invalid{Field: "asset", Message: "has no approved version; name the version, as in C-12@3"}
		}
	}
	if _, err := f.Store.Version(ctx, id, number); errors.Is(err, store.ErrNotFound) {
		return asset, &store.Invalid{Field: "asset", Message: "has no such version"}
	} else if err != nil {
		return asset, err
	}
	piece.Asset, piece.Version = id, number
	return asset, nil
}
