package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/hours"
)

func TestEscalateOnlyWhatIsDue(t *testing.T) {
	t.Parallel()
	p := Policy{Rules: mustCompile(t, RuleSpec{Channel: "C1", SLA: SLASpec{Contact: hours.WorkingTime(time.Hour)}}), Admins: []string{}}
	c, err := Claim(openLead(), "U1", testNow, p)
	require.NoError(t, err)
	claimed := c.New

	_, err = Escalate(claimed, claimed.Clock.Next.Add(-time.Millisecond), p)
	require.ErrorIs(t, err, ErrNotDue)
	c, err = Escalate(claimed, claimed.Clock.Next, p)
	require.NoError(t, err)
	require.Equal(t, EventReminded, c.Events[0].Kind)

	c, err = Contact(claimed, "U1", testNow, p)
	require.NoError(t, err)
	_, err = Escalate(c.New, testNow.Add(24*time.Hour), p)
	require.ErrorIs(t, err, errs.ErrConflict, "nobody waits for it any more")

	c.New.Clock = claimed.Clock
	_, err = Escalate(c.New, testNow.Add(24*time.Hour), p)
	require.ErrorIs(t, err, errs.ErrConflict, "whatever its clock says")
}
