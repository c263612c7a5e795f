package slacksim_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// inspect returns "kind method" of what the inspector lists, newest first.
func (s *sim) inspect(query string) []string {
	s.t.Helper()
	resp, err := s.client.Get(s.URL() + "/ui/inspect?as=" + ada + query)
	require.NoError(s.t, err)
	defer resp.Body.Close()

	require.Equal(s.t, http.StatusOK, resp.StatusCode)
	var found struct {
		Subject json.RawMessage `json:"subject"`
		Calls   []slacksim.Call `json:"calls"`
	}
	require.NoError(s.t, json.NewDecoder(resp.Body).Decode(&found))
	require.NotEqual(s.t, "null", string(found.Subject))

	var out []string
	for _, c := range found.Calls {
		out = append(out, c.Kind+" "+c.Method)
	}

	return out
}

func TestTheInspectorShowsWhatHappenedToAMessage(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	row := slack.NewActionBlock("row", slack.NewButtonBlockElement("go", "1", plainText("Go")))
	urls := make(chan string, 1)
	s.run(func(e socketmode.Event) any {
		if cb, ok := e.Data.(slack.InteractionCallback); ok {
			urls <- cb.ResponseURL
			return nil
		}

		return slack.Msg{Text: "press", Blocks: slack.Blocks{BlockSet: []slack.Block{row}}}
	})

	require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo"))
	whispered := s.last(ada, general)
	require.Equal(t, []string{"ack slash_commands", "envelope slash_commands"}, s.inspect("&channel="+general+"&ts="+whispered.TS), "a message that came in an ack")

	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("press", false), slack.MsgOptionBlocks(row))
	require.NoError(t, err)
	click := slacksim.Interaction{Container: slacksim.Container{Channel: general, TS: ts}, BlockID: "row", ActionID: "go"}
	require.NoError(t, s.as(ada).Click(s.ctx, click))
	require.NoError(t, slack.PostWebhookCustomHTTPContext(s.ctx, <-urls, s.client, &slack.WebhookMessage{Text: "done", ReplaceOriginal: true}))
	require.Equal(t, []string{"response_url response_url", "ack interactive", "envelope interactive", "api chat.postMessage"}, s.inspect("&channel="+general+"&ts="+ts))
}

func TestTheInspectorShowsWhatOpenedAView(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := opener(s, nil)
	view, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("First", textInput("why", "Why?")))
	require.NoError(t, err)
	require.Equal(t, []string{"api views.open", "ack slash_commands", "envelope slash_commands"}, s.inspect("&view="+view.ID))
	_, err = s.api.PublishViewContext(s.ctx, slack.PublishViewContextRequest{UserID: ada, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}})
	require.NoError(t, err)
	home, _ := s.as(ada).Home()
	require.Equal(t, []string{"api views.publish"}, s.inspect("&view="+home.ID))
}
