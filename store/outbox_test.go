package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

// send puts one-off messages into the outbox.
func send(t *testing.T, s *Store, items ...Item) {
	t.Helper()
	require.NoError(t, s.Send(t.Context(), "", items...))
}

// leaseOne takes the only item that may be sent now.
func leaseOne(t *testing.T, s *Store) Leased {
	t.Helper()
	items := sendable(t, s)
	require.Len(t, items, 1)
	return items[0]
}

func finish(t *testing.T, s *Store, l Leased, p Pace) bool {
	t.Helper()
	mine, err := s.FinishItem(t.Context(), l, "", p)
	require.NoError(t, err)
	return mine
}

func TestOutboxKeepsOrderWithinAChannel(t *testing.T) {
	t.Parallel()

	s, _ := newStore(t)
	for i := range 12 { // more than 9, so that text and numbers sort differently
		send(t, s, message("C1", fmt.Sprint("one ", i)), message("C12", fmt.Sprint("twelve ", i)))
	}

	for i := range 12 {
		items := sendable(t, s)
		require.Len(t, items, 2, "one of each channel, though one's ID begins with the other's")
		require.Empty(t, sendable(t, s.Another()), "what is leased is nobody else's")

		for _, l := range items {
			name := map[string]string{"C1": "one", "C12": "twelve"}[l.Channel]
			require.Equal(t, fmt.Sprintf(`"%s %d"`, name, i), string(l.Message))
			require.Equal(t, 1, l.Tries)
			require.Zero(t, l.Doubt)
			require.Equal(t, start, l.Since)
			require.True(t, finish(t, s, l, unpaced))
		}
	}

	require.Empty(t, sendable(t, s))
	health, err := s.OutboxHealth(t.Context())
	require.NoError(t, err)
	require.Equal(t, OutboxHealth{}, health)
}

func TestLeaseTakesNoMoreThanAskedFor(t *testing.T) {
	t.Parallel()

	s, _ := newStore(t)
	for i := range 5 {
		send(t, s, message(fmt.Sprint("C", i), "x"))
	}

	items, next, err := s.LeaseItems(t.Context(), 3, time.Minute)
	require.NoError(t, err)
	require.Len(t, items, 3)
	require.Equal(t, start, next, "there are more")
	items, next, err = s.LeaseItems(t.Context(), 3, time.Minute)
	require.NoError(t, err)
	require.Len(t, items, 2)
	require.Equal(t, start.Add(time.Minute), next, "the first lease ends then")
}

func TestPace(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	pace := Pace{Every: time.Second, Burst: 3}

	for i := range 7 {
		send(t, s, message("C1", fmt.Sprint(i)))
	}

	var sent []time.Duration
	for len(sent) < 7 {
		items, next, err := s.LeaseItems(t.Context(), 1, time.Minute)
		require.NoError(t, err)

		if len(items) == 0 {
			fake.Advance(next.Sub(fake.Now()))
			continue
		}

		sent = append(sent, fake.Since(start))

		require.True(t, finish(t, s, items[0], pace))
	}

	require.Equal(t, []time.Duration{0, 0, 0, 1e9, 2e9, 3e9, 4e9}, sent)

	send(t, s, message("C1", "too soon"))
	require.Empty(t, sendable(t, s), "the pace holds for what comes later, too")
	send(t, s, message("C2", "elsewhere"))
	require.True(t, finish(t, s, leaseOne(t, s), pace))
	fake.Advance(time.Hour)
	require.True(t, finish(t, s, leaseOne(t, s), pace))

	for range 2 {
		send(t, s, message("C1", "rested"))
		require.True(t, finish(t, s, leaseOne(t, s), pace))
	}

	send(t, s, message("C1", "a rest earns one burst, however long"))
	require.Empty(t, sendable(t, s))
	fake.Advance(time.Second)
	drain(t, s)
}

