package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// What the cards of an asset are called that follow from its versions and
// flags; see [AssetCard].
const (
	ProposalCard = "proposal" // a proposal, by the version it began with, in the content channel
	AskedCard    = "asked"    // a version that needs changes, to its author
	OutcomeCard  = "outcome"  // a version that was approved or rejected, to its author
	KeepCard     = "keep"     // an approval that runs out, by its [KeepDay], to who keeps the asset
	FlagCard     = "flag"     // a flag, by its number, to who keeps the asset
	HeardCard    = "heard"    // what came of a flag, to who raised it
	RecallCard   = "recall"   // a version that is no longer approved, to who used it
)

// AssetCard names one of the cards of an asset: "asset:C-12/recall-3".
func AssetCard(id, what string, n int) string {
	return AssetRef(id) + "/" + what + "-" + strconv.Itoa(n)
}

// writeVersions adds to a change the asset with versions of it that are new or
// different. asset.Approved and asset.Proposed come as they were. It keeps
// everything in step that depends on which version is approved: the versions
// before it, the flags, the timers, the recall, and who is to be told.
func (s *Store) writeVersions(ctx context.Context, c *change, asset *Asset, versions ...Version) error {
	wasApproved, wasProposed := asset.Approved, asset.Proposed
	for i := range versions {
		s.place(asset, &versions[i])
	}
	written := func(number int) bool {
		return slices.ContainsFunc(versions, func(v Version) bool { return v.Number == number })
	}
	replaced := wasApproved > 0 && asset.Approved != wasApproved
	if replaced && !written(wasApproved) {
		old, err := s.Version(ctx, asset.ID, wasApproved)
		if err != nil {
			return err
		}
		old.Status = Retired
		versions = append(versions, old)
	}
	fields, err := versionFields(*asset, versions)
	if err != nil {
		return err
	}
	if replaced {
		c.wake(timerMember(RecallTimer, VersionRef(asset.ID, wasApproved)), s.now().Add(recallAfter))
	}
	for _, v := range versions {
		if v.Number == wasProposed || v.Number == asset.Proposed {
			if err := c.tellOfProposal(*asset, v); err != nil {
				return err
			}
		}
	}
	if err := s.followApproval(c, asset, wasApproved, versions); err != nil {
		return err
	}
	c.note("asset", AssetRef(asset.ID))
	c.noteApproval(*asset, wasApproved)
	return c.putAsset(asset, fields...)
}

// place notes in the asset where a version stands.
func (s *Store) place(asset *Asset, v *Version) {
	switch {
	case v.Status == Approved:
		if v.ApprovedAt.IsZero() {
			v.ApprovedAt = s.now()
		}
		asset.Approved = v.Number
	case asset.Approved == v.Number:
		asset.Approved = 0
	}
	switch {
	case v.Status == InReview:
		asset.Proposed = v.Number
	case asset.Proposed == v.Number && v.Status != Draft:
		asset.Proposed = 0
	}
}

// versionFields are the fields of an asset's hash that hold versions.
func versionFields(asset Asset, versions []Version) ([]any, error) {
	var fields []any
	for _, v := range versions {
		body, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("encode a version: %w", err)
		}
		fields = append(fields, versionField(v.Number), string(body))
		if asset.Approved == v.Number {
			fields = append(fields, "live", string(body))
		}
	}
	if asset.Approved == 0 {
		fields = append(fields, "live", "")
	}
	return fields, nil
}

// followApproval does what follows when another version is approved, or none,
// or the approved one has another date.
func (s *Store) followApproval(c *change, asset *Asset, was int, versions []Version) error {
	at := slices.IndexFunc(versions, func(v Version) bool { return v.Number == asset.Approved })
	var approved Version
	if at >= 0 {
		approved = versions[at]
	}
	c.inUse(*asset, approved.ApprovedAt)
	review := timerMember(ReviewTimer, asset.ID)
	switch {
	case asset.Approved == 0 || at >= 0 && approved.ReviewBy.IsZero():
		c.calm(review)
	case at >= 0:
		c.wake(review, approved.ReviewBy.Add(-reviewAhead))
	}
	if asset.Approved == was {
		return nil
	}
	settled := Settlement{How: Replaced, By: approved.ApprovedBy, At: s.now()}
	if asset.Approved == 0 {
		settled.How = GoneNow
		if at := slices.IndexFunc(versions, func(v Version) bool { return v.Number == was }); at >= 0 {
			settled.By = versions[at].Settled.By
		}
	}
	if at := slices.IndexFunc(versions, func(v Version) bool { return v.Number == was }); at >= 0 {
		if err := c.keepCard(*asset, versions[at]); err != nil {
			return err
		}
	}
	return c.settleFlags(asset, settled)
}

