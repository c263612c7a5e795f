package contentrepo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// check compares what is kept of content with itself.
type check struct {
	*store.Dump
	keys   keys
	assets map[string]content.Asset
}

// Check compares assets with their versions and indexes, uses with assets, the
// review queue with proposals and flags, and gaps with their indexes. Counts of
// verdicts are compared by [CheckVerdicts].
func Check(d *store.Dump) {
	c := check{Dump: d, assets: store.Records[content.Asset](d, "asset:C")}
	k := c.keys
	d.Knows(k.slugs(), k.assets(), k.reviews(), k.libraryCounts(), k.labels(), k.lastUse(), k.gaps(), k.gapRank())
	d.KnowsBegin(content.Ref("C-"), content.GapRef("G-"), k.counts(""), k.most(""), k.usedByBegins(), k.recent(""), k.often(""))
	d.KnowsOf(k.gapPeople(""), content.GapRef(""))
	d.KnowsOf(k.gapAskers(""), content.GapRef(""))

	c.slugs()
	for _, id := range slices.Sorted(maps.Keys(c.assets)) {
		a := c.assets[id]
		c.versions(a)
		c.proposals(a)
		c.flags(a)
		c.indexes(a)
	}

	c.tooMany()
	c.usedBy()
	c.gaps()
}

// slugs compares assets with their slugs, and with the list of them all.
func (c check) slugs() {
	slugs := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(c.assets)) {
		a := c.assets[id]
		if other, twice := slugs[a.Slug]; twice {
			c.Fault("%s and %s have the slug %q", id, other, a.Slug)
			continue
		}

		slugs[a.Slug] = id

		key := c.keys.slugs()
		switch have, ok := c.Hashes[key][a.Slug]; {
		case !ok:
			c.Mendable(c.ifSame(a, func(k keys, tx *store.Tx) {
				tx.Expect(k.slugs(), a.Slug, "")
				tx.Do("HSET", k.slugs(), a.Slug, id)
			}), "%s lacks %q", key, a.Slug)
		case have != id:
			c.Fault("%s has %q for %q instead of %q", key, have, a.Slug, id)
		}

		if !slices.Contains(c.Sets[c.keys.assets()], id) {
			c.Mendable(c.ifSame(a, func(k keys, tx *store.Tx) {
				tx.Do("SADD", k.assets(), id)
			}), "%s lacks %q", c.keys.assets(), id)
		}
	}

	for _, slug := range slices.Sorted(maps.Keys(c.Hashes[c.keys.slugs()])) {
		if slugs[slug] == "" {
			c.Fault("%s has %q, which doesn't belong there", c.keys.slugs(), slug)
		}
	}

	for _, id := range c.Sets[c.keys.assets()] {
		if _, ok := c.assets[id]; !ok {
			c.Fault("%s has %q, which doesn't belong there", c.keys.assets(), id)
		}
	}
}

// versions compares an asset with its versions.
func (c check) versions(a content.Asset) {
	hash := c.Hashes[content.Ref(a.ID)]
	live := ""
	for number := 1; number <= a.Latest; number++ {
		text := hash[versionField(number)]
		var v content.Version
		if err := store.Decode(text, &v); err != nil || v.Number != number {
			c.Fault("%s has no version %d", a.ID, number)
			continue
		}

		if (v.Status == content.Approved) != (number == a.Approved) {
			c.Fault("version %d of %s is %s, and the approved one is %d", number, a.ID, v.Status, a.Approved)
		}

		if number == a.Approved {
			live = text
		}
	}

	if hash[liveField] != live {
		c.Mendable(c.ifSame(a, func(k keys, tx *store.Tx) {
			tx.Do("HSET", k.root+content.Ref(a.ID), liveField, live)
		}), "%s serves something else than its approved version", a.ID)
	}

	for _, field := range slices.Sorted(maps.Keys(hash)) {
		if n, ok := strings.CutPrefix(field, versionBegins); ok {
			if number, err := strconv.Atoi(n); err != nil || number < 1 || number > a.Latest {
				c.Fault("%s has %s, and its latest version is %d", a.ID, field, a.Latest)
			}
		}
	}
}

// proposals looks at who decides on what.
func (c check) proposals(a content.Asset) {
	for number := 1; number <= a.Latest; number++ {
		v := c.version(a, number)
		if v.Status == content.InReview && v.Number != a.Proposed {
			c.Fault("version %d of %s is in review, and the proposed one is %d", v.Number, a.ID, a.Proposed)
		}

		if v.Proposal == nil {
			continue
		}

		if v.Proposal.Decider == v.Author {
			c.Fault("%s is to decide on version %d of %s, which is theirs", v.Author, v.Number, a.ID)
		}

		if next := v.Proposal.Next; next > 0 && c.version(a, next).Proposal == nil {
			c.Fault("version %d of %s gave way to %d, which is no proposal", v.Number, a.ID, next)
		}
	}

	if v := c.version(a, a.Proposed); a.Proposed > 0 && (v.Proposal == nil || v.Status != content.InReview && v.Status != content.Draft) {
		c.Fault("version %d of %s is proposed and is %s", a.Proposed, a.ID, v.Status)
	}
}

