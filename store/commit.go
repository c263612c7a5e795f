package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Every change leaves a mark, by which the same change is known when it comes
// again. That of a request lasts an hour: Slack redelivers for about six
// minutes. That of a change that no request made need only outlast go-redis,
// which sends a script again when the answer was lost.
const (
	opLifetime   = time.Hour
	callLifetime = time.Minute
)

// errStale says that something the change was decided on is different by now.
var errStale = errors.New("read anew")

// commitScript is the one way in which state changes. It checks that what the
// change was decided on still holds and that the request has not been carried
// out before, and then does everything that belongs to the change: records,
// indexes, outbox, timers and feed. Redis runs it whole or not at all.
//
//	KEYS  1      its mark (op:…)
//	      2..11  the outbox (see keys.outbox)
//	      12     timers (due)
//	      13     feed
//	      14…    what the commands below name
//	ARGV  1 token of this call   2 result to note   3 lifetime of the mark, ms
//	      4 now, ms   5 number of expectations   then for each:
//	        kind ("field" or "due"), key number, field or member, value ("" for absent)
//	      then commands, each: number of words, name, key number, arguments…
//	        "SEND" (channel, card, body) puts an item into the outbox
//	        "NOTE" (kind, reference) appends to the feed
//	        any other name is a Redis command
//	Returns {"done", result} | {"again", result noted by another call} | {"stale"}
var commitScript = redis.NewScript(`
local mark = redis.call('GET', KEYS[1])
if mark then
  local cut = string.find(mark, ' ', 1, true)
  local result = string.sub(mark, cut + 1)
  if string.sub(mark, 1, cut - 1) == ARGV[1] then return {'done', result} end
  return {'again', result}
end
local at = 6
for _ = 1, tonumber(ARGV[5]) do
  local key, name, want = KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2], ARGV[at + 3]
  local have
  if ARGV[at] == 'due' then have = redis.call('ZSCORE', key, name) else have = redis.call('HGET', key, name) end
  if (have or '') ~= want then return {'stale'} end
  at = at + 4
end

local function send(channel, card, body)
  local place = channel .. '|' .. card
  if card ~= '' and redis.call('HEXISTS', KEYS[8], place) == 1 then return end
  local id = string.format('%016d', redis.call('INCR', KEYS[2]))
  if card ~= '' then redis.call('HSET', KEYS[8], place, id) end
  redis.call('HSET', KEYS[5], id, card .. '\n' .. ARGV[4] .. '\n' .. body)
  redis.call('ZADD', KEYS[3], 0, channel .. '|' .. id)
  local at = math.max(tonumber(ARGV[4]), tonumber(redis.call('HGET', KEYS[7], channel) or 0))
  redis.call('ZADD', KEYS[4], 'NX', string.format('%.0f', at), channel)
end

while at <= #ARGV do
  local words, name, key = tonumber(ARGV[at]), ARGV[at + 1], KEYS[tonumber(ARGV[at + 2])]
  local args = {}
  for i = 3, words do args[#args + 1] = ARGV[at + i] end
  if name == 'SEND' then
    send(args[1], args[2], args[3])
  elseif name == 'NOTE' then
    redis.call('XADD', key, 'MAXLEN', '~', '100000', '*', 'kind', args[1], 'ref', args[2])
  else
    redis.call(name, key, unpack(args))
  end
  at = at + words + 1
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
return {'done', ARGV[2]}
`)

// change gathers what one change does, to be committed at once.
type change struct {
	store   *Store
	token   string // names this call
	mark    time.Duration
	keys    []string
	numbers map[string]int // number of a key in keys, from 1
	expects []any
	does    []any
	sends   bool
	release func() // see [change.alone]
}

// change begins a change for a request; op is its dedupe key, "" for a change
// that needs none.
func (s *Store) change(op string) *change {
	c := &change{store: s, token: rand.Text(), mark: opLifetime, numbers: map[string]int{}}
	if op == "" {
		op, c.mark = c.token, callLifetime
	}
	c.key(s.keys.op(op))
	for _, k := range s.keys.outbox() {
		c.key(k)
	}
	c.key(s.keys.due())
	c.key(s.keys.feed())
	return c
}

func (c *change) key(name string) int {
	n, ok := c.numbers[name]
	if !ok {
		c.keys = append(c.keys, name)
		n = len(c.keys)
		c.numbers[name] = n
	}
	return n
}

// expect makes the change fail with errStale unless the hash field has this
// value; "" stands for no such field.
func (c *change) expect(hash, field, value string) {
	c.expects = append(c.expects, "field", c.key(hash), field, value)
}

// do adds a Redis command whose first argument is a key.
func (c *change) do(command, key string, args ...any) {
	c.does = append(c.does, len(args)+2, command, c.key(key))
	c.does = append(c.does, args...)
}

// put writes a record that was read at revision rev (0: that doesn't exist
// yet), together with further fields and values of its hash.
func (c *change) put(ref string, rev int64, doc any, fields ...any) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ref, err)
	}
	was := ""
	if rev > 0 {
		was = fmt.Sprint(rev)
	}
	key := c.store.keys.record(ref)
	c.expect(key, "rev", was)
	c.do("HSET", key, append([]any{"rev", rev + 1, "doc", string(body)}, fields...)...)
	return nil
}

// note tells the feed what happened to a record.
func (c *change) note(kind, ref string) { c.do("NOTE", c.store.keys.feed(), kind, ref) }

// wake sets a timer, or moves it.
func (c *change) wake(timer string, at time.Time) {
	c.do("ZADD", c.store.keys.due(), at.UnixMilli(), timer)
}

// calm takes a timer away.
func (c *change) calm(timer string) { c.do("ZREM", c.store.keys.due(), timer) }

// commit carries the change out. It returns the result that was noted for
// this op: by this call, or, with ErrDuplicate, by an earlier one.
func (c *change) commit(ctx context.Context, result string) (string, error) {
	args := append([]any{c.token, result, c.mark.Milliseconds(), c.store.clock.Now().UnixMilli(), len(c.expects) / 4}, c.expects...)
	got, err := commitScript.Run(ctx, c.store.rdb, c.keys, append(args, c.does...)...).StringSlice()
	if err != nil {
		return "", wrapCommit(err)
	}
	switch got[0] {
	case "done":
		if c.sends {
			c.store.nudge()
		}
		return got[1], nil
	case "again":
		return got[1], ErrDuplicate
	default:
		return "", errStale
	}
}

// Done reports whether a request has been carried out before.
func (s *Store) Done(ctx context.Context, op string) (result string, done bool, err error) {
	mark, err := s.rdb.Get(ctx, s.keys.op(op)).Result()
	if errors.Is(err, redis.Nil) {
		return "", false, nil
	}
	if err != nil {
		return "", false, wrap("look for a request", err)
	}
	_, result, _ = strings.Cut(mark, " ")
	return result, true, nil
}
