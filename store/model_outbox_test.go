package store

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
)

// modelItem is an item of the outbox as the model knows it.
type modelItem struct {
	number        int // in the order of sending
	channel, what string
	card          bool
	waiting       bool // never leased since it was queued: a card that coalesces
	tries         int
	doubt         time.Time
	id            string // known once it was leased
}

// modelChannel is a channel as the model knows it: what waits in it, when its
// head may be sent, and who has it.
type modelChannel struct {
	queue   []*modelItem
	readyAt time.Time
	allowed time.Time // by its pace
	holder  *modelLease
}

type modelLease struct {
	leased Leased
	item   *modelItem
	until  time.Time
}

// modelOutbox is the outbox with everything that ever happened to it.
type modelOutbox struct {
	*world
	pace     Pace
	channels map[string]*modelChannel
	leases   []*modelLease // also those that ran out or were settled
	dead     []*modelItem
	sent     int
	finished map[string]bool // by ID
}

var modelChannels = []string{"C1", "C11", "U2"}

func TestOutboxAgreesWithAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &modelOutbox{world: newWorld(), channels: map[string]*modelChannel{}, finished: map[string]bool{},
			pace: Pace{Every: time.Second, Burst: rapid.IntRange(1, 3).Draw(t, "burst")}}
		for _, c := range modelChannels {
			m.channels[c] = &modelChannel{}
		}

		t.Repeat(map[string]func(*rapid.T){
			"send":  m.send,
			"lease": m.lease,
			"finish": func(t *rapid.T) {
				l, mine := m.pick(t)
				got, err := m.store(t).FinishItem(t.Context(), l.leased, "", m.pace)
				require.NoError(t, err)
				require.Equal(t, mine, got)

				if mine {
					require.False(t, m.finished[l.leased.ID], "finished twice")
					m.finished[l.leased.ID] = true
					m.take(l, true)
				}
			},
			"retry": func(t *rapid.T) {
				l, mine := m.pick(t)
				at := m.clock.Now().Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
				notSent := rapid.Bool().Draw(t, "not sent")
				require.NoError(t, m.store(t).RetryItem(t.Context(), l.leased, at, notSent))

				if mine {
					c := m.channels[l.item.channel]
					c.holder, c.readyAt = nil, at

					if notSent && l.leased.Doubt.IsZero() {
						l.item.doubt = time.Time{}
					}
				}
			},
			"archive": func(t *rapid.T) {
				l, mine := m.pick(t)
				notSent := rapid.Bool().Draw(t, "not sent")
				require.NoError(t, m.store(t).ArchiveItem(t.Context(), l.leased, "reason", notSent))

				if mine {
					if notSent && l.leased.Doubt.IsZero() {
						l.item.doubt = time.Time{}
					}

					m.take(l, false)
					m.dead = append(m.dead, l.item)
				}
			},
			"revive": func(t *rapid.T) {
				d := m.exhume(t)
				require.NoError(t, m.store(t).RetryDeadLetter(t.Context(), d.id))
				d.tries = 0
				m.enqueue(d)
			},
			"discard": func(t *rapid.T) {
				d := m.exhume(t)
				require.NoError(t, m.store(t).DiscardDeadLetter(t.Context(), d.id))
			},
			"wait": func(t *rapid.T) {
				m.clock.Advance(time.Duration(rapid.IntRange(1, 15_000).Draw(t, "ms")) * time.Millisecond)
			},
			"": func(t *rapid.T) {
				health, err := m.store(t).OutboxHealth(t.Context())
				require.NoError(t, err)

				waiting := 0
				for _, c := range m.channels {
					waiting += len(c.queue)
				}

				require.Equal(t, waiting, health.Waiting)
				require.Equal(t, len(m.dead), health.Dead)
			},
		})
		m.consistent(t)
		m.drain(t)
		m.consistent(t)
	})
}

// send queues an item, or sends a request again.
func (m *modelOutbox) send(t *rapid.T) {
	op, repeated := m.op(t, "send")
	it := Item{Channel: rapid.SampledFrom(modelChannels).Draw(t, "channel")}
	isCard := rapid.Bool().Draw(t, "card")
	m.sent++

	what := fmt.Sprintf("%q", fmt.Sprint(m.sent))
	if isCard {
		it.Card = rapid.SampledFrom([]string{"lead:L-1", "lead:L-2"}).Draw(t, "which")
		what = it.Card
	} else {
		it.Message = []byte(what)
	}

	err := m.store(t).Send(t.Context(), op, it)
	if repeated {
		require.ErrorIs(t, err, errs.ErrDuplicate)
		return
	}

	require.NoError(t, err)

	m.done[op] = true
	coalesces := func(i *modelItem) bool { return i.waiting && i.card && isCard && i.what == what }
	if slices.ContainsFunc(m.channels[it.Channel].queue, coalesces) {
		return
	}

	m.enqueue(&modelItem{number: m.sent, channel: it.Channel, what: what, card: isCard, waiting: true})
}

