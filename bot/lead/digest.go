package lead

import (
	"context"
	"fmt"
	"strings"
	"time"

	"smarketer/bot/blocks"
	"smarketer/store"
)

const (
	digestOf    = 200 // of how many returned leads the digest is made
	digestNamed = 10  // how many of them it names
)

// digestAt is when marketing hears of a lead that was returned: in the morning
// of the next working day, of all of a day together.
func (l *Room) digestAt(returned time.Time) time.Time {
	hours := l.Rules.fallback.Hours
	tomorrow := returned.In(hours.Zone()).AddDate(0, 0, 1).Format(time.DateOnly)
	at, err := hours.On(tomorrow)
	if err != nil { // there is no such date
		return returned
	}
	return at
}

// tellReturns tells everybody in marketing which leads sales returned, in one
// message a day. What sales wrote about them stays in /lead returns.
func (l *Room) tellReturns(ctx context.Context, t store.Timer) error {
	return l.Store.DigestReturns(ctx, t, digestOf, l.desk(), func(leads []store.Lead) ([]store.Item, error) {
		people, err := l.People(ctx, store.Marketing)
		if err != nil {
			return nil, err
		}
		return toEach(people, returnsDigest(leads))
	})
}

func returnsDigest(leads []store.Lead) string {
	lines := []string{fmt.Sprintf("*Sales returned %d leads.*", len(leads))}
	if len(leads) == 1 {
		lines[0] = "*Sales returned a lead.*"
	}
	for _, lead := range leads[:min(len(leads), digestNamed)] {
		lines = append(lines, fmt.Sprintf("• %s: %s (%s)", lead.ID, blocks.Escape(lead.Return.Reason), person(lead.Return.By)))
	}
	if more := len(leads) - digestNamed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(append(lines, "`/lead returns` has what they wrote, the rules behind it, and a way to send a lead elsewhere."), "\n")
}