// tellOfProposal has a proposal's card brought up to date, and its author told
// what became of it.
func (c *change) tellOfProposal(asset Asset, v Version) error {
	if v.Status != InReview {
		c.calm(timerMember(DecideTimer, asset.ID))
	}
	if v.Proposal == nil {
		return nil
	}
	items := []Item{{Channel: v.Proposal.Channel, Card: AssetCard(asset.ID, ProposalCard, v.Proposal.Began)}}
	switch {
	case v.Author == "" || v.Proposal.Next > 0:
	case v.Status == Draft:
		items = append(items, Item{Channel: v.Author, Card: AssetCard(asset.ID, AskedCard, v.Number)})
	case v.Status == Approved || v.Status == Rejected:
		items = append(items, Item{Channel: v.Author, Card: AssetCard(asset.ID, OutcomeCard, v.Number)})
	}
	return c.sendAll(items)
}

// keepCard has the question whether a version is still right brought up to
// date, where it was asked.
func (c *change) keepCard(asset Asset, v Version) error {
	if v.AskedOf == "" {
		return nil
	}
	return c.send(Item{Channel: v.AskedOf, Card: AssetCard(asset.ID, KeepCard, KeepDay(v))})
}

// KeepDay is the last day of an approval as a number, by which the questions
// whether an asset is still right are told apart.
func KeepDay(v Version) int { return int(v.ReviewBy.Unix() / (24 * 60 * 60)) }

// putAsset writes an asset and keeps it in the review queue for as long as
// there is something to look at.
func (c *change) putAsset(asset *Asset, fields ...any) error {
	reviews := c.store.keys.reviews()
	if asset.Proposed > 0 || len(asset.OpenFlags()) > 0 {
		c.do("ZADD", reviews, "NX", c.store.now().UnixMilli(), asset.ID)
	} else {
		c.do("ZREM", reviews, asset.ID)
	}
	err := c.put(AssetRef(asset.ID), asset.Rev, asset, fields...)
	asset.Rev++
	return err
}

// changeAsset reads an asset with one of its versions and has decide change
// both. decide refuses with an error. With ErrConflict and ErrDuplicate comes
// what there is now.
func (s *Store) changeAsset(ctx context.Context, op, id string, number int, decide func(*change, *Asset, *Version) error) (asset Asset, version Version, err error) {
	read := func() error {
		if asset, err = s.Asset(ctx, id); err != nil {
			return err
		}
		version, err = s.Version(ctx, id, number)
		return err
	}
	err = retryStale(ctx, func() error {
		if err := read(); err != nil {
			return err
		}
		c := s.change(op)
		a, v := asset, version
		if v.Proposal != nil {
			v.Proposal = new(*v.Proposal)
		}
		if err := decide(c, &a, &v); errors.Is(err, ErrConflict) {
			return s.refused(ctx, op)
		} else if err != nil {
			return err
		}
		if err := s.writeVersions(ctx, c, &a, v); err != nil {
			return err
		}
		if _, err := c.commitAs(ctx, id); err != nil {
			return err
		}
		asset, version = a, v
		return nil
	})
	if errors.Is(err, ErrDuplicate) {
		if readErr := read(); readErr != nil {
			return asset, version, readErr
		}
		return asset, version, ErrDuplicate
	}
	return asset, version, err
}

// settledBy is somebody's decision now.
func (s *Store) settledBy(by, reason string) Decision {
	return Decision{By: by, At: s.now(), Reason: reason}
}

// dayAfter is when a day is over.
func dayAfter(day time.Time) time.Time { return day.AddDate(0, 0, 1) }
