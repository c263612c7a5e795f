package store

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// Turns says among whom leads are given out, and under which name they take
// turns. With no owners nobody does.
type Turns struct {
	Name   string
	Owners []Owner
	Day    string // within which their caps count: 2026-11-21
}

// Owner is one of those who get leads in turn.
type Owner struct {
	User   string
	Weight int // how many turns for one of somebody with 1; 0 counts as 1
	Cap    int // how many leads a day by turns, on all routes; 0 for no limit
}

// givenFor is how long it is known how many leads somebody got on a day.
const givenFor = 8 * 24 * time.Hour

// turnCount is the field of keys.turns that changes with every turn.
const turnCount = "n"

// takeTurn decides whose turn it is, as part of a change: nobody's ("") when
// all of them are away, have had what they may have that day, or are in not.
// No two changes take the same turn, and no cap is exceeded: what the decision
// rests on is expected to hold still when the change is committed.
//
// It is smooth weighted round robin: each turn, all who are there are credited
// with their weight, and who has most credit pays for all. So turns are spread
// evenly, and who comes back has nothing to catch up on.
func (c *change) takeTurn(ctx context.Context, t Turns, not ...string) (user string, err error) {
	owners := slices.DeleteFunc(slices.Clone(t.Owners), func(o Owner) bool { return slices.Contains(not, o.User) })
	if len(owners) == 0 {
		return "", nil
	}
	if err := c.alone(ctx); err != nil {
		return "", err
	}
	r, err := c.readTurns(ctx, t, owners)
	if err != nil {
		return "", err
	}
	key, given := c.store.keys.turns(t.Name), c.store.keys.given(t.Day)
	c.expect(key, turnCount, r.count)
	next, total := -1, 0
	credits := []any{}
	for i, o := range owners {
		if r.away[i] || o.Cap > 0 && r.given[i] >= o.Cap {
			continue
		}
		weight := max(1, o.Weight)
		r.credit[i] += weight
		total += weight
		if next < 0 || r.credit[i] > r.credit[next] {
			next = i
		}
	}
	if next < 0 {
		return "", nil
	}
	r.credit[next] -= total
	for i, o := range owners {
		if !r.away[i] {
			credits = append(credits, o.User, r.credit[i])
		}
	}
	chosen := owners[next].User
	c.expect(given, chosen, r.givenText[next])
	c.expect(c.store.keys.away(), chosen, r.awayText[next])
	c.do("HINCRBY", key, turnCount, 1)
	c.do("HSET", key, credits...)
	c.do("HINCRBY", given, chosen, 1)
	c.do("EXPIRE", given, int(givenFor.Seconds()))
	return chosen, nil
}

// turnsRead is what a turn is decided on, by the place of the owners.
type turnsRead struct {
	count     string // of turns taken so far
	credit    []int
	given     []int
	givenText []string
	away      []bool
	awayText  []string
}

func (c *change) readTurns(ctx context.Context, t Turns, owners []Owner) (turnsRead, error) {
	s, users := c.store, make([]string, len(owners))
	for i, o := range owners {
		users[i] = o.User
	}
	pipe := s.rdb.Pipeline()
	credits := pipe.HMGet(ctx, s.keys.turns(t.Name), append([]string{turnCount}, users...)...)
	given := pipe.HMGet(ctx, s.keys.given(t.Day), users...)
	away := pipe.HMGet(ctx, s.keys.away(), users...)
	if _, err := pipe.Exec(ctx); err != nil {
		return turnsRead{}, wrap("take turns", err)
	}
	r := turnsRead{}
	r.count, _ = credits.Val()[0].(string)
	for i := range owners {
		r.credit = append(r.credit, number(credits.Val()[i+1]))
		text, _ := given.Val()[i].(string)
		r.givenText = append(r.givenText, text)
		r.given = append(r.given, number(given.Val()[i]))
		text, _ = away.Val()[i].(string)
		r.awayText = append(r.awayText, text)
		r.away = append(r.away, awayAt(text, s.now()))
	}
	return r, nil
}

// number is what a field holds, 0 when there is no such field.
func number(field any) int {
	text, _ := field.(string)
	n, _ := strconv.Atoi(text)
	return n
}
