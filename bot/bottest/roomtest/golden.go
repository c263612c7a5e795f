package roomtest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/bottest/golden"
	"smarketer/bot/slacksim"
)

// Message checks a message as Slack would, and compares it with its
// golden file.
func Message(t *testing.T, name string, m *bot.Message) {
	t.Helper()
	body, err := m.Encode()
	require.NoError(t, err)
	Valid(t, body)
	requireGolden(t, name, body)
}

// Valid checks an encoded message as Slack would. What the outbox gives
// back must be the same message.
func Valid(t *testing.T, body []byte) {
	t.Helper()
	var wire struct {
		Text   string          `json:"text"`
		Blocks json.RawMessage `json:"blocks"`
	}
	require.NoError(t, json.Unmarshal(body, &wire))
	require.NoError(t, slacksim.CheckMessage(wire.Text, wire.Blocks))
	require.NotEmpty(t, wire.Text, "screen readers and notifications need it")
	var back bot.Message
	require.NoError(t, json.Unmarshal(body, &back))
	again, err := back.Encode()
	require.NoError(t, err)
	require.JSONEq(t, string(body), string(again), "the outbox changes it")
}

// Modal does the same for a modal.
func Modal(t *testing.T, name string, m *bot.Modal) {
	t.Helper()
	view := map[string]any{
		"type": "modal", "callback_id": m.Name, "title": blocks.PlainText(m.Title), "blocks": m.Blocks, "private_metadata": m.Data,
	}
	if m.Submit != "" {
		view["submit"] = blocks.PlainText(m.Submit)
	}

	body, err := json.Marshal(view)
	require.NoError(t, err)
	require.NoError(t, slacksim.CheckView(body))
	requireGolden(t, name, body)
}

func requireGolden(t *testing.T, name string, body []byte) {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(body, &value))
	requireHarmless(t, value)
	golden.JSON(t, name+".golden", json.RawMessage(body))
}

// requireHarmless makes sure that what people typed notifies nobody: in mrkdwn
// there is no mention but our own.
func requireHarmless(t *testing.T, value any) {
	t.Helper()
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			requireHarmless(t, item)
		}
	case map[string]any:
		text, _ := v["text"].(string)
		if v["type"] == "mrkdwn" || v["type"] == nil {
			for _, typed := range []string{"<!channel", "<@U0ADA>", "<https://evil"} {
				require.NotContains(t, text, typed)
			}
		}

		for _, item := range v {
			requireHarmless(t, item)
		}
	}
}
