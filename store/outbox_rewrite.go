package store

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// ItemsKey is the key, without the workspace's root, of the messages that have
// not been sent, dead letters among them.
const ItemsKey = "ob:item"

// RewriteItems changes the words of messages that have not been sent, dead
// letters among them. rewrite is given an item as it is stored, a text that ends
// in JSON, and must keep that form.
func (s *Store) RewriteItems(ctx context.Context, rewrite func(text string) string) error {
	key := s.Key(ItemsKey)
	for cursor := uint64(0); ; {
		found, next, err := s.rdb.HScan(ctx, key, cursor, "", 1000).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return Wrap("look at the outbox", err)
		}

		for i := 0; i+1 < len(found); i += 2 {
			item, text := found[i], found[i+1]
			clean := rewrite(text)
			if clean == text {
				continue
			}

			// When it isn't done, the item was sent meanwhile.
			if _, err := s.Try(ctx, func(tx *Tx) error {
				tx.Expect(key, item, text)
				tx.Do("HSET", key, item, clean)
				return nil
			}); err != nil {
				return err
			}
		}

		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
