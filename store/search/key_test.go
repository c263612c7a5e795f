package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKey(t *testing.T) {
	t.Parallel()
	x, err := New(Options{})
	require.NoError(t, err)

	key := func(text string) string { return x.Key(ParseQuery(text)) }
	for _, same := range [][]string{
		{"healthcare report", "Reports for healthcare!", "the healthcare report", "report report healthcare", "repórts healthcare"},
		{"pricing for:cfo", "for:CFOs pricing", "price persona:cfo"},
		{"SOC-2 report", "report soc-2", "SOC 2 reports", "the SOC-2 report"},
		{"how-to", "the how-to"},
		{"kind:email stage:demo", "stage:Demo type:emails"},
		{"", "???", " "},
	} {
		for _, text := range same {
			require.Equal(t, key(same[0]), key(text), text)
		}
	}

	require.Equal(t, "healthcar persona:cfo report", key("healthcare reports for:cfo"))
	require.NotEqual(t, key("pricing"), key("pricing for:cfo"))
	require.NotEqual(t, key("pricing stage:email"), key("pricing kind:email"))
}
