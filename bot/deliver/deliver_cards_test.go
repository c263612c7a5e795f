package deliver

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/lead"
)

func TestARecordHasOneCardAConversation(t *testing.T) {
	t.Parallel()
	w := looking(t)
	l := w.takesIn("Ann", 1)
	card := store.Item{Card: l.Ref()}
	everywhere := func() {
		for _, to := range []string{sales, other, raj} {
			card.Channel = to
			require.NoError(t, w.store.Send(w.ctx, "", card))
		}
	}
	everywhere()
	w.start()
	w.delivered()
	w.takesIn("Ann", 2)
	everywhere()
	w.delivered()

	for _, conversation := range []string{sales, other, w.direct(raj)} {
		require.Equal(t, []string{"L-1 Ann 2"}, w.texts(conversation), "changed in place in %s", conversation)
	}

	require.NoError(t, w.store.Send(w.ctx, "", store.Item{Channel: raj, Under: l.Ref(), Message: w.message("a line")}))
	w.delivered()
	posts := w.sim.Posts(w.direct(raj))
	require.Equal(t, posts[0].TS, posts[1].ThreadTS, "a line belongs to the card of its conversation")
}

func TestACardThatIsOnlyUpdated(t *testing.T) {
	t.Parallel()
	w := looking(t)
	l := w.takesIn("Ann", 1)
	w.start()
	w.delivered()

	w.render = func(context.Context, lead.Lead) (bot.Message, error) {
		return bot.Message{Text: "moved", UpdateOnly: true}, nil
	}
	for _, to := range []string{sales, other, raj} {
		require.NoError(t, w.store.Send(w.ctx, "", store.Item{Channel: to, Card: l.Ref()}))
	}

	w.delivered()
	require.Equal(t, []string{"moved"}, w.texts(sales))
	require.Empty(t, w.texts(other))
	require.Empty(t, w.texts(w.direct(raj)))
}
