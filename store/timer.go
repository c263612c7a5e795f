package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// Timer is something that is due: what to do, and with which record.
type Timer struct {
	Name  string // "lead.sla"
	Ref   string // "L-31"; "" for one that a workspace has once
	Fails int    // how often its work has failed since it was set
	// fence is the score that the lease set: a change that finishes the timer is
	// refused once somebody else has it.
	fence string
}

// String is what the ZSET of timers holds: "lead.sla:L-31".
func (t Timer) String() string { return timerMember(t.Name, t.Ref) }

func timerMember(name, ref string) string { return name + ":" + ref }

// dueScript takes timers that are due.
//
//	KEYS  1 due   2 tries
//	ARGV  1 now, ms   2 when the leases end, ms   3 how many at the most
//	Returns when the next timer is due (ms, "" for none), then for each timer:
//	member, how often it failed since it was set.
var dueScript = redis.NewScript(`
local out = {''}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #due, 2 do
  local timer, fails = due[i], '0'
  local tried = redis.call('HGET', KEYS[2], timer)
  if tried then
    local n, at = string.match(tried, '^(%d+) (%d+)$')
    if n and tonumber(at) == tonumber(due[i + 1]) then fails = n end
    redis.call('HSET', KEYS[2], timer, fails .. ' ' .. ARGV[2])
  end
  redis.call('ZADD', KEYS[1], ARGV[2], timer)
  out[#out + 1], out[#out + 2] = timer, fails
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if next[2] then out[1] = next[2] end
return out
`)

// LeaseTimers takes up to limit timers that are due, for the time given: when
// its work isn't committed by then, a timer is due again. It also tells when
// the next one will be; zero when none is set.
func (s *Store) LeaseTimers(ctx context.Context, limit int, lease time.Duration) ([]Timer, time.Time, error) {
	now := s.clock.Now()
	until := now.Add(lease).UnixMilli()
	got, err := dueScript.Run(ctx, s.rdb, []string{s.keys.due(), s.keys.timerTries()}, now.UnixMilli(), until, limit).StringSlice()
	if err != nil {
		return nil, time.Time{}, Wrap("lease timers", err)
	}

	timers := make([]Timer, 0, len(got)/2)
	for pair := range slices.Chunk(got[1:], 2) {
		name, ref, _ := strings.Cut(pair[0], ":")
		fails, _ := strconv.Atoi(pair[1])
		timers = append(timers, Timer{Name: name, Ref: ref, Fails: fails, fence: FormatMillis(until)})
	}

	return timers, ParseMillis(got[0]), nil
}

// retryTimerScript gives a leased timer back whose work failed.
//
//	KEYS  1 due   2 tries
//	ARGV  1 member   2 fence   3 when to try again, ms   4 how often it has failed by now
//	Returns 1, or 0 when the lease was somebody else's by then.
var retryTimerScript = redis.NewScript(`
local have = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not have or tonumber(have) ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4] .. ' ' .. ARGV[3])
return 1
`)

// RetryTimer gives a leased timer back whose work failed, to be tried again at
// a time. One that was set anew meanwhile, or that somebody else has, stays as
// it is.
func (s *Store) RetryTimer(ctx context.Context, t Timer, at time.Time) error {
	keys := []string{s.keys.due(), s.keys.timerTries()}
	err := retryTimerScript.Run(ctx, s.rdb, keys, t.String(), t.fence, at.UnixMilli(), t.Fails+1).Err()
	return Wrap("set a timer anew", err)
}

// ArchiveTimer gives a leased timer up whose work fails again and again: it is
// a dead timer, kept with the reason until somebody has it run again. When it
// was set anew meanwhile, or somebody else has it, nothing is done.
func (s *Store) ArchiveTimer(ctx context.Context, t Timer, reason string) error {
	return s.FinishTimer(ctx, t, func(tx *Tx) error {
		tx.Do("HSET", s.keys.timerDead(), t.String(), FormatMillis(tx.now.UnixMilli())+" "+reason)
		return nil
	})
}

// DeadTimer is a timer that was given up.
type DeadTimer struct {
	Timer
	Reason string
	At     time.Time
}

// DeadTimers lists the timers that were given up, the last first.
func (s *Store) DeadTimers(ctx context.Context) ([]DeadTimer, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.timerDead()).Result()
	if err != nil {
		return nil, Wrap("list dead timers", err)
	}

	dead := make([]DeadTimer, 0, len(all))
	for member, text := range all {
		name, ref, _ := strings.Cut(member, ":")
		at, reason, _ := strings.Cut(text, " ")
		dead = append(dead, DeadTimer{Timer: Timer{Name: name, Ref: ref}, Reason: reason, At: ParseMillis(at)})
	}

	slices.SortFunc(dead, func(a, b DeadTimer) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}

		return strings.Compare(a.String(), b.String())
	})
	return dead, nil
}

// ReviveTimer has a dead timer run again, now. The error is [errs.ErrNotFound]
// when there is none with this name ("lead.sla:L-31").
func (s *Store) ReviveTimer(ctx context.Context, timer string) error {
	_, err := s.Update(ctx, "", func(tx *Tx) error {
		got, err := tx.Fields(ctx, s.keys.timerDead(), timer)
		if err != nil {
			return err
		}

		if got[0] == "" {
			return fmt.Errorf("dead timer %s: %w", timer, errs.ErrNotFound)
		}

		tx.Do("HDEL", s.keys.timerDead(), timer)
		tx.Do("ZADD", s.keys.due(), "NX", tx.now.UnixMilli(), timer)
		return nil
	})
	return err
}

// KeepTimer sets a timer that is always to be there, unless it is.
func (s *Store) KeepTimer(ctx context.Context, name string, at time.Time) error {
	err := s.rdb.ZAddNX(ctx, s.keys.due(), redis.Z{Score: float64(at.UnixMilli()), Member: timerMember(name, "")}).Err()
	return Wrap("set a timer", err)
}

// DropTimer takes a leased timer away that has nothing left to do. A timer
// that was set anew meanwhile stays.
func (s *Store) DropTimer(ctx context.Context, t Timer) error {
	return s.FinishTimer(ctx, t, func(*Tx) error { return nil })
}

// TimerAt is when a timer is due; the error is [errs.ErrNotFound] when it isn't
// set.
func (s *Store) TimerAt(ctx context.Context, name, ref string) (time.Time, error) {
	at, err := s.rdb.ZScore(ctx, s.keys.due(), timerMember(name, ref)).Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, fmt.Errorf("timer %s: %w", timerMember(name, ref), errs.ErrNotFound)
	}

	return time.UnixMilli(int64(at)).UTC(), Wrap("look for a timer", err)
}