func TestCardsCoalesce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	card := Item{Channel: "C1", Card: "lead:L-1"}
	send(t, s, card, message("C1", "between"), card, Item{Channel: "C1", Card: "lead:L-2"}, card)
	first := leaseOne(t, s)
	require.Equal(t, "lead:L-1", first.Card)
	send(t, s, card, card)
	require.True(t, finish(t, s, first, unpaced))
	require.Equal(t, []string{`C1 "between"`, "C1 lead:L-2", "C1 lead:L-1"}, drain(t, s),
		"what changed while the card was being sent is sent again, once")

	send(t, s, card, Item{Channel: "C2", Card: "lead:L-1"}, card)
	require.Equal(t, []string{"C1 lead:L-1", "C2 lead:L-1"}, sortedDrain(t, s), "each channel for itself")

	send(t, s, card)

	for range 3 { // the first one fails and fails, and others come behind it
		first = leaseOne(t, s)
		send(t, s, card)
		require.NoError(t, s.RetryItem(t.Context(), first, start, false))
	}

	require.Equal(t, []string{"C1 lead:L-1", "C1 lead:L-1"}, drain(t, s), "they are still one")
}

func TestLateWorkerCannotFinishAnothersWork(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	send(t, s, message("C1", "first"), message("C1", "second"))
	late := leaseOne(t, s)

	fake.Advance(time.Minute - time.Millisecond)
	require.Empty(t, sendable(t, s))
	fake.Advance(time.Millisecond)
	now := leaseOne(t, s.Another())
	require.Equal(t, late.ID, now.ID)
	require.Equal(t, 2, now.Tries)
	require.Equal(t, start, now.Doubt, "it may have been sent since then")

	require.False(t, finish(t, s, late, unpaced))
	require.NoError(t, s.RetryItem(t.Context(), late, fake.Now(), true))
	require.NoError(t, s.ArchiveItem(t.Context(), late, "late", true))
	require.Empty(t, sendable(t, s), "the lease holds")
	require.True(t, finish(t, s, now, unpaced))
	require.False(t, finish(t, s, now, unpaced))

	second := leaseOne(t, s)
	require.Equal(t, `"second"`, string(second.Message))
	require.False(t, finish(t, s, now, unpaced), "nor the next item's")
	require.True(t, finish(t, s, second, unpaced))
}

func TestLateWorkerMayFinishWhatNobodyTook(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	send(t, s, message("C1", "x"))
	l := leaseOne(t, s)

	fake.Advance(time.Hour)
	require.True(t, finish(t, s, l, unpaced))
	require.Empty(t, sendable(t, s))
}

func TestRetryBlocksItsChannel(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	send(t, s, message("C1", "first"), message("C1", "second"))
	l := leaseOne(t, s)
	require.NoError(t, s.RetryItem(t.Context(), l, start.Add(30*time.Second), true))
	send(t, s, message("C1", "third"), message("C2", "elsewhere"))
	require.Equal(t, []string{`C2 "elsewhere"`}, drain(t, s))
	health, err := s.OutboxHealth(t.Context())
	require.NoError(t, err)
	require.Equal(t, OutboxHealth{Waiting: 3, Channels: 1, Oldest: start}, health)
	fake.Advance(30 * time.Second)
	require.Equal(t, []string{`C1 "first"`, `C1 "second"`, `C1 "third"`}, drain(t, s))
}

func TestDoubt(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	send(t, s, message("C1", "x"))
	again := func(l Leased, notSent bool) Leased {
		require.NoError(t, s.RetryItem(t.Context(), l, fake.Now(), notSent))
		fake.Advance(time.Second)
		return leaseOne(t, s)
	}
	l := leaseOne(t, s)
	l = again(l, true)
	require.Zero(t, l.Doubt, "it was certainly not sent")
	l = again(l, false)
	require.Equal(t, start.Add(time.Second), l.Doubt, "since the try that nobody answered")
	l = again(l, false)
	require.Equal(t, start.Add(time.Second), l.Doubt, "since the first such try")
	l = again(l, true)
	require.Equal(t, start.Add(time.Second), l.Doubt, "one try that failed clears no other")
	require.Equal(t, 5, l.Tries)
	require.True(t, finish(t, s, l, unpaced))
	send(t, s, message("C1", "y"))
	l = leaseOne(t, s)
	require.Zero(t, l.Doubt)
	require.Equal(t, 1, l.Tries)
}

