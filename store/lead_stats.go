package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// What sales and marketing want to know of leads is counted in the commits
// that change them, by day (UTC), once for all leads and once by each group.
// So a question reads a hash a day, however many leads there were.

// LeadGrouping is by what leads are told apart in numbers.
type LeadGrouping string

// The groupings. By owner, only what an owner had a part in is counted.
const (
	AllLeads LeadGrouping = "all"
	BySource LeadGrouping = "source"
	ByRoute  LeadGrouping = "route"
	ByOwner  LeadGrouping = "owner"
)

// LeadGroupings lists every grouping.
var LeadGroupings = []LeadGrouping{AllLeads, BySource, ByRoute, ByOwner}

// MaxStatsDays is how many days a question may span. Counts are kept a little
// longer.
const (
	MaxStatsDays = 366
	statsKept    = 400 * 24 * time.Hour
)

// LeadCount is what happened to a group of leads in some days. Each thing is
// counted on the day on which it happened, so those returned may have been
// announced before.
type LeadCount struct {
	Group     string // a source, a route or an owner; "" for all or for none
	Announced int    // again, too, when it had been returned
	Claimed   int    // the first time since it was announced
	Contacted int
	Accepted  int
	Returned  int
	Converted int
	Reasons   map[string]int   // of returns
	Amounts   map[string]int64 // of deals: hundredths, by currency
	Claim     Times            // from the announcement until it was claimed
	Contact   Times            // and until the first contact: the speed to lead
}

// Times are the times that something took.
type Times struct{ Raw, Working Spread }

// Spread is how long something took in the middle, and at most in nine of ten
// cases. Both are right to within a tenth.
type Spread struct {
	Count       int
	Median, P90 time.Duration
}

// statsSplit stands between a group and what is counted of it.
const statsSplit = "\x1f"

// What is counted. Times are counted as "claim:raw:17", by [timeBucket].
const (
	statReturned = "returned:" // and the reason
	statAmount   = "amount:"   // and the currency
	statClaim    = "claim:"
	statContact  = "contact:"
	raw, working = "raw:", "working:"
)

// tallyLead counts what a change means for the numbers. events are what the
// change brought into the lead's history.
func (c *change) tallyLead(old, l Lead, events []LeadEvent) {
	counts := map[string]int64{}
	anew := l.Cycle != old.Cycle
	if anew {
		counts["announced"]++
	}
	if l.FirstOwner != "" && (anew || old.FirstOwner == "") {
		counts["claimed"]++
		if events[len(events)-1].Kind == EventClaimed { // who was given it didn't take any time to claim it
			countTook(counts, statClaim, l.ClaimTook)
		}
	}
	if l.ContactTook != (Took{}) && (anew || old.ContactTook == (Took{})) {
		counts["contacted"]++
		countTook(counts, statContact, l.ContactTook)
	}
	if l.Status != old.Status {
		switch {
		case l.Status == LeadAccepted || l.Status == LeadConverted:
			counts[string(l.Status)]++
		case l.Status.Ended() && old.Status.Announced():
			counts["returned"]++
			counts[statReturned+l.Return.Reason]++
		}
	}
	for lead, sign := range map[*Lead]int64{&old: -1, &l: 1} {
		if lead.Status == LeadConverted && lead.Deal.Cents != 0 {
			counts[statAmount+lead.Deal.Currency] += sign * lead.Deal.Cents
		}
	}
	at := c.store.now()
	for by, group := range map[LeadGrouping]string{AllLeads: "", BySource: l.Source, ByRoute: l.Route, ByOwner: cmp.Or(l.Owner, old.Owner)} {
		if by == ByOwner && group == "" {
			continue
		}
		key, counted := c.store.keys.leadStats(by, at), false
		for what, n := range counts {
			if n != 0 {
				c.do("HINCRBY", key, group+statsSplit+what, n)
				counted = true
			}
		}
		if counted {
			c.do("PEXPIRE", key, statsKept.Milliseconds())
		}
	}
}

