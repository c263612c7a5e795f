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

// DeadLetter is an item that Slack refused for good.
type DeadLetter struct {
	ID      string
	Channel string
	Card    string
	Reason  string // Slack's error code, or ours
	At      time.Time
}

// archiveScript makes an item a dead letter.
//
//	KEYS  the outbox
//	ARGV  1 channel   2 token   3 item   4 now, ms   5 reason   6 "1": certainly never sent
//	Returns 1, or 0 when the lease was somebody else's by then.
var archiveScript = redis.NewScript(takeOut + `
if ARGV[6] == '1' then redis.call('HDEL', KEYS[8], id) end
redis.call('ZADD', KEYS[10], id, id .. '|' .. channel .. '|' .. ARGV[4] .. '|' .. ARGV[5])
goOn(math.max(tonumber(ARGV[4]), tonumber(redis.call('HGET', KEYS[6], channel) or 0) or 0))
return 1
`)

// ArchiveItem gives a leased item up: it becomes a dead letter, and its channel
// goes on with the next. notSent is as for [Store.RetryItem]: what is in doubt
// is looked for when somebody has it sent again.
func (s *Store) ArchiveItem(ctx context.Context, l Leased, reason string, notSent bool) error {
	err := archiveScript.Run(ctx, s.rdb, s.keys.outbox(), l.Channel, l.token, l.ID, s.clock.Now().UnixMilli(), reason, l.certain(notSent)).Err()
	return Wrap("archive an outbox item", err)
}

// DeadLetters lists the newest dead letters, newest first, and how many there
// are in all.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]DeadLetter, int, error) {
	box := s.keys.outbox()
	pipe := s.rdb.Pipeline()
	members := pipe.ZRevRange(ctx, box[9], 0, int64(limit)-1)
	total := pipe.ZCard(ctx, box[9])
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, Wrap("list dead letters", err)
	}

	var letters []DeadLetter
	var ids []string
	for _, m := range members.Val() {
		f := strings.SplitN(m, "|", 4)
		if len(f) != 4 {
			return nil, 0, fmt.Errorf("list dead letters: %q is not one", m)
		}

		letters = append(letters, DeadLetter{ID: f[0], Channel: f[1], At: ParseMillis(f[2]), Reason: f[3]})
		ids = append(ids, f[0])
	}

	if len(letters) == 0 {
		return nil, 0, nil
	}

	stored, err := s.rdb.HMGet(ctx, box[3], ids...).Result()
	if err != nil {
		return nil, 0, Wrap("list dead letters", err)
	}

	for i := range letters {
		item, _ := stored[i].(string) // gone when somebody has just discarded it
		letters[i].Card, _, _ = strings.Cut(item, "\n")
	}

	return letters, int(total.Val()), nil
}

// reviveScript takes a dead letter away, or back into the queue.
//
//	KEYS  the outbox
//	ARGV  1 item   2 now, ms   3 "1": put it back into the queue
//	Returns 1, or 0 when there is no such dead letter.
var reviveScript = redis.NewScript(`
local id = string.match(ARGV[1], '^%d+$')
local letter = id and redis.call('ZRANGEBYSCORE', KEYS[10], id, id)[1]
if not letter or string.sub(letter, 1, #id + 1) ~= id .. '|' then return 0 end
redis.call('ZREM', KEYS[10], letter)
if ARGV[3] == '1' then
  local channel = string.match(letter, '^[^|]*|([^|]*)|')
  local at = math.max(tonumber(ARGV[2]), tonumber(redis.call('HGET', KEYS[6], channel) or 0) or 0)
  redis.call('ZADD', KEYS[2], 0, channel .. '|' .. id)
  redis.call('ZADD', KEYS[3], 'NX', string.format('%.0f', at), channel)
else
  redis.call('HDEL', KEYS[4], id)
  redis.call('HDEL', KEYS[8], id)
end
return 1
`)

// RetryDeadLetter puts a dead letter back into the outbox. The error is
// errs.ErrNotFound when somebody else has dealt with it.
func (s *Store) RetryDeadLetter(ctx context.Context, id string) error {
	defer s.nudge()
	return s.revive(ctx, id, "1")
}

// DiscardDeadLetter removes a dead letter for good. The error is errs.ErrNotFound
// when somebody else has dealt with it.
func (s *Store) DiscardDeadLetter(ctx context.Context, id string) error { return s.revive(ctx, id, "") }

func (s *Store) revive(ctx context.Context, id, again string) error {
	found, err := reviveScript.Run(ctx, s.rdb, s.keys.outbox(), id, s.clock.Now().UnixMilli(), again).Bool()
	if err != nil {
		return Wrap("deal with a dead letter", err)
	}

	if !found {
		return fmt.Errorf("dead letter %s: %w", id, errs.ErrNotFound)
	}

	return nil
}

// OutboxHealth is what people want to know of the outbox.
type OutboxHealth struct {
	Waiting  int // items to send
	Channels int // channels they go to
	Dead     int
	Oldest   time.Time // when the item came in that waits longest; zero when nothing waits
	Timers   int       // timers set
}

// OutboxHealth looks at the outbox and the timers.
func (s *Store) OutboxHealth(ctx context.Context) (OutboxHealth, error) {
	box := s.keys.outbox()
	pipe := s.rdb.Pipeline()
	waiting, channels, dead := pipe.ZCard(ctx, box[1]), pipe.ZCard(ctx, box[2]), pipe.ZCard(ctx, box[9])
	writing := pipe.ZRange(ctx, box[2], 0, -1)
	timers := pipe.ZCard(ctx, s.keys.due())
	if _, err := pipe.Exec(ctx); err != nil {
		return OutboxHealth{}, Wrap("look at the outbox", err)
	}

	h := OutboxHealth{Waiting: int(waiting.Val()), Channels: int(channels.Val()), Dead: int(dead.Val()), Timers: int(timers.Val())}
	var err error
	h.Oldest, err = s.oldest(ctx, writing.Val())
	return h, err
}

// oldest is when the item came in that has waited longest in these channels.
func (s *Store) oldest(ctx context.Context, channels []string) (time.Time, error) {
	if len(channels) == 0 {
		return time.Time{}, nil
	}

	box := s.keys.outbox()
	pipe := s.rdb.Pipeline()
	heads := make([]*redis.StringSliceCmd, len(channels))
	for i, c := range channels {
		heads[i] = pipe.ZRangeByLex(ctx, box[1], &redis.ZRangeBy{Min: "[" + c + "|", Max: "(" + c + "}", Count: 1})
	}

	if _, err := pipe.Exec(ctx); err != nil {
		return time.Time{}, Wrap("look at the outbox", err)
	}

	first := ""
	for _, head := range heads {
		for _, member := range head.Val() {
			_, id, _ := strings.Cut(member, "|")
			if first == "" || id < first {
				first = id
			}
		}
	}

	stored, err := s.rdb.HGet(ctx, box[3], first).Result()
	if err != nil && !errors.Is(err, redis.Nil) { // nil: sent meanwhile
		return time.Time{}, Wrap("look at the outbox", err)
	}

	if f := strings.SplitN(stored, "\n", 3); len(f) == 3 {
		return ParseMillis(f[1]), nil
	}

	return time.Time{}, nil
}
