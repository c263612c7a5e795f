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
		j := judge(*l)
		if err := s.tellFaults(ctx, c, j.Faults); err != nil {
			return LeadEvent{}, err
		}
		return LeadEvent{By: by, Reason: "promoted", Detail: reason}, s.dispatch(ctx, c, l, j)
	})
}
