package lead

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What sales and marketing want to know of leads is counted in the commits
// that change them, by day (UTC), once for all leads and once by each group.
// So a question reads a hash a day, however many leads there were.

// Grouping is by what leads are told apart in numbers.
type Grouping string

// The groupings. By owner, only what an owner had a part in is counted.
const (
	All      Grouping = "all"
	BySource Grouping = "source"
	ByRoute  Grouping = "route"
	ByOwner  Grouping = "owner"
)

// Groupings lists every grouping.
var Groupings = []Grouping{All, BySource, ByRoute, ByOwner}

// MaxStatsDays is how many days a question may span. Counts are kept a little
// longer.
const (
	MaxStatsDays = 366
	StatsKept    = 400 * 24 * time.Hour
)

// Count is what happened to a group of leads in some days. Each thing is
// counted on the day on which it happened, so those returned may have been
// announced before.
type Count struct {
	Group     string // a source, a route or an owner; "" for all or for none
	Announced int    // again, too, when it had been returned
	Claimed   int    // the first time since it was announced
	Contacted int
	Accepted  int
	Returned  int
	Converted int
	Reasons   map[string]int    // of returns
	Amounts   map[string]Amount // of deals, by currency
	Claim     Times             // from the announcement until it was claimed
	Contact   Times             // and until the first contact: the speed to lead
}

// Times are the times that something took.
type Times struct{ Raw, Working Spread }

// Spread is how long something took in the middle, and at most in nine of ten
// cases. Both are right to within a tenth.
type Spread struct {
	Count       int
	Median, P90 time.Duration
}

// StatsSplit stands between a group and what is counted of it.
const StatsSplit = "\x1f"

// What is counted. Times are counted as "claim:raw:17", by [timeBucket]. Of an
// amount the hundredths are counted, and beside them the thousandths beyond, as
// in [Deal].
const (
	statReturned = "returned:" // and the reason
	statAmount   = "amount:"   // and the currency
	statMills    = "mills:"    // and the currency
	statClaim    = "claim:"
	statContact  = "contact:"
	raw, working = "raw:", "working:"
)

// Tally is what a change means for the numbers of one group of leads: by how
// much each thing counted grows.
type Tally struct {
	By     Grouping
	Group  string
	Counts map[string]int64
}

// Tallies tells what a change means for the numbers, by every grouping. A change
// without an event means nothing.
func (c Change) Tallies() []Tally {
	if len(c.Events) == 0 {
		return nil
	}

	counts := c.counts()
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
	if len(counts) == 0 {
		return nil
	}

	all := []Tally{{All, "", counts}, {BySource, c.New.Source, counts}, {ByRoute, c.New.Route, counts}}
	if owner := cmp.Or(c.New.Owner, c.Old.Owner); owner != "" {
		all = append(all, Tally{ByOwner, owner, counts})
	}

	return all
}

// counts is what a change counts for, by what is counted.
func (c Change) counts() map[string]int64 {
	old, l, counts := c.Old, c.New, map[string]int64{}

	anew := l.Announcements != old.Announcements
	if anew {
		counts["announced"]++
	}

	if l.FirstOwner != "" && (anew || old.FirstOwner == "") {
		counts["claimed"]++
		if c.Events[len(c.Events)-1].Kind == EventClaimed { // who was given it didn't take any time to claim it
			countTook(counts, statClaim, l.ClaimTook)
		}
	}

	if l.ContactTook != (Took{}) && (anew || old.ContactTook == (Took{})) {
		counts["contacted"]++
		countTook(counts, statContact, l.ContactTook)
	}

	if l.Status != old.Status {
		switch {
		case l.Status == Accepted || l.Status == Converted:
			counts[string(l.Status)]++
		case l.Status.Ended() && old.Status.Announced():
			counts["returned"]++
			counts[statReturned+l.Return.Reason]++
		}
	}

	for _, side := range []struct {
		l    Lead
		sign int64
	}{{old, -1}, {l, 1}} {
		if side.l.Status == Converted {
			counts[statAmount+side.l.Deal.Currency] += side.sign * side.l.Deal.Cents
			counts[statMills+side.l.Deal.Currency] += side.sign * side.l.Deal.Mills
		}
	}

	return counts
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

// CountsOf reads what was counted, by group and then by thing: the groups with
// the most leads announced first.
func CountsOf(sums map[string]map[string]int64) []Count {
	var counts []Count
	for group, sum := range sums {
		counts = append(counts, countOf(group, sum))
	}

	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Announced, a.Announced), cmp.Compare(b.Claimed, a.Claimed), cmp.Compare(a.Group, b.Group))
	})
	return counts
}

// countOf reads what was counted of one group.
func countOf(group string, sum map[string]int64) Count {
	c := Count{Group: group, Announced: int(sum["announced"]), Claimed: int(sum["claimed"]), Contacted: int(sum["contacted"]),
		Accepted: int(sum["accepted"]), Returned: int(sum["returned"]), Converted: int(sum["converted"]),
		Reasons: map[string]int{}, Amounts: map[string]Amount{}}
	for what, n := range sum {
		if reason, ok := strings.CutPrefix(what, statReturned); ok {
			c.Reasons[reason] = int(n)
		}

		if code, ok := strings.CutPrefix(what, statAmount); ok {
			c.Amounts[code] += Amount(n) * Unit / 100
		}

		if code, ok := strings.CutPrefix(what, statMills); ok {
			c.Amounts[code] += Amount(n)
		}
	}

	maps.DeleteFunc(c.Amounts, func(_ string, a Amount) bool { return a == 0 })

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

// MayBeNegative tells whether what is counted may come to less than nothing on a
// day: a deal that is worth less than it was.
func MayBeNegative(what string) bool {
	return strings.HasPrefix(what, statAmount) || strings.HasPrefix(what, statMills)
}
