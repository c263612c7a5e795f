package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
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
var errStale = errors.New("decide anew")

// commitScript is the one way in which state changes. It checks that what the
// change was decided on still holds and that the request has not been carried
// out before, and then does everything that belongs to the change: records,
// indexes, outbox, timers and feed.
//
// Redis doesn't undo what a script did before one of its commands failed. So
// before the first write the script makes sure that every key is of the type
// that its commands need, which is the only way in which these commands fail on
// sound data; how much a command may carry was bounded by [Tx.Do]. A Redis that
// can't write at all (its memory or disk is full, or it is a replica) refuses the
// first write, which ends the script: it adds something, since a full memory
// refuses only that. What fails after it all the same (a counter that holds text)
// is passed over, noted in the faults for `smarketer doctor --deep`, and the rest
// of the change is done.
//
//	KEYS  1      its mark (op:…)
//	      2..11  the outbox (see keys.outbox)
//	      12     timers (due)
//	      13     feed
//	      14     faults
//	      15…    what the commands below name
//	ARGV  1 token of this call   2 result to note   3 lifetime of the mark, ms
//	      4 now, ms   5 number of expectations   then for each:
//	        kind, key number, name, value ("" for absent): "field" is a field of a HASH,
//	        "score" a member of a ZSET, "first" the first member of a ZSET that begins so
//	      then commands, each: number of words, name, key number, arguments…
//	        "SEND" (channel, card, body) puts an item into the outbox
//	        "NOTE" (kind, reference) appends to the feed
//	        any other name is a Redis command
//	Returns {"done", result} | {"again", result noted by another call} | {"stale"}
//	      | {"refused", why}
var commitScript = redis.NewScript(`
local mark = redis.call('GET', KEYS[1])
if mark then
  local cut = string.find(mark, ' ', 1, true)
  local result = string.sub(mark, cut + 1)
  if string.sub(mark, 1, cut - 1) == ARGV[1] then return {'done', result} end
  return {'again', result}
end
local function holds(kind, key, name, want)
  if kind == 'field' then return redis.call('HGET', key, name) end
  if kind == 'first' then return redis.call('ZRANGEBYLEX', key, '[' .. name, '(' .. name .. '\255', 'LIMIT', 0, 1)[1] end
  local score = redis.call('ZSCORE', key, name)
  if score and tonumber(score) == tonumber(want) then return want end
  return score
end
local at = 6
for _ = 1, tonumber(ARGV[5]) do
  local key, name, want = KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2], ARGV[at + 3]
  if (holds(ARGV[at], key, name, want) or '') ~= want then return {'stale'} end
  at = at + 4
end

local types = {HSET = 'hash', HDEL = 'hash', HINCRBY = 'hash', ZADD = 'zset', ZREM = 'zset', ZINCRBY = 'zset',
  ZREMRANGEBYRANK = 'zset', ZREMRANGEBYSCORE = 'zset', SADD = 'set', SREM = 'set', SET = 'string', INCRBY = 'string', NOTE = 'stream',
  SEND = 'string', DEL = '', EXPIRE = '', PEXPIRE = ''}
local outbox = {[3] = 'zset', [4] = 'zset', [5] = 'hash', [7] = 'hash', [8] = 'hash'}
local checked = {}
local function wrong(key, want)
  if checked[key] == want then return nil end
  if checked[key] then return {'refused', KEYS[key] .. ' is used as a ' .. checked[key] .. ' and as a ' .. want} end
  checked[key] = want
  local have = redis.call('TYPE', KEYS[key])['ok']
  if have == 'none' or have == want then return nil end
  return {'refused', KEYS[key] .. ' holds a ' .. have .. ' instead of a ' .. want}
end
local first, sends = at, 0
while at <= #ARGV do
  local words, name, key = tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2])
  local want = types[name]
  if not want then return {'refused', 'the command ' .. name .. ' is not one of those that a change may use'} end
  local why = want ~= '' and wrong(key, want)
  if not why and name == 'SEND' then
    sends = sends + 1
    for number, kind in pairs(outbox) do why = why or wrong(number, kind) end
  end
  if why then return why end
  at = at + words + 1
end

-- These end the script when they fail, and then nothing was done.
local last = sends > 0 and redis.call('INCRBY', KEYS[2], sends) - sends
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])

local faults = {}
local function call(name, key, ...)
  local got = redis.pcall(name, key, ...)
  if type(got) == 'table' and got.err then faults[#faults + 1] = name .. ' ' .. key .. ': ' .. got.err end
  return got
end
local function send(channel, card, body)
  local place = channel .. '|' .. card
  if card ~= '' and redis.call('HEXISTS', KEYS[8], place) == 1 then return end
  last = last + 1
  local id = string.format('%016d', last)
  if card ~= '' then redis.call('HSET', KEYS[8], place, id) end
  redis.call('HSET', KEYS[5], id, card .. '\n' .. ARGV[4] .. '\n' .. body)
  redis.call('ZADD', KEYS[3], 0, channel .. '|' .. id)
  local at = math.max(tonumber(ARGV[4]), tonumber(redis.call('HGET', KEYS[7], channel) or 0) or 0)
  redis.call('ZADD', KEYS[4], 'NX', string.format('%.0f', at), channel)
end

at = first
while at <= #ARGV do
  local words, name, key = tonumber(ARGV[at]), ARGV[at + 1], KEYS[tonumber(ARGV[at + 2])]
  if name == 'SEND' then
    send(ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
  elseif name == 'NOTE' then
    call('XADD', key, 'MAXLEN', '~', '100000', '*', 'kind', ARGV[at + 3], 'ref', ARGV[at + 4])
  else
    call(name, key, unpack(ARGV, at + 3, at + words))
  end
  at = at + words + 1
end
if #faults > 0 then redis.pcall('HSET', KEYS[14], ARGV[1], ARGV[4] .. ' ' .. table.concat(faults, '; ')) end
return {'done', ARGV[2]}
`)

// commit carries the change out. It returns the result that was noted for
// its op: by this call, or, with ErrDuplicate, by an earlier one. The error is
// errStale when what it was decided on has changed.
func (tx *Tx) commit(ctx context.Context) (string, error) {
	if words := len(tx.expects) + len(tx.does); words > maxWords {
		tx.fail(fmt.Errorf("a change has %d words, and may have %d", words, maxWords))
	}

	if tx.err != nil {
		return "", fmt.Errorf("commit: %w", tx.err)
	}

	args := append([]any{tx.token, tx.result, tx.lifetime.Milliseconds(), tx.now.UnixMilli(), len(tx.expects) / 4}, tx.expects...)
	got, err := commitScript.Run(ctx, tx.store.rdb, tx.keys, append(args, tx.does...)...).StringSlice()
	if err != nil {
		return "", wrapCommit(err)
	}

	switch got[0] {
	case "done":
		if tx.sends {
			tx.store.nudge()
		}

		return got[1], nil
	case "again":
		return got[1], errs.ErrDuplicate
	case "refused":
		return "", fmt.Errorf("commit: nothing was changed: %s", got[1])
	default:
		return "", errStale
	}
}
