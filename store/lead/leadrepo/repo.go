package leadrepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/turns/turnrepo"
)

// Repo keeps the leads of one workspace. It is safe for concurrent use, by any
// number of processes.
type Repo struct {
	store *store.Store
	turns *turnrepo.Repo
	keys  keys
}

// New returns the leads of a workspace, given out in turn by turns.
func New(s *store.Store, turns *turnrepo.Repo) *Repo { return &Repo{s, turns, keys{s.Key("")}} }

// Lead reads a lead by its ID. The error is [errs.ErrNotFound] when there is
// none.
func (r *Repo) Lead(ctx context.Context, id string) (lead.Lead, error) {
	var l lead.Lead
	rev, err := r.store.Load(ctx, lead.Ref(id), &l)
	l.Rev = rev
	return l, err
}

// load reads a lead that a change rests on.
func load(ctx context.Context, tx *store.Tx, id string) (lead.Lead, error) {
	var l lead.Lead
	rev, err := tx.Load(ctx, lead.Ref(id), &l)
	l.Rev = rev
	return l, err
}

// loadAll reads leads in the order of their IDs; any that is gone is left out.
func (r *Repo) loadAll(ctx context.Context, ids []string) ([]lead.Lead, error) {
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = lead.Ref(id)
	}

	return store.LoadAll(ctx, r.store, refs, func(l *lead.Lead, rev int64) { l.Rev = rev })
}

// Find is the ID of the lead that a sender calls so. The error is
// [errs.ErrNotFound] when there is none.
func (r *Repo) Find(ctx context.Context, source, externalID string) (string, error) {
	id, err := r.store.Redis().HGet(ctx, r.keys.identity(), lead.SenderName(source, externalID)).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("lead of a sender: %w", errs.ErrNotFound)
	}

	return id, store.Wrap("find a lead", err)
}

// Of lists the leads that a person works on now, the newest first, at most limit
// after so many, and how many there are in all.
func (r *Repo) Of(ctx context.Context, user string, after, limit int) ([]lead.Lead, int, error) {
	return r.list(ctx, r.keys.byOwner(user), after, limit)
}

// With lists the leads that have a status now, the newest first, at most limit
// after so many, and how many there are in all.
func (r *Repo) With(ctx context.Context, status lead.Status, after, limit int) ([]lead.Lead, int, error) {
	return r.list(ctx, r.keys.byStatus(status), after, limit)
}

func (r *Repo) list(ctx context.Context, index string, after, limit int) ([]lead.Lead, int, error) {
	pipe := r.store.Redis().Pipeline()
	ids := pipe.ZRevRange(ctx, index, int64(after), int64(after+limit)-1)
	all := pipe.ZCard(ctx, index)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, store.Wrap("list leads", err)
	}

	leads, err := r.loadAll(ctx, ids.Val())
	return leads, int(all.Val()), err
}

// Returned lists the leads that are back with marketing, the last returned
// first, at most limit after so many, and tells whether there are more.
func (r *Repo) Returned(ctx context.Context, after, limit int) (leads []lead.Lead, more bool, err error) {
	pipe := r.store.Redis().Pipeline()
	var reads []*redis.ZSliceCmd
	for _, status := range []lead.Status{lead.Rejected, lead.Recycled} {
		reads = append(reads, pipe.ZRevRangeWithScores(ctx, r.keys.byStatus(status), 0, int64(after+limit)))
	}

	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, false, store.Wrap("list returned leads", err)
	}

	all := slices.Concat(reads[0].Val(), reads[1].Val())
	slices.SortStableFunc(all, func(a, b redis.Z) int { return cmp.Compare(b.Score, a.Score) })
	var ids []string
	for _, z := range all[min(after, len(all)):min(after+limit, len(all))] {
		ids = append(ids, fmt.Sprint(z.Member))
	}

	leads, err = r.loadAll(ctx, ids)

	return leads, len(all) > after+limit, err
}
