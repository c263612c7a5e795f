package slacksim_test

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// BenchmarkPost posts into one channel: the time a message must not grow with how
// many there are already (compare -benchtime=1000x and 20000x).
func BenchmarkPost(b *testing.B) {
	s, err := slacksim.New(slacksim.Options{Workspace: workspace(), Pace: 1e9})
	require.NoError(b, err)
	require.NoError(b, s.Start("127.0.0.1:0"))
	defer func() { require.NoError(b, s.Close()) }()

	api := slack.New("xoxb-simulated", slack.OptionAPIURL(s.APIURL()))
	card := slack.MsgOptionBlocks(
		slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "*A lead* from somewhere", false, false), nil, nil, slack.SectionBlockOptionBlockID("head")),
		slack.NewActionBlock("row", slack.NewButtonBlockElement("claim", "L-1", plainText("Claim"))),
	)
	for b.Loop() {
		_, ts, err := api.PostMessageContext(b.Context(), general, slack.MsgOptionText("A lead", false), card)
		require.NoError(b, err)
		_, _, _, err = api.UpdateMessageContext(b.Context(), general, ts, slack.MsgOptionText("A claimed lead", false), card)
		require.NoError(b, err)
	}
}
