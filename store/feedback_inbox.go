package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// FeedbackFilter says which pieces an inbox shows: those that fit every field
// that is set.
type FeedbackFilter struct {
	Status     FeedbackStatus // of pieces that stand by themselves; joined ones are found without
	Asset      string
	Verdict    Verdict
	Competitor string // in any case
	Source     string
}

// facet is a property of a piece that has an index: "asset:C-12".
func facet(kind, value string) string { return kind + ":" + value }

func competitorFacet(name string) string {
	return facet("competitor", strings.Join(strings.Fields(strings.ToLower(name)), " "))
}

// facets are those by which marketing's inbox finds a piece. A mere click has
// none. One that others stand behind stays in the inbox when it is deleted.
func (f Feedback) facets() []string {
	var all []string
	if f.Joined == "" && (f.Shown() || f.Behind > 0) {
		all = append(all, facet("status", string(f.Status)))
	}
	if !f.Shown() {
		return all
	}
	all = append(all, facet("asset", f.Asset), facet("source", f.Source))
	if f.Verdict != "" {
		all = append(all, facet("verdict", string(f.Verdict)))
	}
	if f.Competitor != "" {
		all = append(all, competitorFacet(f.Competitor))
	}
	return all
}

func (w FeedbackFilter) facets() []string {
	var all []string
	for kind, value := range map[string]string{
		"status": string(w.Status), "asset": w.Asset, "verdict": string(w.Verdict), "source": w.Source,
	} {
		if value != "" {
			all = append(all, facet(kind, value))
		}
	}
	if w.Competitor != "" {
		all = append(all, competitorFacet(w.Competitor))
	}
	return all
}

const (
	// inboxBatch is how many pieces of the shortest index are looked up in the
	// others at once, and inboxReach how many in all: two long indexes that
	// hold nearly nothing in common must not hold up a command.
	inboxBatch = 250
	inboxReach = 5000
)

// FindFeedback reads the newest pieces that fit a filter, newest first, at
// most limit of them. It walks down the shortest of the indexes that the
// filter names and looks its pieces up in the others. next, when not "", is
// where to go on from: it may come with fewer than limit pieces, or none,
// where many had to be passed over.
func (s *Store) FindFeedback(ctx context.Context, fits FeedbackFilter, from string, limit int) (found []Feedback, next string, err error) {
	lists := make([]string, 0, 5)
	for _, f := range cmp.Or(fits, FeedbackFilter{Status: FeedbackNew}).facets() {
		lists = append(lists, s.keys.feedbackWith(f))
	}
	if err := s.shortestFirst(ctx, lists); err != nil {
		return nil, "", err
	}
	rank, err := s.rankAfter(ctx, lists[0], from)
	if err != nil {
		return nil, "", err
	}
	var ids []string
	for looked := 0; len(ids) < limit; looked += inboxBatch {
		batch, err := s.rdb.ZRevRangeWithScores(ctx, lists[0], rank, rank+inboxBatch-1).Result()
		if err != nil {
			return nil, "", wrap("look into the inbox", err)
		}
		fit, err := s.inAll(ctx, lists[1:], batch)
		if err != nil {
			return nil, "", err
		}
		if room := limit - len(ids); len(fit) > room {
			ids, next = append(ids, names(fit[:room])...), place(fit[room-1])
			break
		}
		ids, next = append(ids, names(fit)...), ""
		if len(batch) < inboxBatch {
			break
		}
		next, rank = place(batch[len(batch)-1]), rank+inboxBatch
		if looked+inboxBatch >= inboxReach {
			break
		}
	}
	found, err = s.Feedbacks(ctx, ids...)
	return found, next, err
}

// shortestFirst puts the shortest index first.
func (s *Store) shortestFirst(ctx context.Context, lists []string) error {
	pipe := s.rdb.Pipeline()
	lengths := map[string]*redis.IntCmd{}
	for _, l := range lists {
		lengths[l] = pipe.ZCard(ctx, l)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return wrap("look into the inbox", err)
	}
	slices.SortFunc(lists, func(a, b string) int {
		return cmp.Or(cmp.Compare(lengths[a].Val(), lengths[b].Val()), cmp.Compare(a, b))
	})
	return nil
}

// place names a piece's place in an index, to go on after.
func place(z redis.Z) string { return fmt.Sprintf("%.0f %v", z.Score, z.Member) }

