package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/slacksim"
	"smarketer/store/errs"
)

func asJSON(t testing.TB, v any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	return body
}

func TestErrorsInWords(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name string
		err  error
		want string
		ref  bool
	}{
		{"a problem", bot.Problemf("No %s today.", "soup"), "No soup today.", false},
		{"a field", &errs.Invalid{Field: "words", Message: "must be <short>"}, "words must be &lt;short&gt;", false},
		{"gone", errs.ErrNotFound, "I can't find that any more. It may have been removed.", false},
		{"changed", errs.ErrConflict, "Somebody else changed this a moment ago. Have a look at how it is now, then try again.", false},
		{"no Redis", errs.ErrUnavailable, "I can't reach my memory right now, so nothing was saved. Please try again in a minute.", false},
		{"Redis too slow to read from", errors.Join(errs.ErrUnavailable, context.DeadlineExceeded), "I can't reach my memory right now, so nothing was saved.", false},
		{"Redis gone in the middle", errs.ErrUncertain, "My memory didn't answer in time, so I can't say whether that was saved.", false},
		{"slow Redis", context.DeadlineExceeded, "My memory didn't answer in time, so I can't say whether that was saved. Please have a look in a minute, and try again if it wasn't.", false},
		{"marketing only", bot.Forbidden(bot.Marketing), "Only people in marketing can do this. If you should be one of them, ask your Smarketer admin.", false},
		{"admins only", bot.Forbidden(bot.Admin), "Only people in the admin role can do this. If you should be one of them, ask your Smarketer admin.", false},
		{"the unknown", errors.New("pq: secret"), "Something went wrong (ref ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text, ref := bot.ErrorWords(fmt.Errorf("while doing it: %w", c.err))
			require.True(t, strings.HasPrefix(text, c.want), text)
			require.Equal(t, c.ref, ref != "")
			require.NotContains(t, text, "secret")
			requireFit(t, bot.Message{Text: text})
		})
	}
}

func TestMessagesSurviveTheOutbox(t *testing.T) {
	t.Parallel()
	m := bot.Message{Text: "x <y>", Blocks: []slack.Block{blocks.Markdown("*a*"), blocks.Quote("b"), blocks.Actions(blocks.Button("c", "d", "e"))}}
	body, err := m.Encode()
	require.NoError(t, err)
	var got bot.Message
	require.NoError(t, json.Unmarshal(body, &got))
	require.JSONEq(t, string(asJSON(t, m)), string(asJSON(t, got)))
	require.Error(t, json.Unmarshal([]byte(`{"text":7}`), &got))
}

func requireFit(t testing.TB, m bot.Message) {
	t.Helper()
	require.NoError(t, slacksim.CheckMessage(m.Text, asJSON(t, m.Blocks)))
}
