package bottest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/bottest/roomtest"
	"smarketer/bot/slacksim"
)

// sender sends leads to the webhook as a careful sender does: again and again
// with the same webhook-id until they are accepted.
type sender struct {
	c *town

	requests, retries, unavailable, accepted atomic.Int64
	mu                                       sync.Mutex
	names                                    map[string]time.Time // when each lead was accepted, by name
}

func newSender(c *town) *sender { return &sender{c: c, names: map[string]time.Time{}} }

// leadName names a lead of a batch: "c07-00012-3". The leads of a channel are
// accepted batch by batch.
func leadName(channel, batch, n int) string { return fmt.Sprintf("c%02d-%05d-%d", channel, batch, n) }

type webhookLead struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Company   string `json:"company"`
	Industry  string `json:"industry"`
	Employees int    `json:"employees"`
}

func newWebhookLead(channel int, name string) webhookLead {
	return webhookLead{ID: name, Source: "chaos", Name: name, Email: name + "@buyers.example", Company: "Buyers", Industry: fmt.Sprintf("c%02d", channel), Employees: 100}
}

// send sends some leads of one channel until they are accepted.
func (s *sender) send(ctx context.Context, leads []webhookLead) {
	body, err := json.Marshal(leads[0])
	if len(leads) > 1 {
		body, err = json.Marshal(map[string][]webhookLead{"leads": leads})
	}

	require.NoError(s.c.t, err)

	id := "msg_" + rand.Text()
	for ctx.Err() == nil {
		again := s.try(ctx, id, body)
		if again == 0 {
			now := time.Now()

			s.mu.Lock()
			for _, l := range leads {
				s.names[l.ID] = now
			}

			s.mu.Unlock()
			s.accepted.Add(int64(len(leads)))
			return
		}

		s.retries.Add(1)

		select {
		case <-time.After(again):
		case <-ctx.Done():
		}
	}
}

// try sends a request once, to any replica. It returns after how long to try
// again, 0 when it was accepted.
func (s *sender) try(ctx context.Context, id string, body []byte) (again time.Duration) {
	again = 100*time.Millisecond + mrand.N(400*time.Millisecond)
	now := time.Now()
	signature, err := s.c.key.Sign(id, now, body)
	require.NoError(s.c.t, err)
	replica := s.c.fleet[mrand.IntN(len(s.c.fleet))]
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+replica.address+"/webhooks/leads", bytes.NewReader(body))
	require.NoError(s.c.t, err)
	req.Header = http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {id},
		"Webhook-Timestamp": {fmt.Sprint(now.Unix())}, "Webhook-Signature": {signature}}

	s.requests.Add(1)

	res, err := s.c.http.Do(req)
	if err != nil {
		return again
	}
	defer res.Body.Close()

	answer, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return again
	case res.StatusCode == http.StatusAccepted:
		s.check(answer)
		return 0
	case res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusTooManyRequests:
		s.unavailable.Add(1)

		if after, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || after < 1 {
			s.c.t.Errorf("status %d without Retry-After", res.StatusCode)
		}

		return again
	default:
		s.c.t.Errorf("the webhook answered %d: %s", res.StatusCode, answer)
		return again
	}
}

// check makes sure that an answer tells of every lead what became of it.
func (s *sender) check(answer []byte) {
	var said struct {
		Results []struct{ ID, Lead, Status string }
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		s.c.t.Errorf("the webhook answered what can't be read: %v", err)
	}

	for _, r := range said.Results {
		if r.Lead == "" || (r.Status != "open" && r.Status != "duplicate" && r.Status != "updated") {
			s.c.t.Errorf("lead %s: %q %q", r.ID, r.Lead, r.Status)
		}
	}
}

// batches are the sizes of batches, as senders send them.
var batches = []int{1, 1, 3, 1, 10}

// sendAll sends so many leads over all channels, a sender to each few of them,
// while the town isn't too far behind with announcing: leads must keep coming
// while things break. The last quarter is kept for when Redis has been away.
func (s *sender) sendAll(ctx context.Context, total int, announced func() int) {
	const senders = 8
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(total))

	for first := range senders {
		all.Go(func() {
			for batch := 0; left.Load() > 0 && ctx.Err() == nil; batch++ {
				for channel := first; channel < len(s.c.channels); channel += senders {
					size := batches[(batch+channel)%len(batches)]
					size = min(size, int(left.Add(-int64(size)))+size)
					if size <= 0 {
						return
					}

					var leads []webhookLead
					for n := range size {
						leads = append(leads, newWebhookLead(channel, leadName(channel, batch, n)))
					}

					harness.Poll(ctx, 20*time.Millisecond, func() bool {
						held := left.Load() < int64(total/4) && !s.c.redis.wasAway.Load()
						return s.c.redis.away.Load() || !held && int(s.accepted.Load())-announced() < 6*len(s.c.channels)
					})
					s.send(s.c.ctx, leads) // also when ctx ends meanwhile: a sender that gave up wouldn't know what was accepted
				}
			}
		})
	}

	all.Wait()
}

// crowd is the people in sales: several at once try to claim a lead.
type crowd struct {
	c      *town
	racing sync.WaitGroup
	slots  chan struct{}

	mu     sync.Mutex
	wanted []slacksim.Message // the cards that people raced for

	clicks, repeats atomic.Int64
}

func newCrowd(c *town) *crowd { return &crowd{c: c, slots: make(chan struct{}, 16)} }

// racers is how many people want the same lead.
const racers = 4

// race has people click a card's button at the same time. Who gets no answer
// clicks again after a second.
func (p *crowd) race(ctx context.Context, card slacksim.Message) {
	if _, ok := claimOn(card); !ok {
		return
	}

	p.mu.Lock()
	n := len(p.wanted)
	p.wanted = append(p.wanted, card)
	p.mu.Unlock()

	for i := range racers {
		who := p.c.reps[(n+i*3)%len(p.c.reps)]
		p.racing.Go(func() {
			p.slots <- struct{}{}
			defer func() { <-p.slots }()

			harness.Poll(ctx, time.Second, func() bool {
				if _, timeout := errors.AsType[*slacksim.Timeout](p.click(ctx, who, card)); timeout {
					p.repeats.Add(1)
					return false
				}

				return true // answered; or somebody has the lead by now, and the button is gone
			})
		})
	}
}

// click has one person claim a lead.
func (p *crowd) click(ctx context.Context, who string, card slacksim.Message) error {
	button, _ := claimOn(card)

	p.clicks.Add(1)
	return p.c.sim.As(who).Click(ctx, slacksim.Interaction{
		Container: slacksim.Container{Channel: card.Channel, TS: card.TS}, BlockID: button.block, ActionID: button.action,
	})
}

// tryAgain has people claim what nobody has got: while Redis was away they
// were told so, and come back later. It returns how many leads that were.
func (p *crowd) tryAgain(ctx context.Context) (leads int) {
	p.c.t.Helper()

	for i, card := range p.wanted {
		l, err := roomtest.Leads(p.c.store).Lead(ctx, leadIDOf(p.c.t, card))
		require.NoError(p.c.t, err)

		if l.Owner == "" {
			leads++

			require.NoError(p.c.t, p.click(ctx, p.c.reps[i%len(p.c.reps)], card))
		}
	}

	return leads
}

// claimOn finds the button that claims a lead.
func claimOn(card slacksim.Message) (control, bool) {
	for _, b := range controlsOf(parseBlocks(card.Blocks)) {
		if b.action == "lead.claim" {
			return b, true
		}
	}

	return control{}, false
}
