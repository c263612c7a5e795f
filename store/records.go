package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// NextID gives out the next ID under a letter: C-12, F-7, L-31. A number may
// be skipped when a process dies, never given out twice.
func (s *Store) NextID(ctx context.Context, letter string) (string, error) {
	n, err := s.rdb.Incr(ctx, s.keys.sequence(letter)).Result()
	if err != nil {
		return "", Wrap("give out an ID", err)
	}

	return fmt.Sprintf("%s-%d", letter, n), nil
}

// Load reads a record's document into doc, a pointer, and returns its revision.
// The error is [errs.ErrNotFound] when there is none. A change reads through its
// [Tx] instead.
func (s *Store) Load(ctx context.Context, ref string, doc any) (rev int64, err error) {
	got, err := s.rdb.HMGet(ctx, s.keys.record(ref), "rev", "doc").Result()
	if err != nil {
		return 0, Wrap("read "+ref, err)
	}

	rev, _, err = decodeRecord(ref, got, doc)
	return rev, err
}

// LoadAll reads the documents of several records, in the order asked for; any
// that is gone is left out. setRev is given each with its revision.
func LoadAll[T any](ctx context.Context, s *Store, refs []string, setRev func(*T, int64)) ([]T, error) {
	if len(refs) == 0 {
		return nil, nil
	}

	pipe := s.rdb.Pipeline()
	reads := make([]*redis.SliceCmd, len(refs))
	for i, ref := range refs {
		reads[i] = pipe.HMGet(ctx, s.keys.record(ref), "rev", "doc")
	}

	if _, err := pipe.Exec(ctx); err != nil {
		return nil, Wrap("read records", err)
	}

	docs := make([]T, 0, len(refs))
	for i, ref := range refs {
		if reads[i].Val()[1] == nil {
			continue
		}

		var doc T
		rev, _, err := decodeRecord(ref, reads[i].Val(), &doc)
		if err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}

		setRev(&doc, rev)
		docs = append(docs, doc)
	}

	return docs, nil
}

// DecodeRecord takes what HMGET answered for rev and doc of a record, which may
// have been followed by further fields.
func DecodeRecord(ref string, got []any, doc any) (rev int64, err error) {
	rev, _, err = decodeRecord(ref, got, doc)
	return rev, err
}

// decodeRecord also tells whether the document has fields that doc doesn't.
func decodeRecord(ref string, got []any, doc any) (rev int64, unknown bool, err error) {
	body, ok := got[1].(string)
	if !ok {
		return 0, false, fmt.Errorf("%s: %w", ref, errs.ErrNotFound)
	}

	text, _ := got[0].(string)
	if rev, err = strconv.ParseInt(text, 10, 64); err != nil {
		return 0, false, fmt.Errorf("read %s: revision: %w", ref, err)
	}

	if unknown, err = decode(body, doc); err != nil {
		return 0, false, fmt.Errorf("read %s: %w", ref, err)
	}

	return rev, unknown, nil
}

// Decode reads a document that stands in a field of its own, such as a version
// of an asset, or an event of a history.
func Decode(body string, doc any) error {
	return json.Unmarshal([]byte(body), doc)
}
