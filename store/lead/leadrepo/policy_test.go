package leadrepo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/hours"
	"smarketer/store/lead"
)

// webLead is a lead as the web form sends it.
func webLead(externalID string) lead.Lead {
	return lead.Lead{Source: "web", ExternalID: externalID, Company: "Acme"}
}

// office is a configuration of the tests.
type office struct {
	when           string // the one rule, "" for true
	route          string // "" for none
	channel        string // "" for C1
	hours          hours.Hours
	claim, contact time.Duration
	manager        string
	turns          []lead.OwnerSpec
}

// policy is what the office has decided. Without a manager nobody hears of a lead
// that waits.
func (o office) policy() lead.Policy {
	spec := lead.RuleSpec{Channel: "C1", Hours: o.hours,
		SLA:     lead.SLASpec{Claim: hours.WorkingTime(o.claim), Contact: hours.WorkingTime(o.contact)},
		Qualify: []lead.QualifySpec{{Name: "every lead does", When: "true", Held: "no budget"}}}
	if o.when != "" {
		spec.Qualify[0].When = o.when
	}

	if o.channel != "" {
		spec.Channel = o.channel
	}

	if o.route != "" {
		r := lead.RouteSpec{Name: o.route, When: "true", Manager: o.manager, Owners: o.turns}
		if len(o.turns) > 0 {
			r.Assign = lead.AssignRoundRobin
		}

		spec.Routes = []lead.RouteSpec{r}
	}

	rules, err := lead.CompileRules(spec)
	if err != nil {
		panic(err) // the test's own configuration
	}

	return lead.Policy{Rules: rules, Channels: map[string]string{"C1": "C1", "C2": "C2"}, Admins: []string{}, Marketing: []string{}}
}

// allQualify announces every lead in C1.
func allQualify() lead.Policy { return office{}.policy() }

func noneQualify() lead.Policy { return office{when: "false"}.policy() }

// largeQualify asks for 50 employees, and wants a lead claimed within 5 min.
func largeQualify() lead.Policy {
	return office{when: "lead.employees >= 50", claim: 5 * time.Minute}.policy()
}

// inTurn gives every lead out among owners, who take turns under a name.
func inTurn(name string, owners ...lead.OwnerSpec) lead.Policy {
	return office{route: name, turns: owners}.policy()
}

// words is a message with a text and nothing else.
func words(text string) (json.RawMessage, error) { return fmt.Appendf(nil, "%q", text), nil }

func mustTakeIn(t require.TestingT, s *workspace, in lead.Lead) lead.Lead {
	l, _, err := s.TakeIn(testContext(t), "", in, allQualify())
	require.NoError(t, err)
	return l
}
