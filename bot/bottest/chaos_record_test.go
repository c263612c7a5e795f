package bottest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/roomtest"
	"smarketer/bot/slacksim"
	"smarketer/store/check"
	"smarketer/store/lead"
)

var (
	leadNames = regexp.MustCompile(`c\d\d-\d{5}-\d+`)
	claimers  = regexp.MustCompile(`^<@(U0REP\d\d)> claimed this lead`)
)

// itemOf is the outbox item that a message is, by its metadata.
func itemOf(t testing.TB, m slacksim.Message) string {
	t.Helper()
	require.NotNil(t, m.Metadata, "a message without metadata: %s", m.Text)
	var payload struct{ Item string }
	require.NoError(t, json.Unmarshal(m.Metadata.EventPayload, &payload))
	require.NotEmpty(t, payload.Item)
	return payload.Item
}

// announced are the cards in the lead channels.
func (c *town) announced() []slacksim.Message {
	var cards []slacksim.Message
	for _, channel := range c.channels {
		for _, m := range c.sim.Posts(channel) {
			if m.BotID != "" && (m.ThreadTS == "" || m.ThreadTS == m.TS) {
				cards = append(cards, m)
			}
		}
	}

	return cards
}

// requireEachAnnouncedOnce compares what was accepted with what Slack shows.
func (c *town) requireEachAnnouncedOnce(accepted map[string]time.Time) {
	c.t.Helper()

	times := map[string]int{}
	for _, card := range c.announced() {
		name := leadNames.FindString(card.Text)
		times[name]++
		require.Equal(c.t, "C0"+strings.ToUpper(name[:3]), card.Channel, "a lead in the wrong channel")
	}

	var missing, twice []string
	for name := range accepted {
		switch times[name] {
		case 0:
			missing = append(missing, name)
		case 1:
		default:
			twice = append(twice, name)
		}
	}

	require.Empty(c.t, missing, "accepted and never announced")
	require.Empty(c.t, twice, "announced more than once")
	require.Len(c.t, times, len(accepted))
}

// requireOrder makes sure that each conversation has its messages once, in the
// order of the outbox, and the leads of each channel in the order in which
// they were accepted.
func (c *town) requireOrder() (messages int) {
	c.t.Helper()

	places := slices.Clone(c.channels)
	for _, r := range append(slices.Clone(c.reps), "U0ADA") {
		places = append(places, c.sim.As(r).Direct())
	}

	for _, place := range places {
		item, batch := "", ""
		for _, m := range c.sim.Posts(place) {
			if m.BotID == "" || (m.Metadata == nil && strings.HasPrefix(place, "D")) {
				continue // answers that could be given in no other way have no item
			}

			messages++
			next := itemOf(c.t, m)
			require.Less(c.t, item, next, "the items of %s are out of order, or one came twice: %s", place, m.Text)
			item = next

			if name := leadNames.FindString(m.Text); name != "" && strings.HasPrefix(place, "C") {
				of := name[:strings.LastIndex(name, "-")]
				require.LessOrEqual(c.t, batch, of, "the leads of %s are not in the order in which they were accepted", place)
				batch = of
			}
		}
	}

	return messages
}

// requirePace makes sure that no channel got more than Slack allows: one a
// second after a burst of three, and one whose answer was long in coming.
func (c *town) requirePace() {
	c.t.Helper()

	for _, channel := range c.channels {
		var at []float64
		for _, m := range c.sim.Posts(channel) {
			var seconds float64
			_, err := fmt.Sscan(m.TS, &seconds)
			require.NoError(c.t, err)
			at = append(at, seconds)
		}

		for i := range at {
			for j := i + 5; j < len(at); j++ {
				require.GreaterOrEqual(c.t, at[j]-at[i]+0.1, float64(j-i+1-4), "%s got %d messages in %.1f s", channel, j-i+1, at[j]-at[i])
			}
		}
	}
}