// flags looks at the flags of an asset, and at the timer for the end of its
// approval.
func (c check) flags(a content.Asset) {
	for i, f := range a.Flags {
		if i > 0 && f.Number <= a.Flags[i-1].Number {
			c.Fault("%s has two flags with the number %d", a.ID, f.Number)
		}
	}

	past := false
	for _, f := range a.OpenFlags() {
		past = past || f.Why == content.PastDate
		if f.Version != a.Approved {
			c.Fault("%s has an open flag about version %d, and the approved one is %d", a.ID, f.Version, a.Approved)
		}
	}

	v := c.version(a, a.Approved)
	if a.Approved > 0 && !v.ReviewBy.IsZero() && !past && !c.HasTimer(content.ReviewTimer, a.ID) {
		c.Mendable(c.ifSame(a, func(_ keys, tx *store.Tx) {
			tx.SetTimer(content.ReviewTimer, a.ID, tx.Now())
		}), "the approval of %s runs out, and no timer is set", a.ID)
	}
}

// indexes looks for an asset where it should be found.
func (c check) indexes(a content.Asset) {
	reviews, lastUse := c.keys.reviews(), c.keys.lastUse()
	if _, listed := c.ZSets[reviews][a.ID]; a.Queued() && !listed {
		c.Mendable(c.ifSame(a, func(k keys, tx *store.Tx) {
			tx.Do("ZADD", k.reviews(), "NX", tx.Now().UnixMilli(), a.ID)
		}), "%s lacks %q", reviews, a.ID)
	}

	if _, listed := c.ZSets[lastUse][a.ID]; a.Approved > 0 && !listed {
		at := c.version(a, a.Approved).ApprovedAt
		c.Mendable(c.ifSame(a, func(k keys, tx *store.Tx) {
			tx.Do("ZADD", k.lastUse(), "GT", at.UnixMilli(), a.ID)
		}), "%s lacks %q", lastUse, a.ID)
	}
}

// tooMany looks for what should not be found, and for timers with nothing to do.
func (c check) tooMany() {
	for _, id := range slices.Sorted(maps.Keys(c.ZSets[c.keys.reviews()])) {
		if a := c.assets[id]; !a.Queued() {
			c.Mendable(c.remove(a, id, keys.reviews), "%s has %q, which doesn't belong there", c.keys.reviews(), id)
		}
	}

	for _, id := range slices.Sorted(maps.Keys(c.ZSets[c.keys.lastUse()])) {
		if a := c.assets[id]; a.Approved == 0 {
			c.Mendable(c.remove(a, id, keys.lastUse), "%s has %q, which doesn't belong there", c.keys.lastUse(), id)
		}
	}

	for _, t := range c.Timers() {
		a := c.assets[t.Ref]
		if t.Name == content.ReviewTimer && a.Approved == 0 || t.Name == content.DecideTimer && c.version(a, a.Proposed).Status != content.InReview {
			c.Fault("timer %s is set, and there is nothing to do", t)
		}
	}
}

// usedBy looks at who used which versions.
func (c check) usedBy() {
	for key := range c.ZSets {
		about, ok := strings.CutPrefix(key, c.keys.usedByBegins())
		if !ok {
			continue
		}

		id, version, _ := strings.Cut(about, ":")
		if n, err := strconv.Atoi(version); err != nil || n < 1 || n > c.assets[id].Latest {
			c.Fault("%s is about a version that doesn't exist", key)
		}
	}
}

// version is one version of an asset, its zero value when there is none.
func (c check) version(a content.Asset, number int) content.Version {
	var v content.Version
	_ = store.Decode(c.Hashes[content.Ref(a.ID)][versionField(number)], &v)
	return v
}

// ifSame mends something on the word of an asset, if that is still what it was
// when it was checked.
func (c check) ifSame(a content.Asset, mend func(keys, *store.Tx)) func(context.Context, *store.Tx) error {
	rev := c.Hashes[content.Ref(a.ID)]["rev"]

	return func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Load(ctx, content.Ref(a.ID), &content.Asset{})
		if err != nil {
			return err
		}

		if strconv.FormatInt(now, 10) != rev {
			return fmt.Errorf("%s: %w", a.ID, errs.ErrConflict)
		}

		mend(keys{tx.Key("")}, tx)
		return nil
	}
}

// remove takes an asset out of an index in which it doesn't belong.
func (c check) remove(a content.Asset, id string, index func(keys) string) func(context.Context, *store.Tx) error {
	if a.ID != "" {
		return c.ifSame(a, func(k keys, tx *store.Tx) { tx.Do("ZREM", index(k), id) })
	}

	return func(_ context.Context, tx *store.Tx) error {
		k := keys{tx.Key("")}
		tx.Expect(tx.Key(content.Ref(id)), "rev", "") // it is no asset
		tx.Do("ZREM", index(k), id)
		return nil
	}
}