func TestPlaceOfACard(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	n := mustAdd(t, s)
	channel, ts, err := s.CardPlace(t.Context(), n.ref(), "C1")
	require.NoError(t, err)
	require.Empty(t, channel+ts)
	finishAt := func(l Leased, at string) {
		mine, err := s.FinishItem(t.Context(), l, at, unpaced)
		require.NoError(t, err)
		require.True(t, mine)
	}
	finishAt(leaseOne(t, s), "C1 1700000000.000100")
	channel, ts, err = s.CardPlace(t.Context(), n.ref(), "C1")
	require.NoError(t, err)
	require.Equal(t, "C1", channel)
	require.Equal(t, "1700000000.000100", ts)

	_, err = takeNote(t.Context(), s, "", n.ID, "U1")
	require.NoError(t, err, "where its card is changes nothing of the note")
	both, _, err := s.LeaseItems(t.Context(), 2, time.Minute)
	require.NoError(t, err)
	require.Len(t, both, 2, "the channel's card and the owner's")

	for _, l := range both {
		finishAt(l, "")
	}

	_, ts, err = s.CardPlace(t.Context(), n.ref(), "C1")
	require.NoError(t, err)
	require.Equal(t, "1700000000.000100", ts)

	send(t, s, Item{Channel: "C1", Card: "note:N-99"})
	finishAt(leaseOne(t, s), "C1 1700000000.000200")
	_, err = s.Load(t.Context(), "note:N-99", new(note))
	require.ErrorIs(t, err, errs.ErrNotFound, "a card makes no record")
}

func TestCardsOfARecord(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	n := mustAdd(t, s)
	all := []Item{{Channel: "C1", Card: n.ref()}, {Channel: "U1", Card: n.ref()}, {Channel: "U1", Card: n.ref() + "/late"}}
	leaseAndFinish := func(place string) {
		mine, err := s.FinishItem(t.Context(), leaseOne(t, s), place, unpaced)
		require.NoError(t, err)
		require.True(t, mine)
	}
	leaseAndFinish("C1 1.1")
	send(t, s, all[1])
	leaseAndFinish("D1 2.2")
	send(t, s, all[2])
	leaseAndFinish("D1 3.3")

	cards, err := s.CardsOf(t.Context(), n.ref())
	require.NoError(t, err)
	require.ElementsMatch(t, all, cards)

	for i, want := range []string{"C1 1.1", "D1 2.2", "D1 3.3"} {
		channel, ts, err := s.CardPlace(t.Context(), all[i].Card, all[i].Channel)
		require.NoError(t, err)
		require.Equal(t, want, channel+" "+ts)
	}

	_, ts, err := s.CardPlace(t.Context(), n.ref(), "C2")
	require.NoError(t, err)
	require.Empty(t, ts)
	cards, err = s.CardsOf(t.Context(), "note:N-99")
	require.NoError(t, err)
	require.Empty(t, cards)
}

func TestItemsNeedAChannel(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.ErrorContains(t, s.Send(t.Context(), "", Item{Card: "lead:L-1"}), "without a channel")
	require.Empty(t, sendable(t, s))
}

func TestSendOnceForARequest(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.Send(t.Context(), "op", message("C1", "x")))
	require.ErrorIs(t, s.Another().Send(t.Context(), "op", message("C1", "x")), errs.ErrDuplicate)
	require.Equal(t, []string{`C1 "x"`}, drain(t, s))
}
