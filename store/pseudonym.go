package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Pseudonym names something without naming it: the same words always give the
// same, in this workspace alone. Who has the whole database can still try
// words one by one; nobody can read them from it, and outside it nobody can
// even try.
func (s *Store) Pseudonym(ctx context.Context, words ...string) (string, error) {
	secret, err := s.rdb.Get(ctx, s.keys.secret()).Result()
	if errors.Is(err, redis.Nil) {
		if err := s.rdb.SetNX(ctx, s.keys.secret(), rand.Text(), 0).Err(); err != nil {
			return "", Wrap("make a secret", err)
		}

		secret, err = s.rdb.Get(ctx, s.keys.secret()).Result() // perhaps another's
	}

	if err != nil {
		return "", Wrap("read the secret", err)
	}

	return Keyed(secret, strings.Join(words, "\x00")), nil
}

// Pseudonym is what [Store.Pseudonym] makes of words, for a check.
func (d *Dump) Pseudonym(words ...string) string {
	return Keyed(d.Strings[d.keys.secret()], strings.Join(words, "\x00"))
}

// Keyed is a hash of words under a secret.
func Keyed(secret, words string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(words))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
