package store

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// The outbox holds what Slack must still be told. An item enters it in the
// same commit as the change that it tells of, and leaves it when Slack has
// taken it. Its keys, in the order of keys.outbox:
//
//	seq      counter of items and of lease tokens
//	queue    ZSET, all scores 0: "channel|item", so in order within a channel
//	ready    ZSET: channel → when its first item may be sent, or its lease ends
//	item     HASH: item → card reference, newline, when it came in (ms), newline, body (JSON)
//	lease    HASH: channel → token of the worker that has its first item
//	pace     HASH: channel → when the next message is allowed, ms
//	pending  HASH: "channel|card" → its item that nobody has leased yet, so that many changes make one update
//	doubt    HASH: item → when it was first leased without an answer, ms; a dead letter keeps it
//	tries    HASH: item → how often it was leased
//	dead     ZSET by item: "item|channel|ms|reason" of what was given up

// Item is something to send to Slack.
type Item struct {
	// Channel is a channel's ID, or a person's for a direct message.
	Channel string `json:"-"`
	// Card names a record ("lead:L-31") whose card is to be shown or brought
	// up to date; it is rendered from the record as it is when it is sent. A
	// further card of the same record in the same conversation has a name of
	// its own after a slash: "feedback:F-7/planned".
	Card string `json:"-"`
	// Under names a card: Message goes into its thread, and with Broadcast
	// into the conversation as well.
	Under     string `json:"under,omitempty"`
	Broadcast bool   `json:"broadcast,omitempty"`
	// Message is a message as the bot rendered it, when Card is empty.
	Message json.RawMessage `json:"message,omitempty"`
}

// Leased is an item that this process has the sole right to send until the
// lease runs out.
type Leased struct {
	Item
	ID    string
	Since time.Time // when it came into the outbox
	Tries int       // how often it was leased, this time included
	// Doubt is when it was first sent without an answer to tell whether Slack
	// took it; zero when it certainly has not been sent.
	Doubt time.Time
	// Lost says that what the item held is gone: unless it is a card, there is
	// nothing to send.
	Lost  bool
	token string
}

// Send puts messages into the outbox that belong to no change of state.
func (s *Store) Send(ctx context.Context, op string, items ...Item) error {
	_, err := s.Update(ctx, op, func(tx *Tx) error {
		tx.Send(items...)
		tx.Result("sent")
		return nil
	})
	return err
}

// Nudged tells when this process has put something into the outbox.
func (s *Store) Nudged() <-chan struct{} { return s.nudged }

func (s *Store) nudge() {
	select {
	case s.nudged <- struct{}{}:
	default:
	}
}

// leaseScript takes the first item of each channel that may be written to now.
//
//	KEYS  the outbox
//	ARGV  1 now, ms   2 when the leases end, ms   3 how many at the most
//	Returns when the next channel is ready (ms, "" for none), then for each
//	lease: item, channel, token, tries, doubt, what item holds.
var leaseScript = redis.NewScript(`
local out = {''}
for _, channel in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local head = redis.call('ZRANGEBYLEX', KEYS[2], '[' .. channel .. '|', '(' .. channel .. '}', 'LIMIT', 0, 1)[1]
  if not head then
    redis.call('ZREM', KEYS[3], channel)
    redis.call('HDEL', KEYS[5], channel)
  else
    local id = string.sub(head, #channel + 2)
    local token = tostring(redis.call('INCR', KEYS[1]))
    local stored = redis.call('HGET', KEYS[4], id)
    local cut = stored and string.find(stored, '\n', 1, true)
    if not cut then -- a hole: it says nothing, is reported, and holds up nobody
      local card, waiting = '', redis.call('HGETALL', KEYS[7])
      for i = 1, #waiting, 2 do -- a card needs nothing but its name
        if waiting[i + 1] == id then card = string.sub(waiting[i], #channel + 2) end
      end
      stored, cut = card .. '\n' .. ARGV[1] .. '\n', #card + 1
      redis.call('HSET', KEYS[4], id, stored)
    end
    redis.call('HSET', KEYS[5], channel, token)
    redis.call('ZADD', KEYS[3], ARGV[2], channel)
    local place = channel .. '|' .. string.sub(stored, 1, cut - 1)
    if redis.call('HGET', KEYS[7], place) == id then redis.call('HDEL', KEYS[7], place) end
    local doubt = redis.call('HGET', KEYS[8], id) or ''
    redis.call('HSETNX', KEYS[8], id, ARGV[1])
    for _, v in ipairs({id, channel, token, tostring(redis.call('HINCRBY', KEYS[9], id, 1)), doubt, stored}) do
      out[#out + 1] = v
    end
  end
end
local next = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if next[2] then out[1] = next[2] end
return out
`)

