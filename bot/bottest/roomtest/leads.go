package roomtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/turns/turnrepo"
)

// Leads are the leads of a workspace.
func Leads(s *store.Store) *leadrepo.Repo { return leadrepo.New(s, turnrepo.New(s)) }

// Announces is a policy by which every lead qualifies that meets the
// rules, and is announced in a channel.
func Announces(t testing.TB, channel string, rules ...lead.QualifySpec) lead.Policy {
	t.Helper()
	compiled, err := lead.CompileRules(lead.RuleSpec{Channel: channel, Qualify: rules})
	require.NoError(t, err)
	return lead.Policy{Rules: compiled, Channels: map[string]string{channel: channel}, Marketing: []string{}, Admins: []string{}}
}
