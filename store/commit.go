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
//	      4 now, ms   5 number of expectations   6 of probes   7 of items to send
//	      then for each expectation:
//	        kind, key number, name, value ("" for absent): "field" is a field of a HASH,
//	        "score" a member of a ZSET, "first" the first member of a ZSET that begins so
//	      then probes, each: a command that reads and fails on another type, key number
//	      then commands, each: number of words, name, key number, arguments…
//	        "SEND" (channel, card, body) puts an item into the outbox
//	        "NOTE" (kind, reference) appends to the feed
//	        any other name is a Redis command
//	Returns {"done", result} | {"again", result noted by another call} | {"stale"}
//	      | {"refused", what a key holds, the probe that failed}
var commitScript = redis.NewScript(`
local mark = redis.call('GET', KEYS[1])
if mark then
  local cut = string.find(mark, ' ', 1, true)
  local result = string.sub(mark, cut + 1)
  if string.sub(mark, 1, cut - 1) == ARGV[1] then return {'done', result} end
  return {'again', result}
end
local at = 8
for _ = 1, tonumber(ARGV[5]) do
  local kind, key, name, want = ARGV[at], KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2], ARGV[at + 3]
  local have
  if kind == 'field' then
    have = redis.call('HGET', key, name)
  elseif kind == 'first' then
    have = redis.call('ZRANGEBYLEX', key, '[' .. name, '(' .. name .. '\255', 'LIMIT', 0, 1)[1]
  else
    have = redis.call('ZSCORE', key, name)
    if have and tonumber(have) == tonumber(want) then have = want end
  end
  if (have or '') ~= want then return {'stale'} end
  at = at + 4
end

for _ = 1, tonumber(ARGV[6]) do
  local key = KEYS[tonumber(ARGV[at + 1])]
  if type(redis.pcall(ARGV[at], key)) == 'table' then return {'refused', key .. ' holds a ' .. redis.call('TYPE', key)['ok'], ARGV[at]} end
  at = at + 2
end

-- These end the script when they fail, and then nothing was done.
local sends = tonumber(ARGV[7])
local last = sends > 0 and redis.call('INCRBY', KEYS[2], sends) - sends
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])

local faults = {}
local function call(name, key, ...)
  local got = redis.pcall(name, key, ...)
  if type(got) == 'table' and got.err then faults[#faults + 1] = name .. ' ' .. key .. ': ' .. got.err end
  return got
end
local function send(channel, card, body)
  local id = string.format('%016d', last + 1)
  if card ~= '' and call('HSETNX', KEYS[8], channel .. '|' .. card, id) == 0 then return end
  last = last + 1
  redis.call('HSET', KEYS[5], id, card .. '\n' .. ARGV[4] .. '\n' .. body)
  redis.call('ZADD', KEYS[3], 0, channel .. '|' .. id)
  local pace = call('HGET', KEYS[7], channel)
  local at = math.max(tonumber(ARGV[4]), type(pace) == 'string' and tonumber(pace) or 0)
  redis.call('ZADD', KEYS[4], 'NX', string.format('%.0f', at), channel)
end

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

	probes := tx.probes()
	args := make([]any, 0, 7+len(tx.expects)+len(probes)+len(tx.does))
	args = append(args, tx.token, tx.result, tx.lifetime.Milliseconds(), tx.now.UnixMilli(),
		len(tx.expects)/4, len(probes)/2, tx.sends)
	args = append(append(append(args, tx.expects...), probes...), tx.does...)
	got, err := commitScript.Run(ctx, tx.store.rdb, tx.keys, args...).StringSlice()
	if err != nil {
		return "", wrapCommit(err)
	}

	switch got[0] {
	case "done":
		if tx.sends > 0 {
			tx.store.nudge()
		}

		return got[1], nil
	case "again":
		return got[1], errs.ErrDuplicate
	case "refused":
		return "", fmt.Errorf("commit: nothing was changed: %s instead of a %s", got[1], typeOf[got[2]])
	default:
		return "", errStale
	}
}
