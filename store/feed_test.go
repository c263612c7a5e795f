package store

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

func TestFeed(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	head, err := s.FeedHead(t.Context())
	require.NoError(t, err)
	require.Equal(t, "0-0", head)
	nothing, err := s.FeedAfter(t.Context(), head, 10, 0)
	require.NoError(t, err)
	require.Empty(t, nothing, "and no waiting")

	for range 3 {
		mustAdd(t, s)
	}

	changes, err := s.FeedAfter(t.Context(), head, 2, time.Second)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	require.Equal(t, "note.added", changes[0].Kind)
	require.Equal(t, "note:N-1", changes[0].Ref)
	changes, err = s.FeedAfter(t.Context(), changes[1].Cursor, 2, time.Second)
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Equal(t, "note:N-3", changes[0].Ref)
	head, err = s.FeedHead(t.Context())
	require.NoError(t, err)
	require.Equal(t, changes[0].Cursor, head)
	changes, err = s.FeedAfter(t.Context(), head, 2, 5*time.Millisecond)
	require.NoError(t, err)
	require.Empty(t, changes)
}

func TestFeedWaitsForWhatComes(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustAdd(t, s)
	head, err := s.FeedHead(t.Context())

	require.NoError(t, err)
	type result struct {
		changes []Change
		err     error
	}
	got := make(chan result)
	go func() {
		changes, err := s.FeedAfter(t.Context(), head, 10, 10*time.Second)
		got <- result{changes, err}
	}()
	_, err = takeNote(t.Context(), s, "", "N-1", "U1")
	require.NoError(t, err)
	r := <-got
	require.NoError(t, r.err)
	require.Len(t, r.changes, 1)
	require.Equal(t, "note.taken", r.changes[0].Kind)
}

func TestFeedThatHasAGap(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name string
		harm func(t *testing.T, s *Store)
	}{
		{"trimmed", func(t *testing.T, s *Store) {
			require.NoError(t, s.rdb.XTrimMaxLen(t.Context(), s.keys.feed(), 1).Err())
		}},
		{"gone", func(t *testing.T, s *Store) { require.NoError(t, s.rdb.Del(t.Context(), s.keys.feed()).Err()) }},
		{"restored from an older copy", func(t *testing.T, s *Store) {
			require.NoError(t, s.rdb.Del(t.Context(), s.keys.feed()).Err())
			older := &redis.XAddArgs{Stream: s.keys.feed(), ID: "1-1", Values: []string{"kind", "x", "ref", "x"}}
			require.NoError(t, s.rdb.XAdd(t.Context(), older).Err())
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			mustAdd(t, s)
			cursor, err := s.FeedHead(t.Context())
			require.NoError(t, err)
			mustAdd(t, s)
			test.harm(t, s)
			_, err = s.FeedAfter(t.Context(), cursor, 10, 0)
			require.ErrorIs(t, err, errs.ErrNotFound)
		})
	}
}