func countTook(counts map[string]int64, what string, t Took) {
	counts[what+raw+timeBucket(t.Raw)]++
	counts[what+working+timeBucket(t.Working)]++
}

// bucketsPerDoubling says how finely times are counted: each bucket reaches
// 19% further than the one before, so its middle is at most 9% off.
const bucketsPerDoubling = 4

// timeBucket is the bucket that counts a time: 0 for up to a second.
func timeBucket(d time.Duration) string {
	if d <= time.Second {
		return "0"
	}
	return strconv.Itoa(int(math.Ceil(math.Log2(d.Seconds()) * bucketsPerDoubling)))
}

// bucketMiddle is a time that stands for those in a bucket.
func bucketMiddle(bucket int) time.Duration {
	if bucket == 0 {
		return 0
	}
	return time.Duration(math.Exp2((float64(bucket)-0.5)/bucketsPerDoubling) * float64(time.Second))
}

// LeadStats counts what happened to leads in the last days, today among them,
// by group: those with the most leads announced first. days is from 1 to
// [MaxStatsDays].
func (s *Store) LeadStats(ctx context.Context, days int, by LeadGrouping) ([]LeadCount, error) {
	sums := map[string]map[string]int64{} // by group, then by what is counted
	pipe := s.rdb.Pipeline()
	reads := make([]*redis.MapStringStringCmd, days)
	for i := range reads {
		reads[i] = pipe.HGetAll(ctx, s.keys.leadStats(by, s.now().AddDate(0, 0, -i)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("read the numbers of leads", err)
	}
	for _, read := range reads {
		for field, text := range read.Val() {
			group, what, _ := strings.Cut(field, statsSplit)
			n, _ := strconv.ParseInt(text, 10, 64)
			if sums[group] == nil {
				sums[group] = map[string]int64{}
			}
			sums[group][what] += n
		}
	}
	var counts []LeadCount
	for group, sum := range sums {
		counts = append(counts, countOf(group, sum))
	}
	slices.SortFunc(counts, func(a, b LeadCount) int {
		return cmp.Or(cmp.Compare(b.Announced, a.Announced), cmp.Compare(b.Claimed, a.Claimed), cmp.Compare(a.Group, b.Group))
	})
	return counts, nil
}

// countOf reads what was counted of one group.
func countOf(group string, sum map[string]int64) LeadCount {
	c := LeadCount{Group: group, Announced: int(sum["announced"]), Claimed: int(sum["claimed"]), Contacted: int(sum["contacted"]),
		Accepted: int(sum["accepted"]), Returned: int(sum["returned"]), Converted: int(sum["converted"]),
		Reasons: map[string]int{}, Amounts: map[string]int64{}}
	for what, n := range sum {
		if reason, ok := strings.CutPrefix(what, statReturned); ok {
			c.Reasons[reason] = int(n)
		}
		if currency, ok := strings.CutPrefix(what, statAmount); ok && n != 0 {
			c.Amounts[currency] = n
		}
	}
	c.Claim = Times{spread(sum, statClaim+raw), spread(sum, statClaim+working)}
	c.Contact = Times{spread(sum, statContact+raw), spread(sum, statContact+working)}
	return c
}

// spread reads times from their buckets.
func spread(sum map[string]int64, prefix string) Spread {
	in := map[int]int{}
	total := 0
	for what, n := range sum {
		if text, ok := strings.CutPrefix(what, prefix); ok {
			bucket, _ := strconv.Atoi(text)
			in[bucket] += int(n)
			total += int(n)
		}
	}
	return Spread{Count: total, Median: quantile(in, total, 0.5), P90: quantile(in, total, 0.9)}
}

// quantile is the time that so much of all times don't exceed.
func quantile(in map[int]int, total int, q float64) time.Duration {
	rank, seen := int(math.Ceil(q*float64(total))), 0
	last := 0
	for last = range maxBucket + 1 {
		if seen += in[last]; seen >= rank {
			break
		}
	}
	return bucketMiddle(last)
}

// maxBucket counts the longest [time.Duration].
const maxBucket = 34 * bucketsPerDoubling