// LeaseItems takes up to limit items that may be sent now, the first of each
// channel, for the time given. It also tells when the next one may be sent;
// zero when none waits.
func (s *Store) LeaseItems(ctx context.Context, limit int, lease time.Duration) ([]Leased, time.Time, error) {
	now := s.clock.Now()
	got, err := leaseScript.Run(ctx, s.rdb, s.keys.outbox(), now.UnixMilli(), now.Add(lease).UnixMilli(), limit).StringSlice()
	if err != nil {
		return nil, time.Time{}, Wrap("lease from the outbox", err)
	}

	next := ParseMillis(got[0])
	var items []Leased
	for f := got[1:]; len(f) >= 6; f = f[6:] {
		l := Leased{ID: f[0], token: f[2], Doubt: ParseMillis(f[4])}
		l.Tries, _ = strconv.Atoi(f[3])
		card, rest, _ := strings.Cut(f[5], "\n")
		since, body, _ := strings.Cut(rest, "\n")
		// A body that can't be read, say from a newer version of the program,
		// must not hold up the others: the item says nothing, and is buried.
		_ = json.Unmarshal([]byte(body), &l.Item)
		l.Lost = body == ""
		l.Channel, l.Card, l.Since = f[1], card, ParseMillis(since)
		items = append(items, l)
	}

	return items, next, nil
}

// takeOut begins the scripts that take a leased item out of the queue, and
// gives them goOn, which lets its channel's next item be sent at a time.
const takeOut = `
local channel, id = ARGV[1], ARGV[3]
if redis.call('HGET', KEYS[5], channel) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[5], channel)
redis.call('ZREM', KEYS[2], channel .. '|' .. id)
redis.call('HDEL', KEYS[9], id)
local function goOn(at)
  if redis.call('ZRANGEBYLEX', KEYS[2], '[' .. channel .. '|', '(' .. channel .. '}', 'LIMIT', 0, 1)[1] then
    redis.call('ZADD', KEYS[3], string.format('%.0f', at), channel)
  else
    redis.call('ZREM', KEYS[3], channel)
  end
end
`

// finishScript takes a sent item out.
//
//	KEYS  the outbox, then the card's record
//	ARGV  1 channel   2 token   3 item   4 now, ms   5 ms between messages   6 ms that a burst may be ahead
//	      7 where the card is now ("channel ts", "" for no card or no change)   8 field that notes it
//	Returns 1, or 0 when the lease was somebody else's by then.
var finishScript = redis.NewScript(takeOut + `
redis.call('HDEL', KEYS[4], id)
redis.call('HDEL', KEYS[8], id)
if ARGV[7] ~= '' and redis.call('EXISTS', KEYS[11]) == 1 then redis.call('HSET', KEYS[11], ARGV[8], ARGV[7]) end
local now, ahead = tonumber(ARGV[4]), tonumber(ARGV[6])
local allowed = math.max(now, (tonumber(redis.call('HGET', KEYS[6], channel) or 0) or 0) + ahead) + tonumber(ARGV[5]) - ahead
redis.call('HSET', KEYS[6], channel, string.format('%.0f', allowed))
goOn(math.max(now, allowed))
return 1
`)