// requireOneOwner makes sure that at most one person got each lead, and that
// everybody was told the same. It returns how many leads were claimed.
func (c *town) requireOneOwner(ctx context.Context) (claimed int) {
	c.t.Helper()

	won := map[string][]string{} // the lines under a card, by its place
	for _, channel := range c.channels {
		for _, m := range c.sim.Posts(channel) {
			if by := claimers.FindStringSubmatch(m.Text); by != nil {
				won[channel+m.ThreadTS] = append(won[channel+m.ThreadTS], by[1])
			}
		}
	}

	told := map[string][]string{} // who read that a lead is theirs
	for _, rep := range c.reps {
		for n, channel := range c.channels {
			if inTurn(n) {
				continue
			}

			for _, m := range c.sim.As(rep).Messages(channel, "") {
				if id, _, found := strings.Cut(m.Text, " is yours."); found && m.Ephemeral && !slices.Contains(told[id], rep) {
					told[id] = append(told[id], rep)
				}
			}
		}
	}

	for n, channel := range c.channels {
		for _, card := range c.sim.Posts(channel) {
			if leadNames.FindString(card.Text) == "" {
				continue
			}

			l, err := roomtest.Leads(c.store).Lead(ctx, leadIDOf(c.t, card))
			require.NoError(c.t, err)
			require.LessOrEqual(c.t, len(told[l.ID]), 1, "%s: several were told that it is theirs: %v", l.ID, told[l.ID])

			if l.Owner == "" {
				require.Equal(c.t, lead.Open, l.Status)
				require.Empty(c.t, told[l.ID])
				require.Empty(c.t, won[channel+card.TS])
				continue
			}

			require.Contains(c.t, card.Text, "<@"+l.Owner+">", "a card that shows an old state")

			if len(told[l.ID]) > 0 {
				require.Equal(c.t, l.Owner, told[l.ID][0])
			}

			if !inTurn(n) {
				claimed++

				require.Equal(c.t, []string{l.Owner}, won[channel+card.TS], "%s", l.ID)
			}
		}
	}

	return claimed
}

var leadIDs = regexp.MustCompile(`L-\d+`)

// leadIDOf is the ID that a card shows.
func leadIDOf(t testing.TB, card slacksim.Message) string {
	t.Helper()
	id := leadIDs.FindString(string(card.Blocks))
	require.NotEmpty(t, id, card.Text)
	return id
}

// requireOwnersTold makes sure that whoever got a lead in turn had one direct
// message about it. It returns how many there were.
func (c *town) requireOwnersTold() (messages int) {
	c.t.Helper()

	told := map[string]int{}
	for _, rep := range c.reps {
		for _, m := range c.sim.Posts(c.sim.As(rep).Direct()) {
			if name := leadNames.FindString(m.Text); name != "" && m.Metadata != nil {
				told[name]++
				messages++
			}
		}
	}

	for n, channel := range c.channels {
		if !inTurn(n) {
			continue
		}

		for _, card := range c.sim.Posts(channel) {
			if name := leadNames.FindString(card.Text); name != "" { // else it is a line in a card's thread
				require.Equal(c.t, 1, told[name], "direct messages about %s", name)
			}
		}
	}

	return messages
}

// requireNothingLeft makes sure that Redis holds nothing that is still to be
// done, and nothing that contradicts itself.
func (c *town) requireNothingLeft(ctx context.Context) {
	c.t.Helper()

	root := "sm:{" + c.sim.Workspace().Team.ID + "}:ob:"
	for _, hash := range []string{"lease", "item", "pending", "doubt", "tries"} {
		n, err := c.rdb.HLen(ctx, root+hash).Result()
		require.NoError(c.t, err)
		require.Zero(c.t, n, "left in %s", hash)
	}

	health, err := c.store.OutboxHealth(ctx)
	require.NoError(c.t, err)
	require.Zero(c.t, health.Waiting)
	require.Zero(c.t, health.Dead)
	require.NoError(c.t, check.Err(ctx, c.store))
}
