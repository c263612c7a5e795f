// Package turnrepo keeps in Redis whose turn it was and who is away.
//
//	repo.go   taking a turn as part of a change; being away
//	check.go  whether the credits add up
package turnrepo

import (
	"context"
	"slices"
	"strconv"
	"time"

	"smarketer/store"
	"smarketer/store/turns"
)

// givenFor is how long it is known how many turns somebody had on a day.
const givenFor = 8 * 24 * time.Hour

// turnCount is the field of a pool's hash that changes with every turn.
const turnCount = "n"

// Repo keeps the turns of one workspace.
type Repo struct {
	store *store.Store
	keys  keys
}

// New returns the turns of a workspace.
func New(s *store.Store) *Repo { return &Repo{s, keys{s.Key("")}} }

// keys builds the keys of this package.
type keys struct{ root string }

// pool is a HASH: how many turns were taken in a pool ("n"), and the credit of
// those who take them (person → number).
func (k keys) pool(name string) string { return k.root + "turns:" + name }

// given is a HASH that expires: person → how many turns they had on a day.
func (k keys) given(day string) string { return k.root + "given:" + day }

// away is a HASH: person → until when they take no turns, ms.
func (k keys) away() string { return k.root + "away" }

// Take decides whose turn it is, as part of a change: nobody's ("") when all of
// the pool are away, have had what they may have that day, or are in not (Slack
// user IDs). No two changes take the same turn, no cap is exceeded, and nobody gets
// a turn who is away: the change rests on the number of turns taken, and on what
// was read of who gets it. Somebody passed over who is back by the time of the
// commit gets the next one.
func (r *Repo) Take(ctx context.Context, tx *store.Tx, pool turns.Pool, not ...string) (user string, err error) {
	owners := slices.DeleteFunc(slices.Clone(pool.Owners), func(o turns.Owner) bool { return slices.Contains(not, o.User) })
	if len(owners) == 0 {
		return "", nil
	}

	if err := tx.Serialise(ctx); err != nil {
		return "", err
	}

	read, err := r.read(ctx, tx.Now(), pool, owners)
	if err != nil {
		return "", err
	}

	key, given := r.keys.pool(pool.Name), r.keys.given(pool.Day)
	tx.Expect(key, turnCount, read.count)
	next, credit := turns.Next(owners, read.State)
	if next < 0 {
		return "", nil
	}

	user = owners[next].User
	tx.Expect(given, user, read.givenText[next])
	tx.Expect(r.keys.away(), user, read.awayText[next])

	credits := []any{}
	for i, o := range owners {
		if !read.Away[i] {
			credits = append(credits, o.User, credit[i])
		}
	}

	tx.Do("HINCRBY", key, turnCount, 1)
	tx.Do("HSET", key, credits...)
	tx.Do("HINCRBY", given, user, 1)
	tx.Do("EXPIRE", given, int(givenFor.Seconds()))
	return user, nil
}

// turnsRead is what a turn is decided on, also as it stands in Redis.
type turnsRead struct {
	turns.State
	count     string // of turns taken so far
	givenText []string
	awayText  []string
}

func (r *Repo) read(ctx context.Context, now time.Time, pool turns.Pool, owners []turns.Owner) (turnsRead, error) {
	users := make([]string, len(owners))
	for i, o := range owners {
		users[i] = o.User
	}

	pipe := r.store.Redis().Pipeline()
	credits := pipe.HMGet(ctx, r.keys.pool(pool.Name), append([]string{turnCount}, users...)...)
	given := pipe.HMGet(ctx, r.keys.given(pool.Day), users...)
	away := pipe.HMGet(ctx, r.keys.away(), users...)
	if _, err := pipe.Exec(ctx); err != nil {
		return turnsRead{}, store.Wrap("take turns", err)
	}

	read := turnsRead{}
	read.count, _ = credits.Val()[0].(string)
	for i := range owners {
		read.Credit = append(read.Credit, number(credits.Val()[i+1]))
		text, _ := given.Val()[i].(string)
		read.givenText = append(read.givenText, text)
		read.Given = append(read.Given, number(text))
		text, _ = away.Val()[i].(string)
		read.awayText = append(read.awayText, text)
		read.Away = append(read.Away, awayAt(text, now))
	}

	return read, nil
}

// number is what a field holds, 0 when there is no such field.
func number(field any) int {
	text, _ := field.(string)
	n, _ := strconv.Atoi(text)
	return n
}

// SetAway keeps a person (Slack user ID) from having turns until a time. op is the
// dedupe key of the request; the error is [errs.ErrDuplicate] when that was carried
// out before.
func (r *Repo) SetAway(ctx context.Context, op, user string, until time.Time) error {
	_, err := r.store.Update(ctx, op, func(tx *store.Tx) error {
		tx.Do("HSET", r.keys.away(), user, until.UnixMilli())
		return nil
	})
	return err
}

// SetBack lets a person have turns again at once. op and errors are as in SetAway.
func (r *Repo) SetBack(ctx context.Context, op, user string) error {
	_, err := r.store.Update(ctx, op, func(tx *store.Tx) error {
		tx.Do("HDEL", r.keys.away(), user)
		return nil
	})
	return err
}

// Away tells who is away, and until when.
func (r *Repo) Away(ctx context.Context) (map[string]time.Time, error) {
	all, err := r.store.Redis().HGetAll(ctx, r.keys.away()).Result()
	if err != nil {
		return nil, store.Wrap("see who is away", err)
	}

	away := map[string]time.Time{}
	for user, until := range all {
		if awayAt(until, r.store.Now()) {
			away[user] = store.ParseMillis(until)
		}
	}

	return away, nil
}

// awayAt tells whether what keys.away holds for a person lies ahead.
func awayAt(text string, now time.Time) bool {
	until, err := strconv.ParseInt(text, 10, 64)
	return err == nil && now.UnixMilli() < until
}
