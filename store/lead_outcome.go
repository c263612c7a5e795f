package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// LeadOutcome is what the CRM says became of a lead.
type LeadOutcome struct {
	// Lead is our ID of it; without it Source and ExternalID say which it is.
	Lead               string
	Source, ExternalID string

	At     time.Time // when it was so in the CRM: what is older than what we know changes nothing
	Lost   bool      // closed without a sale; else Deal is the opportunity
	Deal   Deal
	Reason string // why it was lost
	Detail string
}

// FindLead is the ID of the lead that a sender calls so. The error is
// ErrNotFound when there is none.
func (s *Store) FindLead(ctx context.Context, source, externalID string) (string, error) {
	id, err := s.rdb.HGet(ctx, s.keys.leadIdentity(), identityField(source, externalID)).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("lead of a sender: %w", ErrNotFound)
	}
	return id, wrap("find a lead", err)
}
