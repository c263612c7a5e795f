package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// ReturnedLeads lists the leads that are back with marketing, the last
// returned first, and tells whether there are more after them.
func (s *Store) ReturnedLeads(ctx context.Context, offset, limit int) (leads []Lead, more bool, err error) {
	pipe := s.rdb.Pipeline()
	var reads []*redis.ZSliceCmd
	for _, status := range []LeadStatus{LeadRejected, LeadRecycled} {
		reads = append(reads, pipe.ZRevRangeWithScores(ctx, s.keys.leadsByStatus(status), 0, int64(offset+limit)))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, false, wrap("list returned leads", err)
	}
	all := slices.Concat(reads[0].Val(), reads[1].Val())
	slices.SortStableFunc(all, func(a, b redis.Z) int { return cmp.Compare(b.Score, a.Score) })
	var ids []string
	for _, z := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		ids = append(ids, fmt.Sprint(z.Member))
	}
	leads, err = loadAll(ctx, s, ids, LeadRef, func(l *Lead, rev int64) { l.Rev = rev })
	return leads, len(all) > offset+limit, err
}

// ReturnsTimer wakes when marketing is to hear of leads that were returned. Its
// reference is the time that [LeadDesk.Digest] gives them.
const ReturnsTimer = "lead.returned"

func digestRef(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// DigestReturns has messages sent about the leads of a digest, the last
// returned first, and settles its timer. It looks among the last limit returns,
// and leaves out leads that have opened again.
func (s *Store) DigestReturns(ctx context.Context, t Timer, limit int, d LeadDesk, tell func([]Lead) ([]Item, error)) error {
	leads, _, err := s.ReturnedLeads(ctx, 0, limit)
	if err != nil {
		return err
	}
	leads = slices.DeleteFunc(leads, func(l Lead) bool { return digestRef(d.Digest(l.ReturnedAt)) != t.Ref })
	c := s.change("")
	c.settle(t)
	if len(leads) > 0 {
		items, err := tell(leads)
		if err == nil {
			err = c.sendAll(items)
		}
		if err != nil {
			return err
		}
	}
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil // when stale, somebody else has told
}
