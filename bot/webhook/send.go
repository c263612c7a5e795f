package webhook

import (
	"context"
	"errors"
	"sync"
	"time"

	"smarketer/store/errs"
	"smarketer/store/webhooks"
)

// atOnce is how many requests an endpoint gets at the same time.
const atOnce = 8

// outcome is what became of one try.
type outcome struct {
	event      webhooks.Event
	fault      string        // what went wrong, "" when the endpoint took it
	retryAfter time.Duration // what the endpoint asked for
}

// sendAll sends events, several at a time, those of one record one after the
// other. The error is the store's; nothing is known of the events then.
func (s *Sender) sendAll(ctx context.Context, e Endpoint, events []webhooks.Event) ([]outcome, error) {
	outcomes, errs := make([]outcome, len(events)), make([]error, len(events))
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for _, record := range byRecord(events) {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, i := range record {
				outcomes[i], errs[i] = s.send(context.WithoutCancel(ctx), e, events[i])
			}
		})
	}

	all.Wait()

	return outcomes, errors.Join(errs...)
}

// byRecord groups events by the record that they are about: their places in
// the list, in order.
func byRecord(events []webhooks.Event) [][]int {
	var groups [][]int
	group := map[string]int{}
	for i, event := range events {
		ref := recordOf(event.Ref)
		n, ok := group[ref]
		if !ok {
			n = len(groups)
			group[ref], groups = n, append(groups, nil)
		}

		groups[n] = append(groups[n], i)
	}

	return groups
}

// send tells an endpoint of one event. An event whose record is gone is not sent
// and counts as taken. The error is the store's.
func (s *Sender) send(ctx context.Context, e Endpoint, event webhooks.Event) (outcome, error) {
	body, err := s.payload(ctx, event)
	if errors.Is(err, errs.ErrNotFound) {
		return outcome{event: event}, nil
	}

	if err != nil {
		return outcome{event: event}, err
	}

	fault, retryAfter := s.post(ctx, e, event.ID, body)
	return outcome{event: event, fault: fault, retryAfter: retryAfter}, nil
}
