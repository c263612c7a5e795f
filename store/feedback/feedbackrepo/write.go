package feedbackrepo

import (
	"context"
	"errors"
	"slices"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// put writes a piece that was so before, zero for a new one, and all that follows
// from it: its places in the indexes, what its verdict counts, and an entry of
// the feed. Every change of a piece goes through it. It sets the piece's revision.
func (r *Repo) put(ctx context.Context, tx *store.Tx, was feedback.Piece, is *feedback.Piece) error {
	r.index(tx, was, *is)
	if err := r.count(ctx, tx, was, *is); err != nil {
		return err
	}

	r.moveClick(tx, was, *is)
	if err := r.complain(ctx, tx, was.Complaint(), is.Complaint()); err != nil {
		return err
	}

	tx.Note(feedback.Event(was, *is), is.Ref())

	// Of a piece that is deleted now, nothing may be kept that another version
	// of this program knows and this one doesn't.
	if is.IsDeleted() && !was.IsDeleted() {
		tx.Replace(is.Ref(), is)
	} else {
		tx.Put(is.Ref(), is)
	}

	is.Rev++
	return nil
}

// index moves a piece from the indexes where it was to those where it is.
func (r *Repo) index(tx *store.Tx, was, is feedback.Piece) {
	from, to := r.keys.lists(was), r.keys.lists(is)
	for _, list := range from {
		if !slices.Contains(to, list) {
			tx.Do("ZREM", list, is.ID)
		}
	}

	for _, list := range to {
		if !slices.Contains(from, list) {
			tx.Do("ZADD", list, is.Created.UnixMilli(), is.ID)
		}
	}
}

// count has the verdict of a piece counted on the version that it is about.
func (r *Repo) count(ctx context.Context, tx *store.Tx, was, is feedback.Piece) error {
	before, now := was.Judged(), is.Judged()
	if before == now {
		return nil
	}

	err := errors.Join(r.content.CountVerdict(ctx, tx, before, -1), r.content.CountVerdict(ctx, tx, now, 1))
	if err != nil {
		return err
	}

	for _, asset := range slices.Compact([]string{was.Asset, is.Asset}) {
		if asset != "" {
			tx.Note("asset", content.Ref(asset))
		}
	}

	return nil
}

// moveClick keeps one one-click verdict a person and version.
func (r *Repo) moveClick(tx *store.Tx, was, is feedback.Piece) {
	from, to := r.clickedIn(was), r.clickedIn(is)
	if from == to {
		return
	}

	if from != "" {
		tx.Do("HDEL", from, was.Reporter)
	}

	if to != "" {
		tx.Expect(to, is.Reporter, "")
		tx.Do("HSET", to, is.Reporter, is.ID)
	}
}

// clickedIn is the key where a one-click verdict is noted, "" for other pieces.
func (r *Repo) clickedIn(p feedback.Piece) string {
	if !p.Click {
		return ""
	}

	return r.keys.clicks(p.Asset, p.Version)
}

// show has the cards of a piece brought up to date. The one in the channel may
// be on its way still.
func (r *Repo) show(ctx context.Context, tx *store.Tx, p feedback.Piece, channel string) error {
	cards, err := r.store.CardsOf(ctx, p.Ref())
	if err != nil {
		return err
	}

	if p.Shown() || p.IsDeleted() {
		cards = append(cards, store.Item{Channel: channel, Card: p.Ref()})
	}

	tx.Send(cards...)
	return nil
}

// notify has the reporter of a piece told of steps.
func notify(tx *store.Tx, p feedback.Piece, steps []int) {
	for _, step := range steps {
		tx.Send(store.Item{Channel: p.Reporter, Card: feedback.StepCard(p.ID, step)})
	}
}
