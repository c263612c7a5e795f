package feedbackrepo

import (
	"context"

	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback"
)

// Repo keeps the feedback of one workspace.
type Repo struct {
	store   *store.Store
	content *contentrepo.Repo
	keys    keys
}

// New returns the feedback of a workspace. Verdicts are counted, and assets
// flagged for review, by c.
func New(s *store.Store, c *contentrepo.Repo) *Repo { return &Repo{s, c, keys{s.Key("")}} }

// Piece reads a piece by its ID. The error is errs.ErrNotFound when there is
// none.
func (r *Repo) Piece(ctx context.Context, id string) (feedback.Piece, error) {
	var p feedback.Piece
	rev, err := r.store.Load(ctx, feedback.Ref(id), &p)
	p.Rev = rev
	return p, err
}

// Pieces reads several pieces, in the order asked for; any that is gone is left
// out.
func (r *Repo) Pieces(ctx context.Context, ids ...string) ([]feedback.Piece, error) {
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = feedback.Ref(id)
	}

	return store.LoadAll(ctx, r.store, refs, func(p *feedback.Piece, rev int64) { p.Rev = rev })
}

// load reads a piece as part of a change.
func (r *Repo) load(ctx context.Context, tx *store.Tx, id string) (feedback.Piece, error) {
	var p feedback.Piece
	rev, err := tx.Load(ctx, feedback.Ref(id), &p)
	p.Rev = rev
	return p, err
}

// ByReporter reads the newest pieces that a person gave, newest first.
func (r *Repo) ByReporter(ctx context.Context, user string, limit int) ([]feedback.Piece, error) {
	ids, err := r.store.Redis().ZRevRange(ctx, r.keys.by(user), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, store.Wrap("list feedback", err)
	}

	return r.Pieces(ctx, ids...)
}

// PageByReporter reads the newest pieces that a person gave, newest first,
// after so many, and tells how many there are.
func (r *Repo) PageByReporter(ctx context.Context, user string, after, limit int) (found []feedback.Piece, total int, err error) {
	pipe := r.store.Redis().Pipeline()
	ids := pipe.ZRevRange(ctx, r.keys.by(user), int64(after), int64(after+limit)-1)
	all := pipe.ZCard(ctx, r.keys.by(user))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, store.Wrap("list feedback", err)
	}

	found, err = r.Pieces(ctx, ids.Val()...)
	return found, int(all.Val()), err
}
