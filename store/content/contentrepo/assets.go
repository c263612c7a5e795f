package contentrepo

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// Asset reads an asset by its ID. The error is [errs.ErrNotFound] when there is
// none.
func (r *Repo) Asset(ctx context.Context, id string) (content.Asset, error) {
	var a content.Asset
	rev, err := r.store.Load(ctx, content.Ref(id), &a)
	a.Rev = rev
	return a, err
}

// Version reads one version of an asset. The error is [errs.ErrNotFound] when
// there is none.
func (r *Repo) Version(ctx context.Context, id string, number int) (content.Version, error) {
	var v content.Version
	text, err := r.store.Redis().HGet(ctx, r.store.Record(content.Ref(id)), versionField(number)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return v, store.Wrap("read a version", err)
	}

	err = decodeVersion(id, number, text, &v)
	return v, err
}

// State reads an asset with its approved version, and with the one that has a
// number at hand, in one go. The error is [errs.ErrNotFound] when there is no
// such asset, or no such version; 0 asks for none.
func (r *Repo) State(ctx context.Context, id string, number int) (content.State, error) {
	got, err := r.store.Redis().HMGet(ctx, r.store.Record(content.Ref(id)), "rev", "doc", liveField, versionField(number)).Result()
	if err != nil {
		return content.State{}, store.Wrap("read an asset", err)
	}

	var s content.State
	if s.Asset.Rev, err = store.DecodeRecord(content.Ref(id), got, &s.Asset); err != nil {
		return s, err
	}

	if live, _ := got[2].(string); live != "" {
		if err := decodeVersion(id, s.Asset.Approved, live, &s.Live); err != nil {
			return s, err
		}
	}

	if number > 0 {
		text, _ := got[3].(string)
		err = decodeVersion(id, number, text, &s.Version)
	}

	return s, err
}

// Versions reads up to limit of the newest versions of an asset, the newest
// first. The error is [errs.ErrNotFound] when one of them is missing.
func (r *Repo) Versions(ctx context.Context, a content.Asset, limit int) ([]content.Version, error) {
	var fields []string
	for n := a.Latest; n > 0 && len(fields) < limit; n-- {
		fields = append(fields, versionField(n))
	}

	if len(fields) == 0 {
		return nil, nil
	}

	got, err := r.store.Redis().HMGet(ctx, r.store.Record(content.Ref(a.ID)), fields...).Result()
	if err != nil {
		return nil, store.Wrap("read versions", err)
	}

	versions := make([]content.Version, len(got))
	for i, body := range got {
		text, _ := body.(string)
		if err := decodeVersion(a.ID, a.Latest-i, text, &versions[i]); err != nil {
			return nil, err
		}
	}

	return versions, nil
}

// Servable reads those of the assets that may be served now, with their verdicts,
// in the order asked for. Others, and IDs that don't exist, are left out.
func (r *Repo) Servable(ctx context.Context, ids ...string) ([]content.Served, error) {
	if len(ids) == 0 {
		return nil, nil
	}

	records, counts := make([]*redis.SliceCmd, len(ids)), make([]*redis.MapStringStringCmd, len(ids))
	err := r.pipe(ctx, "read assets", func(p redis.Pipeliner) {
		for i, id := range ids {
			records[i] = p.HMGet(ctx, r.store.Record(content.Ref(id)), "rev", "doc", liveField)
			counts[i] = p.HGetAll(ctx, r.keys.counts(id))
		}
	})
	if err != nil {
		return nil, err
	}

	now := r.store.Now()
	var served []content.Served
	for i, id := range ids {
		got := records[i].Val()
		live, _ := got[2].(string)
		if live == "" {
			continue
		}

		var a content.Served
		rev, err := store.DecodeRecord(content.Ref(id), got, &a.Asset)
		if err != nil {
			return nil, err
		}

		if err := decodeVersion(id, a.Approved, live, &a.Version); err != nil {
			return nil, err
		}

		if a.Version.Servable(now) {
			a.Rev, a.Tally = rev, content.TallyOf(counts[i].Val(), a.Version.Number)
			served = append(served, a)
		}
	}

	return served, nil
}

// AssetIDs lists the IDs of all assets, in no order.
func (r *Repo) AssetIDs(ctx context.Context) ([]string, error) {
	ids, err := r.store.Redis().SMembers(ctx, r.keys.assets()).Result()
	return ids, store.Wrap("list assets", err)
}

// AssetBySlug finds an asset's ID by the name it was imported under. The error
// is [errs.ErrNotFound] when there is none.
func (r *Repo) AssetBySlug(ctx context.Context, slug string) (string, error) {
	id, err := r.store.Redis().HGet(ctx, r.keys.slugs(), slug).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("asset %q: %w", slug, errs.ErrNotFound)
	}

	return id, store.Wrap("look up a slug", err)
}
