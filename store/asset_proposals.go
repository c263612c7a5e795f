package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/redis/go-redis/v9"
	"golang.org/x/text/unicode/norm"
)

// contentTurns is the name under which people take turns to decide on copy.
const contentTurns = "content"

// Suggestion is copy that somebody suggests: a new asset, a change of one, or a
// proposal worked over.
type Suggestion struct {
	Asset string // ID of the asset to change, "" for a new one
	// Rework is the number of the proposed version whose place this one takes,
	// 0 for a proposal of its own.
	Rework  int
	Version Version // Title, Body and Claims
	By      string  // who suggests it
	Owner   string  // who keeps a new asset, "" for who approves it
	Filing  Filing
	Note    string // for who decides
	// Permalink is the message that the copy was taken from, and Said who wrote
	// it.
	Permalink, Said string
	Gap             string // the gap that it closes once it is approved, "" for none
	Channel         string // where the proposal is shown
	// Deciders are those who may be asked to decide. The asset's owner goes
	// first, the others take turns; By is never asked.
	Deciders []string
	RemindAt time.Time // when to remind who was asked
}

// Propose puts copy forward for approval: it makes a new version in review and
// shows the proposal. What is approved stays approved meanwhile. The error is
// ErrConflict when another proposal for the asset is open, or when the one to
// be worked over is no longer; with it and with ErrDuplicate comes the asset
// as it is now.
func (s *Store) Propose(ctx context.Context, op string, in Suggestion) (asset Asset, version Version, err error) {
	isNew := in.Asset == ""
	if isNew {
		if in.Asset, err = s.nextID(ctx, "C"); err != nil {
			return asset, version, err
		}
	}
	made := in.Asset
	err = retryStale(ctx, func() error {
		asset, version = Asset{ID: in.Asset, Owner: in.Owner}, Version{}
		c := s.change(op)
		defer c.done()
		if isNew {
			asset.file(in.Filing)
			if err := s.nameAsset(ctx, c, &asset, in.Version.Title); err != nil {
				return err
			}
		} else if asset, err = s.Asset(ctx, in.Asset); err != nil {
			return err
		}
		if asset.Proposed != in.Rework {
			return s.refused(ctx, op)
		}
		old, err := s.reworked(ctx, asset, in)
		if err != nil {
			return err
		}
		next := s.proposed(asset, in, old)
		if next.Proposal.Decider == "" {
			if next.Proposal.Decider, err = c.decider(ctx, asset, next.Author, in.Deciders); err != nil {
				return err
			}
		}
		asset.Latest = next.Number
		if err := s.writeVersions(ctx, c, &asset, append(old, next)...); err != nil {
			return err
		}
		c.wake(timerMember(DecideTimer, asset.ID), in.RemindAt)
		version = next
		made, err = c.commitAs(ctx, asset.ID)
		return err
	})
	if errors.Is(err, ErrDuplicate) {
		return s.latest(ctx, made, err)
	}
	return asset, version, err
}

// latest reads an asset with its newest version, for an error.
func (s *Store) latest(ctx context.Context, id string, because error) (Asset, Version, error) {
	asset, err := s.Asset(ctx, id)
	if err != nil {
		return asset, Version{}, err
	}
	version, err := s.Version(ctx, id, asset.Latest)
	if err != nil {
		return asset, version, err
	}
	return asset, version, because
}

// reworked is the version whose place a suggestion takes, as it is from then
// on; none for a proposal of its own.
func (s *Store) reworked(ctx context.Context, asset Asset, in Suggestion) ([]Version, error) {
	if in.Rework == 0 {
		return nil, nil
	}
	old, err := s.Version(ctx, asset.ID, in.Rework)
	if err != nil {
		return nil, err
	}
	old.Status, old.Proposal.Next = Rejected, asset.Latest+1
	return []Version{old}, nil
}

// proposed is the version that a suggestion makes. One that takes another's
// place keeps its author, where it came from, and who decides.
func (s *Store) proposed(asset Asset, in Suggestion, old []Version) Version {
	v := in.Version
	v.Number, v.Status, v.Created, v.Author = asset.Latest+1, InReview, s.now(), in.By
	v.Proposal = &Proposal{Filing: in.Filing, Note: in.Note, Permalink: in.Permalink, Said: in.Said, Gap: in.Gap, Channel: in.Channel, Began: v.Number}
	for _, o := range old {
		v.Author = o.Author
		if in.By != o.Author {
			v.Proposal.Editor = in.By
		}
		p := o.Proposal
		v.Proposal.Permalink, v.Proposal.Said, v.Proposal.Gap = p.Permalink, p.Said, p.Gap
		v.Proposal.Channel, v.Proposal.Decider, v.Proposal.Began = p.Channel, p.Decider, p.Began
	}
	return v
}

// nameAsset gives a new asset a slug after its title.
func (s *Store) nameAsset(ctx context.Context, c *change, asset *Asset, title string) error {
	slug := slugOf(title)
	taken, err := s.rdb.HExists(ctx, s.keys.slugs(), slug).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return wrap("look up a slug", err)
	}
	if taken || slug == "" {
		slug = strings.Trim(slug+"-"+strings.ToLower(asset.ID), "-")
	}
	asset.Slug = slug
	c.expect(s.keys.slugs(), slug, "")
	c.do("HSET", s.keys.slugs(), slug, asset.ID)
	c.do("SADD", s.keys.assets(), asset.ID)
	return nil
}

// maxSlug leaves room for an ID behind it.
const maxSlug = 80

// slugOf makes a name for files of a title: "Pricing, à la carte" becomes
// "pricing-a-la-carte".
func slugOf(title string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// decider is who is asked to decide: the asset's owner, or whose turn it is;
// never the author. It is "" when there is nobody.
func (c *change) decider(ctx context.Context, asset Asset, author string, deciders []string) (string, error) {
	able := slices.DeleteFunc(slices.Clone(deciders), func(d string) bool { return d == author })
	switch {
	case len(able) == 0:
		return "", nil
	case slices.Contains(able, asset.Owner):
		return asset.Owner, nil
	}
	turns := Turns{Name: contentTurns}
	for _, user := range able {
		turns.Owners = append(turns.Owners, Owner{User: user})
	}
	user, err := c.takeTurn(ctx, turns)
	return cmp.Or(user, able[0]), err // somebody who is away is better than nobody
}
