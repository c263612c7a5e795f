package feedbackrepo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/feedback"
)

// Join joins a piece to another, or to the one that that is joined to; see
// [feedback.Join].
func (r *Repo) Join(ctx context.Context, op, id, with, channel string) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		primary, err := r.load(ctx, tx, with)
		if err == nil && primary.Primary != "" {
			primary, err = r.load(ctx, tx, primary.Primary)
		}

		if err != nil {
			return feedback.Change{}, err
		}

		group, err := r.group(ctx, tx, primary, primary.Person(), p.Person())
		if err != nil {
			return feedback.Change{}, err
		}

		return feedback.Join(p, group)
	})
}

// Split separates a piece from the one that it is joined to; see
// [feedback.Split].
func (r *Repo) Split(ctx context.Context, op, id, channel string) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		group, err := r.groupOf(ctx, tx, p)
		if err != nil {
			return feedback.Change{}, err
		}

		return feedback.Split(p, group)
	})
}

// groupOf reads the group that a piece is in, with the pieces of its own
// person; the zero group when it is in none.
func (r *Repo) groupOf(ctx context.Context, tx *store.Tx, p feedback.Piece) (feedback.Group, error) {
	switch {
	case p.Primary != "":
		primary, err := r.load(ctx, tx, p.Primary)
		if err != nil {
			return feedback.Group{}, err
		}

		return r.group(ctx, tx, primary, p.Person())

	case p.Members > 0:
		return r.group(ctx, tx, p, p.Person())
	}

	return feedback.Group{}, nil
}

// group reads the pieces of some people in the group of a primary piece.
func (r *Repo) group(ctx context.Context, tx *store.Tx, primary feedback.Piece, people ...string) (feedback.Group, error) {
	g := feedback.Group{Primary: primary, ByPerson: map[string][]string{}}
	people = slices.DeleteFunc(people, func(who string) bool { return who == "" })
	if len(people) == 0 {
		return g, nil
	}

	fields, err := tx.Fields(ctx, r.keys.people(primary.ID), people...)
	if err != nil {
		return g, err
	}

	for i, who := range people {
		g.ByPerson[who] = strings.Fields(fields[i])
	}

	return g, nil
}

// putGroup writes what is different about a group once a piece has joined or
// left it. A primary piece that isn't the changed piece itself is written, too,
// and its card shows how many they are.
func (r *Repo) putGroup(ctx context.Context, tx *store.Tx, was, is feedback.Piece, g feedback.Group, channel string) error {
	primary, people := g.Primary, r.keys.people(g.Primary.ID)
	for who, pieces := range g.ByPerson {
		if len(pieces) == 0 {
			tx.Do("HDEL", people, who)
		} else {
			tx.Do("HSET", people, who, strings.Join(pieces, " "))
		}
	}

	if primary.ID == is.ID {
		return nil
	}

	if primary.Members == 0 {
		tx.Do("DEL", people)
	}

	if was.Primary != "" {
		tx.Do("ZREM", r.keys.members(was.Primary), is.ID)
	}

	if is.Primary != "" {
		tx.Do("ZADD", r.keys.members(is.Primary), len(primary.Steps), is.ID)
	}

	before, err := r.load(ctx, tx, primary.ID)
	if err != nil {
		return err
	}

	if err := r.put(ctx, tx, before, &primary); err != nil {
		return err
	}

	tx.Send(store.Item{Channel: channel, Card: primary.Ref()})
	return nil
}

// Members reads the newest pieces that are joined to another, newest first.
func (r *Repo) Members(ctx context.Context, primary string, limit int) ([]feedback.Piece, error) {
	ids, err := r.store.Redis().ZRevRange(ctx, r.keys.members(primary), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, store.Wrap("list joined feedback", err)
	}

	return r.Pieces(ctx, ids...)
}

// Around reads the newest pieces about the same asset as a piece, or about none
// as it, that came in no later.
func (r *Repo) Around(ctx context.Context, p feedback.Piece, limit int) ([]feedback.Piece, error) {
	ids, err := r.store.Redis().ZRevRangeByScore(ctx, r.keys.with(feedback.AssetFacet(p.Asset)), &redis.ZRangeBy{
		Min: "-inf", Max: fmt.Sprint(p.Created.UnixMilli()), Count: int64(limit) + 1,
	}).Result()
	if err != nil {
		return nil, store.Wrap("list feedback", err)
	}

	ids = slices.DeleteFunc(ids, func(id string) bool { return id == p.ID })
	return r.Pieces(ctx, ids...)
}
