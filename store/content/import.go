package content

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Outcome says what an import did.
type Outcome string

// What an import can do.
const (
	Created    Outcome = "new"
	NewVersion Outcome = "new version"
	Updated    Outcome = "updated" // same words, other details
	Unchanged  Outcome = "unchanged"
)

// Import is an asset to bring in, with its newest wording.
type Import struct {
	Asset   Asset
	Version Version // Status is Draft or Approved
	// ReviewBy is when approved words have to be looked at again that are new
	// and don't say so themselves.
	ReviewBy time.Time
}

// Fingerprint tells files apart: the status that the file gives, a space and a
// hash of everything that it says.
func (in Import) Fingerprint() (string, error) {
	in.Asset.Fingerprint, in.ReviewBy = "", time.Time{}
	body, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("encode an import: %w", err)
	}

	return fmt.Sprintf("%s %x", in.Version.Status, sha256.Sum256(body)), nil
}

// Find finds the words of an import among versions of the asset: the newest, or
// the approved one; for an approved import the approved one first.
func (in Import) Find(newest, approved Version) (known Version, found bool) {
	versions := []Version{newest, approved}
	if in.Version.Status == Approved {
		slices.Reverse(versions)
	}

	for _, v := range versions {
		if v.Number > 0 && v.SameWords(in.Version) {
			return v, true
		}
	}

	return Version{}, false
}

// Create is the change that brings in an asset whose slug isn't known.
func (in Import) Create(id, fingerprint string, now time.Time) Change {
	a, v := in.Asset, in.withReviewDay()
	a.ID, a.Latest, a.Approved, a.Proposed, a.Fingerprint = id, 1, 0, 0, fingerprint
	v.Number, v.Created = 1, now
	return State{Asset: a}.write(a, now, v)
}

// Apply is the change that brings in an asset whose slug is known: changed words
// make a new version, unchanged ones none. An approved version retires the one
// before it. What is decided in Slack stays: the status that a file gives to
// words that are here already counts only where it is another than the file gave
// before, and never while they are in review; and a file that was imported
// before as it is changes nothing, whatever happened since. newest is the newest
// version of the asset.
func (in Import) Apply(s State, newest Version, fingerprint string, now time.Time) (Change, Outcome) {
	old := s.Asset
	if old.Fingerprint == fingerprint {
		return Change{}, Unchanged
	}

	a := old
	a.Fingerprint, a.Owner = fingerprint, cmp.Or(in.Asset.Owner, old.Owner) // who approved it may keep it by now
	a.setPurpose(in.Asset.Purpose())

	known, found := in.Find(newest, s.Live)
	if found {
		v := in.mergeInto(known, old.Fingerprint)
		if v.Status == known.Status && v.ReviewBy.Equal(known.ReviewBy) && old.Owner == a.Owner && old.Purpose().Same(a.Purpose()) {
			return Change{}, Unchanged
		}

		return s.write(a, now, v), Updated
	}

	v := in.withReviewDay()
	v.Number, v.Created = old.Latest+1, now
	a.Latest = v.Number
	return s.write(a, now, v), NewVersion
}

// mergeInto is a known version with what the import says of it. before is the
// fingerprint of the file that was imported last, "" for none.
func (in Import) mergeInto(known Version, before string) Version {
	gave, _, _ := strings.Cut(before, " ") // the status that the last file gave
	wasApproved := gave == string(Approved)
	approve := in.Version.Status == Approved && (known.Status == Draft || !wasApproved && known.Status != InReview)
	withdraw := in.Version.Status == Draft && wasApproved && known.Status == Approved

	switch {
	case known.Status == Approved && !withdraw:
		known.ReviewBy = cmp.Or(in.Version.ReviewBy, known.ReviewBy)
	case approve:
		v := in.withReviewDay()
		known.Status, known.ReviewBy, known.ApprovedBy, known.ApprovedAt = Approved, v.ReviewBy, v.ApprovedBy, time.Time{}
	case withdraw:
		known.Status, known.ReviewBy = Draft, in.Version.ReviewBy
	case known.Status == Draft:
		known.ReviewBy = in.Version.ReviewBy
	}

	return known
}

// withReviewDay is the version with a day to look at it again, where one is
// needed.
func (in Import) withReviewDay() Version {
	v := in.Version
	if v.Status == Approved {
		v.ReviewBy = cmp.Or(v.ReviewBy, in.ReviewBy)
	}

	return v
}