// Pace is how fast one channel may be written to.
type Pace struct {
	Every time.Duration // a message each
	Burst int           // so many at once after a rest, at least 1
}

// FinishItem takes a sent item out of the outbox and keeps the pace of its
// channel. at is where a card's message is ("C123 1700000000.000100"), or ""
// when that is known already. The message of a card that goes to a person is
// in their direct messages ("D123 …"). It reports false when the lease had run out and
// somebody else has the item.
func (s *Store) FinishItem(ctx context.Context, l Leased, at string, p Pace) (bool, error) {
	ahead := p.Every * time.Duration(max(p.Burst, 1)-1)
	ref, field := cardField(l.Card, l.Channel)
	mine, err := finishScript.Run(ctx, s.rdb, append(s.keys.outbox(), s.keys.record(ref)), l.Channel, l.token, l.ID,
		s.clock.Now().UnixMilli(), p.Every.Milliseconds(), ahead.Milliseconds(), at, field).Bool()
	return mine, Wrap("finish an outbox item", err)
}

// retryScript gives an item back.
//
//	KEYS  the outbox
//	ARGV  1 channel   2 token   3 item   4 when to try again, ms   5 "1": certainly never sent
//	Returns 1, or 0 when the lease was somebody else's by then.
var retryScript = redis.NewScript(`
if redis.call('HGET', KEYS[5], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
if ARGV[5] == '1' then redis.call('HDEL', KEYS[8], ARGV[3]) end
return 1
`)

// RetryItem gives a leased item back, to be tried again no earlier than at;
// its whole channel waits for it. notSent says that Slack has certainly not
// taken it this time; a doubt from an earlier try remains.
func (s *Store) RetryItem(ctx context.Context, l Leased, at time.Time, notSent bool) error {
	err := retryScript.Run(ctx, s.rdb, s.keys.outbox(), l.Channel, l.token, l.ID, at.UnixMilli(), l.certain(notSent)).Err()
	return Wrap("give back an outbox item", err)
}

// certain is "1" when Slack has taken the item neither this time nor before.
func (l Leased) certain(notSent bool) string {
	if notSent && l.Doubt.IsZero() {
		return "1"
	}

	return ""
}

// CardPlace tells where the message of a card is in Slack that was sent to a
// channel or a person; "" when it has not been posted there.
func (s *Store) CardPlace(ctx context.Context, card, to string) (channel, ts string, err error) {
	ref, field := cardField(card, to)
	place, err := s.rdb.HGet(ctx, s.keys.record(ref), field).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", "", Wrap("find a card", err)
	}

	channel, ts, _ = strings.Cut(place, " ")
	return channel, ts, nil
}

// CardsOf lists every card of a record that has been posted, in no order, as
// items that bring them up to date.
func (s *Store) CardsOf(ctx context.Context, ref string) ([]Item, error) {
	fields, err := s.rdb.HKeys(ctx, s.keys.record(ref)).Result()
	if err != nil {
		return nil, Wrap("list cards", err)
	}

	var cards []Item
	for _, f := range fields {
		name, ok := strings.CutPrefix(f, cardBegins)
		if !ok {
			continue
		}

		it := Item{Card: ref}
		part, channel, _ := strings.Cut(name, ":")
		if it.Channel = channel; part != "" {
			it.Card += "/" + part
		}

		cards = append(cards, it)
	}

	return cards, nil
}

// FormatMillis writes milliseconds as Redis gives back a score.
func FormatMillis(ms int64) string { return strconv.FormatInt(ms, 10) }

// ParseMillis reads a time in milliseconds; the zero time for what is none.
func ParseMillis(s string) time.Time {
	ms, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return time.Time{}
	}

	return time.UnixMilli(int64(ms)).UTC()
}
