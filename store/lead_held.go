package store

import "context"

// maxPromotion bounds the reason of a promotion, in bytes.
const maxPromotion = 2000

// PromoteLead sends a lead to sales that is held, and keeps who did and why.
// judge says which way it goes. The error is ErrConflict, with the lead as it
// is, when it isn't held any more.
func (s *Store) PromoteLead(ctx context.Context, op, id, by, reason string, judge func(Lead) Judgement, d LeadDesk) (Lead, error) {
	switch {
	case reason == "":
		return Lead{}, &Invalid{Field: "reason", Message: "is missing: sales reads it on the card"}
	case len(reason) > maxPromotion:
		return Lead{}, &Invalid{Field: "reason", Message: "is too long: at most 2000 bytes"}
	}
	return s.changeLead(ctx, op, id, d, func(c *change, l *Lead) (LeadEvent, error) {
		if l.Status != LeadHeld {
			return LeadEvent{}, ErrConflict
		}
		l.Promotion = &Promotion{By: by, Reason: reason, At: s.now()}
		return LeadEvent{By: by, Reason: "promoted", Detail: reason}, s.dispatch(ctx, c, l, judge(*l))
	})
}

// HeldLeads lists leads that don't qualify, the newest first, after so many,
// and how many there are in all.
func (s *Store) HeldLeads(ctx context.Context, after, limit int) ([]Lead, int, error) {
	key := s.keys.leadsByStatus(LeadHeld)
	pipe := s.rdb.Pipeline()
	ids := pipe.ZRevRange(ctx, key, int64(after), int64(after+limit)-1)
	all := pipe.ZCard(ctx, key)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, wrap("list held leads", err)
	}
	leads, err := loadAll(ctx, s, ids.Val(), LeadRef, func(l *Lead, rev int64) { l.Rev = rev })
	return leads, int(all.Val()), err
}
