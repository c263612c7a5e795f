package lead

import (
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

func TestReturnsDigest(t *testing.T) {
	t.Parallel()
	l := lead.Lead{ID: "L-4", Name: "Ann Lee"}
	l.Return = &lead.Return{Reason: "no <budget>", Detail: "She said so", By: "U0RAJ"}
	const how = "`/lead returns` has what they wrote, the rules behind it, and a way to send a lead elsewhere."
	require.Equal(t, "*Sales returned a lead.*\n• L-4: no &lt;budget&gt; (<@U0RAJ>)\n"+how, returnsDigest([]lead.Lead{l}), "and nothing that is personal")

	many := make([]lead.Lead, digestNamed+2)
	for i := range many {
		many[i] = l
	}

	require.Contains(t, returnsDigest(many), "*Sales returned 12 leads.*")
	require.Contains(t, returnsDigest(many), "\nand 2 more\n")
}