// rankAfter is the rank, from the newest, of what comes after a place. When
// the piece has left the index, it is where its time would be.
func (s *Store) rankAfter(ctx context.Context, list, from string) (int64, error) {
	if from == "" {
		return 0, nil
	}
	score, id, _ := strings.Cut(from, " ")
	if _, err := strconv.ParseInt(score, 10, 64); err != nil {
		return 0, &Invalid{Field: "from", Message: "is no place in the inbox"}
	}
	rank, err := s.rdb.ZRevRank(ctx, list, id).Result()
	if errors.Is(err, redis.Nil) {
		rank, err = s.rdb.ZCount(ctx, list, "("+score, "+inf").Result()
		return rank, wrap("look into the inbox", err)
	}
	return rank + 1, wrap("look into the inbox", err)
}

// inAll keeps what is in all the lists.
func (s *Store) inAll(ctx context.Context, lists []string, some []redis.Z) ([]redis.Z, error) {
	if len(lists) == 0 || len(some) == 0 {
		return some, nil
	}
	members := names(some)
	pipe := s.rdb.Pipeline()
	scores := make([]*redis.FloatSliceCmd, len(lists))
	for i, l := range lists {
		scores[i] = pipe.ZMScore(ctx, l, members...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("look into the inbox", err)
	}
	var kept []redis.Z
	for i, z := range some {
		if !slices.ContainsFunc(scores, func(c *redis.FloatSliceCmd) bool { return c.Val()[i] == 0 }) {
			kept = append(kept, z)
		}
	}
	return kept, nil
}

func names(some []redis.Z) []string {
	ids := make([]string, len(some))
	for i, z := range some {
		ids[i] = fmt.Sprint(z.Member)
	}
	return ids
}

// CountFeedback counts the pieces that have a status and stand by themselves.
func (s *Store) CountFeedback(ctx context.Context, status FeedbackStatus) (int, error) {
	n, err := s.rdb.ZCard(ctx, s.keys.feedbackWith(facet("status", string(status)))).Result()
	return int(n), wrap("count feedback", err)
}

// FeedbackPage reads the newest pieces a person gave, newest first, passing
// over some, and tells how many there are.
func (s *Store) FeedbackPage(ctx context.Context, user string, from, limit int) (found []Feedback, total int, err error) {
	pipe := s.rdb.Pipeline()
	ids := pipe.ZRevRange(ctx, s.keys.feedbackBy(user), int64(from), int64(from+limit)-1)
	all := pipe.ZCard(ctx, s.keys.feedbackBy(user))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, wrap("list feedback", err)
	}
	found, err = s.Feedbacks(ctx, ids.Val()...)
	return found, int(all.Val()), err
}

// Feedbacks reads several pieces, in the order asked for; any that is gone is
// left out.
func (s *Store) Feedbacks(ctx context.Context, ids ...string) ([]Feedback, error) {
	return loadAll(ctx, s, ids, FeedbackRef, func(f *Feedback, rev int64) { f.Rev = rev })
}

// walkBatch is how many pieces [Store.AllFeedback] reads at once.
const walkBatch = 500

// AllFeedback goes through the pieces given at a time or later, oldest first,
// reading some at a time. It ends after the first error. What is given
// meanwhile may be among them or not.
func (s *Store) AllFeedback(ctx context.Context, since time.Time) iter.Seq2[Feedback, error] {
	return func(yield func(Feedback, error) bool) {
		from, seen := since.UnixMilli(), map[string]bool{} // those of the moment from
		for {
			batch, err := s.rdb.ZRangeByScoreWithScores(ctx, s.keys.feedbackAll(), &redis.ZRangeBy{
				Min: fmt.Sprint(from), Max: "+inf", Count: int64(walkBatch + len(seen))}).Result()
			if err != nil {
				yield(Feedback{}, wrap("list feedback", err))
				return
			}
			more := len(batch) == walkBatch+len(seen)
			fresh := slices.DeleteFunc(batch, func(z redis.Z) bool { return seen[fmt.Sprint(z.Member)] })
			pieces, err := s.Feedbacks(ctx, names(fresh)...)
			if err != nil {
				yield(Feedback{}, err)
				return
			}
			for _, f := range pieces {
				if !yield(f, nil) {
					return
				}
			}
			if !more {
				return
			}
			if last := int64(fresh[len(fresh)-1].Score); last != from {
				from = last
				clear(seen)
			}
			for _, z := range fresh {
				if int64(z.Score) == from {
					seen[fmt.Sprint(z.Member)] = true
				}
			}
		}
	}
}