// enqueue puts an item at its place.
func (m *modelOutbox) enqueue(it *modelItem) {
	c := m.channels[it.channel]
	if len(c.queue) == 0 {
		c.readyAt = latest(m.clock.Now(), c.allowed)
	}

	c.queue = append(c.queue, it)
	slices.SortFunc(c.queue, func(a, b *modelItem) int { return cmp.Compare(a.number, b.number) })
}

// lease takes all that may be sent now and compares it with what the model
// says: the head of each channel that is ready.
func (m *modelOutbox) lease(t *rapid.T) {
	now, lease := m.clock.Now(), 10*time.Second
	items, _, err := m.store(t).LeaseItems(t.Context(), 10, lease)
	require.NoError(t, err)

	got := map[string]Leased{}
	for _, l := range items {
		got[l.Channel] = l
	}

	require.Len(t, got, len(items))

	for name, c := range m.channels {
		l, leased := got[name]
		require.Equal(t, len(c.queue) > 0 && !c.readyAt.After(now), leased, name)

		if !leased {
			continue
		}

		head := c.queue[0]
		require.Equal(t, head.what, cmp.Or(l.Card, string(l.Message)), "in order")
		require.Equal(t, head.tries+1, l.Tries)
		require.True(t, head.doubt.Equal(l.Doubt), "doubt since %v, not %v", head.doubt, l.Doubt)
		require.Equal(t, cmp.Or(head.id, l.ID), l.ID)

		head.id, head.waiting, head.tries = l.ID, false, l.Tries
		if head.doubt.IsZero() {
			head.doubt = now
		}

		c.readyAt = now.Add(lease)
		c.holder = &modelLease{leased: l, item: head, until: c.readyAt}
		m.leases = append(m.leases, c.holder)
	}
}

// pick is any lease there ever was, and whether it still counts.
func (m *modelOutbox) pick(t *rapid.T) (l *modelLease, mine bool) {
	if len(m.leases) == 0 {
		t.Skip("nothing leased yet")
	}

	recent := m.leases[max(0, len(m.leases)-6):]
	l = rapid.SampledFrom(recent).Draw(t, "lease")
	return l, m.channels[l.item.channel].holder == l
}

// take takes an item out of its channel, which goes on by its pace.
func (m *modelOutbox) take(l *modelLease, sent bool) {
	c, now := m.channels[l.item.channel], m.clock.Now()
	c.queue = slices.DeleteFunc(c.queue, func(i *modelItem) bool { return i == l.item })
	if sent {
		ahead := m.pace.Every * time.Duration(m.pace.Burst-1)
		c.allowed = latest(now, c.allowed.Add(ahead)).Add(m.pace.Every - ahead)
	}

	c.holder, c.readyAt = nil, latest(now, c.allowed)
}

// exhume takes any dead letter from the model.
func (m *modelOutbox) exhume(t *rapid.T) *modelItem {
	if len(m.dead) == 0 {
		t.Skip("nothing is dead")
	}

	i := rapid.IntRange(0, len(m.dead)-1).Draw(t, "dead letter")
	d := m.dead[i]
	m.dead = slices.Delete(m.dead, i, i+1)
	return d
}

// drain sends everything that is left: nothing may have got lost.
func (m *modelOutbox) drain(t *rapid.T) {
	left := 0
	for _, c := range m.channels {
		left += len(c.queue)
	}

	for left > 0 {
		m.clock.Advance(time.Minute)
		before := len(m.leases)
		m.lease(t)
		require.Greater(t, len(m.leases), before, "%d items are stuck", left)

		for _, l := range m.leases[before:] {
			mine, err := m.store(t).FinishItem(t.Context(), l.leased, "", m.pace)
			require.NoError(t, err)
			require.True(t, mine)
			m.take(l, true)
			left--
		}
	}

	m.clock.Advance(time.Minute)
	items, _, err := m.store(t).LeaseItems(t.Context(), 10, time.Second)
	require.NoError(t, err)
	require.Empty(t, items)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}

	return a
}
