package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// Change is an entry of the feed.
type Change struct {
	Cursor string // its place in the feed
	Kind   string // "asset", "feedback", "lead.claimed"…
	Ref    string // "asset:C-12"
}

// FeedHead is the place of the newest entry of the feed, "0-0" when there is none.
func (s *Store) FeedHead(ctx context.Context) (string, error) {
	return s.FeedUpTo(ctx, "+")
}

// FeedAfter reads up to limit entries after a place in the feed, waiting up to
// wait for the first, or not at all when wait is under a millisecond. The error is errs.ErrNotFound when that place has been
// trimmed away or the feed was restored from an older copy, so that entries
// may be missing.
func (s *Store) FeedAfter(ctx context.Context, cursor string, limit int, wait time.Duration) ([]Change, error) {
	if err := s.feedReaches(ctx, cursor); err != nil {
		return nil, err
	}

	if wait < time.Millisecond {
		wait = -1 // 0 would block for ever
	}

	got, err := s.rdb.XRead(ctx, &redis.XReadArgs{Streams: []string{s.keys.feed(), cursor}, Count: int64(limit), Block: wait}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}

	if err != nil {
		return nil, Wrap("read the feed", err)
	}

	var changes []Change
	for _, m := range got[0].Messages {
		kind, _ := m.Values["kind"].(string)
		ref, _ := m.Values["ref"].(string)
		changes = append(changes, Change{Cursor: m.ID, Kind: kind, Ref: ref})
	}

	return changes, nil
}

// FeedUpTo is the last place in the feed up to a place or a time in ms, which need
// not be in it: "0-0" when there is none.
func (s *Store) FeedUpTo(ctx context.Context, place string) (string, error) {
	last, err := s.rdb.XRevRangeN(ctx, s.keys.feed(), place, "-", 1).Result()
	if err != nil {
		return "", Wrap("read the feed", err)
	}

	if len(last) == 0 {
		return "0-0", nil
	}

	return last[0].ID, nil
}

// feedReaches makes sure that the entry at cursor is still in the feed.
func (s *Store) feedReaches(ctx context.Context, cursor string) error {
	if strings.HasPrefix(cursor, "0-") {
		return nil
	}

	at, err := s.rdb.XRangeN(ctx, s.keys.feed(), cursor, cursor, 1).Result()
	if err != nil {
		return Wrap("read the feed", err)
	}

	if len(at) == 0 {
		return fmt.Errorf("feed entry %s: %w", cursor, errs.ErrNotFound)
	}

	return nil
}
