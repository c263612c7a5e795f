package deliver

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whom to tell may have to be asked of a Slack that hangs: what is given up is
// given up all the same.
func TestAdminsWhoCannotBeFoundHoldUpNothing(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.takesIn("Ann", 1)
	worker := w.worker()
	worker.Admins = func(ctx context.Context) ([]string, error) { <-ctx.Done(); return nil, ctx.Err() }
	items, _, err := worker.lease(w.ctx, 1)
	require.NoError(t, err)
	outcome, err := worker.record(w.ctx, item{items[0], w.clock.Now().Add(sendWithin)}, "", &unsendable{noCard})
	require.NoError(t, err)
	require.Equal(t, "dead", outcome)
	_, total, err := w.store.DeadLetters(w.ctx, 1)
	require.NoError(t, err)
	require.Equal(t, 1, total)
}
