package socket

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

func TestDecodeInteractions(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, payload string
		want          bot.Request
	}{
		{
			"a button", `{"type":"block_actions","trigger_id":"T1","user":{"id":"U1"},"channel":{"id":"C1"},"response_url":"https://r","actions":[{"action_id":"lead.claim","value":"L-1"}]}`,
			bot.Request{Kind: bot.Action, Name: "lead.claim", Value: "L-1", User: "U1", Channel: "C1", Op: "T1", Origin: bot.Origin{TriggerID: "T1", ResponseURL: "https://r"}},
		},
		{
			"a date", `{"type":"block_actions","user":{"id":"U1"},"channel":null,"actions":[{"action_id":"when","selected_date":"2026-11-22","value":null}]}`,
			bot.Request{Kind: bot.Action, Name: "when", Value: "2026-11-22", User: "U1"},
		},
		{
			"a message action", `{"type":"message_action","callback_id":"feedback.capture","trigger_id":"T1","user":{"id":"U1"},"channel":{"id":"C1","name":"privategroup"},"team":{"domain":"acme"},"message":{"ts":"1.2","thread_ts":"1.1","user":"U2","text":"a &lt;b&gt;\u0000"}}`,
			bot.Request{Kind: bot.Shortcut, Name: "feedback.capture", User: "U1", Channel: "C1", Op: "T1", Origin: bot.Origin{TriggerID: "T1"}, Message: &bot.SourceMessage{
				TS: "1.2", Author: "U2", Text: "a <b>", Private: true, Link: "https://acme.slack.com/archives/C1/p12?cid=C1&thread_ts=1.1",
			}},
		},
		{
			"a submission", `{"type":"view_submission","trigger_id":"T1","user":{"id":"U1"},"view":{"id":"V1","type":"modal","hash":"h","callback_id":"form","private_metadata":"{\"data\":\"d\",\"channel\":\"C1\",\"response_url\":\"https://r\"}","blocks":[{"type":"section"},{"type":"input","block_id":"words"}],"state":{"values":{"words":{"w":{"type":"plain_text_input","value":" hi "}},"kind":{"k":{"selected_option":{"value":"email"}}}}}}}`,
			bot.Request{
				Kind: bot.Submit, Name: "form", User: "U1", Channel: "C1", Data: "d", View: "V1", Op: "V1 form", Origin: bot.Origin{TriggerID: "T1", ResponseURL: "https://r", ViewHash: "h", InModal: true, Inputs: []string{"words"}},

				Form: bot.Form{"words": {Value: " hi "}, "kind": {SelectedOption: bot.Selected{Value: "email"}}},
			},
		},
		{
			"a question for options", `{"type":"block_suggestion","action_id":"asset.pick","value":"pri","user":{"id":"U1"}}`,
			bot.Request{Kind: bot.Options, Name: "asset.pick", Text: "pri", User: "U1"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := decode([]byte(`{"type":"interactive","payload":` + c.payload + `,"envelope_id":"e1"}`))
			require.NoError(t, err)
			require.Equal(t, "e1", f.EnvelopeID)
			r, err := f.request()
			require.NoError(t, err)
			require.Equal(t, c.want, *r)
		})
	}
}

func FuzzEnvelope(f *testing.F) {
	long := strings.Repeat("😀", 20_000)
	for _, payload := range []string{
		`{"command":"/content","text":"pricing","user_id":"U1","channel_id":"C1","trigger_id":"T1","response_url":"https://r"}`,
		`{"command":"` + long + `","text":"` + long + `"}`,
		`{"type":"block_actions","trigger_id":"T","user":{"id":"U"},"actions":[{"action_id":"more","selected_option":{"value":"a|b"}}]}`,
		`{"type":"message_action","callback_id":"x","message":{"ts":"1","text":"` + long + `"},"channel":{"id":"` + long + `"}}`,
		`{"type":"view_submission","view":{"id":"V","type":"modal","blocks":[{"type":"input","block_id":"b"}],"private_metadata":"{\"data\":\"x\"}","state":{"values":{"b":{"a":{"value":"` + long + `"}}}}}}`,
		`{"type":"block_suggestion","action_id":"p","value":"` + long + `"}`,
		`{"event_id":"E","event":{"type":"app_home_opened","user":"U","tab":"home"}}`,
		`{"event":{"user":{"id":1}}}`, `null`, `[]`, `"x"`, `{"view":{"state":{"values":{"b":[]}}}}`, "{\"text\":\"\xff\"}",
	} {
		f.Add(payload)
	}

	handlers := bot.NewDispatcher(bot.DispatcherConfig{Router: bot.NewRouter(), Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
	f.Fuzz(func(t *testing.T, payload string) {
		for _, kind := range []string{"slash_commands", "interactive", "events_api", "other"} {
			frame, err := decode(fmt.Appendf(nil, `{"type":%q,"envelope_id":"e1","payload":%s}`, kind, payload))
			if err != nil {
				continue
			}

			_ = frame.label()

			r, err := frame.request()
			if err != nil || r == nil {
				continue
			}

			handlers.Handler(r)
			requireBounded(t, r)
		}
	})
}

func requireBounded(t *testing.T, r *bot.Request) {
	t.Helper()

	for _, id := range []string{r.Name, r.User, r.Channel, r.View, r.Origin.ViewHash, r.Origin.TriggerID} {
		require.LessOrEqual(t, len(id), max(maxID, maxCarried))
	}

	require.LessOrEqual(t, len(r.Op), 3*maxID)
	require.LessOrEqual(t, len(r.Text), blocks.MaxTyped)
	require.True(t, utf8.ValidString(r.Text))
	require.LessOrEqual(t, len(r.Value), maxCarried)
	require.LessOrEqual(t, len(r.Data), maxCarried)
	require.LessOrEqual(t, len(r.Origin.ResponseURL), maxCarried)
	require.LessOrEqual(t, len(r.Form), maxInputs)
	require.LessOrEqual(t, len(r.Origin.Inputs), maxInputs)

	for block := range r.Form {
		require.LessOrEqual(t, len(block), maxID)
		require.LessOrEqual(t, len(r.Form.Text(block)), blocks.MaxTyped)
		require.True(t, utf8.ValidString(r.Form.Text(block)))
	}

	if m := r.Message; m != nil {
		require.LessOrEqual(t, len(m.Text), blocks.MaxTyped)
		require.LessOrEqual(t, len(m.TS)+len(m.Author)+len(m.Link), 3*maxID)
	}

	_, err := json.Marshal(r.Form)
	require.NoError(t, err)
}
