package contentrepo

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// toldAtOnce is how many people one commit tells.
const toldAtOnce = 50

// TellAskers tells those who asked for a gap what became of it, each once, 50 at
// a time: the timer is due again while some are left.
func (r *Repo) TellAskers(ctx context.Context, t store.Timer) error {
	askers := r.keys.gapAskers(t.Ref)
	people, err := r.store.Redis().ZRange(ctx, askers, 0, toldAtOnce).Result()
	if err != nil {
		return store.Wrap("list who asked", err)
	}

	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		g, err := r.loadGap(ctx, tx, t.Ref)
		if errors.Is(err, errs.ErrNotFound) || err == nil && !g.HasAnswer() { // they are told when it is ended again
			return nil
		}

		if err != nil {
			return err
		}

		// Who asked has changed: a search that opens the gap again counts them.
		r.writeGap(tx, g)

		for i, person := range people {
			if i == toldAtOnce {
				tx.SetTimer(t.Name, t.Ref, tx.Now())
				break
			}

			tx.Do("ZREM", askers, person)
			tx.Send(store.Item{Channel: person, Card: g.AnswerCard()})
		}

		return nil
	})
}

// forgetBatch is how many gaps are looked up together.
const forgetBatch = 100

// ForgetGaps removes open gaps that nobody asked marketing to fill, and that
// were searched for twice at the most and not since a time. When it is broken
// off it may be called again.
func (r *Repo) ForgetGaps(ctx context.Context, since time.Time) error {
	for searches := 1; searches <= content.Seldom; searches++ {
		if err := r.forgetGaps(ctx, searches, since); err != nil {
			return err
		}
	}

	return nil
}

// forgetGaps removes those of the gaps that were searched for so many times.
func (r *Repo) forgetGaps(ctx context.Context, searches int, since time.Time) error {
	for kept := int64(0); ; {
		from := content.Gap{Searches: searches}.Rank()
		to := content.Gap{Searches: searches, Last: since}.Rank()
		ids, err := r.store.Redis().ZRangeByScore(ctx, r.keys.gapRank(), &redis.ZRangeBy{
			Min: strconv.FormatInt(from, 10), Max: "(" + strconv.FormatInt(to, 10), Offset: kept, Count: forgetBatch,
		}).Result()
		if err != nil {
			return store.Wrap("list old gaps", err)
		}

		for _, id := range ids {
			gone, err := r.forgetGap(ctx, id, since)
			if err != nil {
				return err
			}

			if !gone {
				kept++
			}
		}

		if len(ids) < forgetBatch {
			return nil
		}
	}
}

// forgetGap removes a gap, unless somebody searches or asks for it just now. It
// reports false when the gap stays where it was found.
func (r *Repo) forgetGap(ctx context.Context, id string, since time.Time) (gone bool, err error) {
	gone, err = r.store.Try(ctx, func(tx *store.Tx) error {
		g, err := r.loadGap(ctx, tx, id)
		if err != nil {
			return err
		}

		if !g.Forgettable(since) {
			return errNothingToDo
		}

		tx.Delete(g.Ref())
		tx.Do("DEL", r.keys.gapPeople(id))
		tx.Do("DEL", r.keys.gapAskers(id))
		tx.Do("HDEL", r.keys.gaps(), g.Key)
		tx.Do("ZREM", r.keys.gapRank(), id)
		return nil
	})

	if errors.Is(err, errs.ErrNotFound) || errors.Is(err, errNothingToDo) {
		return false, nil
	}

	return gone, err
}

// RedactGap replaces words in a gap, such as an e-mail address that somebody
// searched for, and has its cards brought up to date; see [store.LoadRedacted] for
// redact, and [content.Gap.Redacted] for what follows. It does nothing when there
// is no such gap.
func (r *Repo) RedactGap(ctx context.Context, id string, redact func(text string) string) error {
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		was, is, err := store.LoadRedacted[content.Gap](ctx, tx, content.GapRef(id), redact)
		if err != nil {
			return err
		}

		is = is.Redacted(was)
		if is.Key != was.Key {
			tx.Do("HDEL", r.keys.gaps(), was.Key)
			tx.Do("HSET", r.keys.gaps(), is.Key, id)
		}

		tx.Put(is.Ref(), is)

		cards, err := r.store.CardsOf(ctx, is.Ref())
		tx.Send(cards...)
		return err
	})

	if errors.Is(err, errs.ErrNotFound) {
		return nil
	}

	return err
}
