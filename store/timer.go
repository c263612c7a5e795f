package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Timer is something that is due: what to do, and with which record.
type Timer struct {
	Name string // "lead.unclaimed"
	Ref  string // "L-31"
	// fence is the score that the lease set: a change that settles the timer
	// is refused once somebody else has it.
	fence string
}

func timerMember(name, ref string) string { return name + ":" + ref }

// dueScript takes timers that are due.
//
//	KEYS  1 due
//	ARGV  1 now, ms   2 when the leases end, ms   3 how many at the most
//	Returns when the next timer is due (ms, "" for none), then the members.
var dueScript = redis.NewScript(`
local out = {''}
for _, timer in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  redis.call('ZADD', KEYS[1], ARGV[2], timer)
  out[#out + 1] = timer
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
	got, err := dueScript.Run(ctx, s.rdb, []string{s.keys.due()}, now.UnixMilli(), until, limit).StringSlice()
	if err != nil {
		return nil, time.Time{}, wrap("lease timers", err)
	}
	timers := make([]Timer, 0, len(got)-1)
	for _, m := range got[1:] {
		name, ref, _ := strings.Cut(m, ":")
		timers = append(timers, Timer{Name: name, Ref: ref, fence: formatScore(until)})
	}
	return timers, parseMillis(got[0]), nil
}

// settle makes a change conditional on still having the timer, and takes the
// timer away with it.
func (c *change) settle(t Timer) {
	member := timerMember(t.Name, t.Ref)
	c.expects = append(c.expects, "due", c.key(c.store.keys.due()), member, t.fence)
	c.calm(member)
}

// KeepTimer sets a timer that is always to be there, unless it is.
func (s *Store) KeepTimer(ctx context.Context, name string, at time.Time) error {
	err := s.rdb.ZAddNX(ctx, s.keys.due(), redis.Z{Score: float64(at.UnixMilli()), Member: timerMember(name, "")}).Err()
	return wrap("set a timer", err)
}

// DropTimer takes a leased timer away that has nothing left to do. A timer
// that was set anew meanwhile stays.
func (s *Store) DropTimer(ctx context.Context, t Timer) error {
	c := s.change("")
	c.settle(t)
	_, err := c.commit(ctx, "")
	if errors.Is(err, errStale) {
		return nil
	}
	return err
}
