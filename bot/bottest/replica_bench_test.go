package bottest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/cmd/smarketer/app"
	"smarketer/cmd/smarketer/sample"
	"smarketer/store/content"
)

// BenchmarkApprovalReachesASecondReplica measures from the moment one replica
// has a new asset approved in the store to the moment another serves it. Both,
// their Redis and the simulated Slack share the machine.
func BenchmarkApprovalReachesASecondReplica(b *testing.B) {
	config, err := sample.Config()
	require.NoError(b, err)
	sim := workspaceFor(b, config)
	first, second := replicaOn(b, sim, config), replicaOn(b, sim, config)
	connected(b, sim, 4)

	for _, p := range []*app.Program{first, second} {
		require.Eventually(b, p.Ready, 20*time.Second, time.Millisecond)
	}

	look := time.NewTicker(20 * time.Microsecond)
	defer look.Stop()

	var took []time.Duration
	for b.Loop() {
		_, v, err := first.Assets.Propose(b.Context(), "", content.Suggestion{
			Version: content.Version{Title: fmt.Sprintf("Line %d", len(took)), Body: "Every site sends a short list each morning."},
			By:      raj, Purpose: content.Purpose{Kind: content.OneLiner}, Channel: contentDesk, Deciders: []string{mia}, RemindAt: time.Now().Add(time.Hour),
		})
		require.NoError(b, err)
		known, id := second.Searchable(), fmt.Sprintf("C-%d", len(took)+1)
		began := time.Now()
		_, _, err = first.Assets.Approve(b.Context(), "", id, v.Number, mia, time.Time{})
		require.NoError(b, err)

		for second.Searchable() == known {
			<-look.C
		}

		took = append(took, time.Since(began))
	}

	reportTimes(b, took)
}
