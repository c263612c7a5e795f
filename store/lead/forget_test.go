package lead

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARedactedLeadIsKnownAsBefore(t *testing.T) {
	t.Parallel()
	was := Lead{ID: "L-1", Source: "ada@x.example", ExternalID: "ada@x.example", Interest: "ada@x.example", OwnerEmail: "ada@x.example"}
	is := Lead{ID: "L-1", Source: "[removed]", ExternalID: "[removed]", Interest: "[removed]", OwnerEmail: "[removed]"}
	require.Equal(t, Lead{ID: "L-1", Source: "ada@x.example", ExternalID: "ada@x.example", Interest: "[removed]"}, is.Redacted(was))

	was.OwnerEmail, is.OwnerEmail = "grace@x.example", "grace@x.example"
	require.Equal(t, "grace@x.example", is.Redacted(was).OwnerEmail)
}
