package sample_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
	"smarketer/store/content"
	"smarketer/store/feedback"
	domain "smarketer/store/lead"
)

// lead has exactly the fields of POST /webhooks/leads.
type lead struct {
	ID         string            `json:"id"`
	Source     string            `json:"source"`
	Email      string            `json:"email"`
	Name       string            `json:"name" expr:"name"`
	Title      string            `json:"title"`
	Company    string            `json:"company" expr:"company"`
	Domain     string            `json:"domain"`
	Country    string            `json:"country" expr:"country"`
	Industry   string            `json:"industry"`
	Employees  int               `json:"employees" expr:"employees"`
	Score      float64           `json:"score" expr:"score"`
	Interest   string            `json:"interest"`
	OwnerEmail string            `json:"owner_email"`
	URL        string            `json:"url"`
	Touches    []domain.Touch    `json:"touches"`
	Attributes map[string]string `json:"attributes"`
}

// configuration is the part of smarketer.yaml that must fit the workspace.
type configuration struct {
	Channels map[string]string
	Roles    map[string]struct{ Usergroups, Users []string }
	Hours    struct {
		Timezone string
		Days     []string
		From, To string
		Holidays []string
	}
	Leads struct {
		Qualify []rule
		Routes  []struct {
			Name, When, Channel, Assign, Manager string
			Owners                               []string
			SLA                                  struct{ Claim, Contact time.Duration }
		}
		SLA struct{ Claim, Contact time.Duration }
	}
	Content struct {
		ReviewEvery  map[string]string `yaml:"review_every"`
		DecideWithin time.Duration     `yaml:"decide_within"`
	}
	Commands map[string]string
}

type rule struct{ Name, When, Held string }

func workspace(t *testing.T) slacksim.Workspace {
	t.Helper()
	var ws slacksim.Workspace
	decodeYAML(t, read(t, "workspace.yaml"), &ws)
	return ws
}

// people returns the IDs of everybody in the workspace.
func people(t *testing.T) []string {
	t.Helper()

	var ids []string
	for _, u := range workspace(t).Users {
		ids = append(ids, u.ID)
	}

	return ids
}

func TestWorkspace(t *testing.T) {
	t.Parallel()
	_, err := slacksim.LoadWorkspace(bytes.NewReader(read(t, "workspace.yaml")))
	require.NoError(t, err)
	ws, ids := workspace(t), people(t)
	require.Equal(t, slacksim.App{}, ws.App, "the program describes its own app")
	require.Subset(t, ids, []string{"U0RAJ", "U0LEA", "U0MIA", "U0ADA", "U0TOM"})

	for _, u := range ws.Users {
		require.NotEmpty(t, u.Title, u.ID)
		require.True(t, strings.HasSuffix(u.Email, "@hushwatt.example"), u.Email)
		_, err := time.LoadLocation(u.TZ)
		require.NoError(t, err, u.ID)
		require.Regexp(t, `^[0-9a-f]{6}$`, u.Color, u.ID)
	}

	members := map[string][]string{}
	for _, c := range ws.Channels {
		require.Subset(t, ids, c.Members, c.Name)
		members[c.ID] = c.Members
	}

	for _, g := range ws.Usergroups {
		require.Subset(t, ids, g.Users, g.Handle)
	}

	require.GreaterOrEqual(t, len(ws.Messages), 12)

	for _, m := range ws.Messages {
		require.Contains(t, members[m.Channel], m.User, m.Text)
	}
}

func TestConfigurationFitsTheWorkspace(t *testing.T) {
	t.Parallel()
	var conf configuration
	decodeYAML(t, read(t, "smarketer.yaml"), &conf)

	var channelNames, handles []string
	ws, ids := workspace(t), people(t)
	for _, c := range ws.Channels {
		channelNames = append(channelNames, "#"+c.Name)
	}

	for _, g := range ws.Usergroups {
		handles = append(handles, g.Handle)
	}

	require.Len(t, conf.Channels, 3)

	for _, name := range conf.Channels {
		require.Contains(t, channelNames, name)
	}

	require.Len(t, conf.Roles, 3)

	for role, who := range conf.Roles {
		require.Subset(t, handles, who.Usergroups, role)
		require.Subset(t, ids, who.Users, role)
	}

	for _, r := range conf.Leads.Routes {
		require.Contains(t, channelNames, r.Channel, r.Name)
		require.Subset(t, ids, r.Owners, r.Name)

		if r.Manager != "" {
			require.Contains(t, ids, r.Manager, r.Name)
		}
	}

	require.Less(t, conf.Leads.SLA.Claim, conf.Leads.SLA.Contact)
	_, err := time.LoadLocation(conf.Hours.Timezone)
	require.NoError(t, err)

	for kind := range conf.Content.ReviewEvery {
		if kind != "default" {
			require.Contains(t, content.Kinds, content.Kind(kind))
		}
	}
}

func leads(t *testing.T) []lead {
	t.Helper()
	var body struct {
		Leads []lead `json:"leads"`
	}
	decodeJSON(t, "leads.json", &body)
	return body.Leads
}

func TestLeads(t *testing.T) {
	t.Parallel()
	var examples []struct {
		Title string `json:"title"`
		Lead  lead   `json:"lead"`
	}
	decodeJSON(t, "lead-examples.json", &examples)
	require.Len(t, examples, 4)
	all := leads(t)
	require.Len(t, all, 6)

	for _, e := range examples {
		require.NotEmpty(t, e.Title)
		all = append(all, e.Lead)
	}

	kinds := []string{"form", "webinar", "page", "email", "social", "event", "call"}
	seen := map[string]bool{}
	for _, l := range all {
		require.NotEmpty(t, l.ID)
		require.NotEmpty(t, l.Source, l.ID)
		require.NotEmpty(t, l.Email, l.ID)
		require.False(t, seen[l.Source+"/"+l.ID], "%s is there twice", l.ID)
		seen[l.Source+"/"+l.ID] = true
		require.True(t, slices.IsSortedFunc(l.Touches, func(a, b domain.Touch) int { return a.At.Compare(b.At) }), l.ID)

		for _, touch := range l.Touches {
			require.Contains(t, kinds, touch.Kind, l.ID)
			require.Equal(t, time.November, touch.At.Month(), l.ID)
		}
	}
}

// TestLeadsTakeEveryWay is what makes the demo worth watching: every route of
// the configuration gets a lead, and some leads are held back.
func TestLeadsTakeEveryWay(t *testing.T) {
	t.Parallel()
	var conf configuration
	decodeYAML(t, read(t, "smarketer.yaml"), &conf)

	holds := func(when string, l lead) bool {
		env := map[string]any{"lead": l}
		program, err := expr.Compile(when, expr.Env(env), expr.AsBool())
		require.NoError(t, err, when)
		answer, err := expr.Run(program, env)
		require.NoError(t, err, when)
		return answer.(bool)
	}
	ways := map[string][]string{}
	for _, l := range leads(t) {
		way := "held"
		if !slices.ContainsFunc(conf.Leads.Qualify, func(rule rule) bool { return !holds(rule.When, l) }) {
			for _, route := range conf.Leads.Routes {
				if holds(route.When, l) {
					way = route.Name
					break
				}
			}
		}

		ways[way] = append(ways[way], l.ID)
	}

	require.Equal(t, map[string][]string{
		"enterprise":                {"8841"},
		"German-speaking countries": {"8849"},
		"everyone else":             {"8846", "8852"},
		"held":                      {"8855", "8857"},
	}, ways)
}

func TestLeadsCSV(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(read(t, "leads.csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 13, "a header and twelve leads")
	require.Equal(t, []string{"id", "source", "email", "name", "title", "company", "domain", "country",
		"industry", "employees", "score", "interest", "owner_email", "url"}, rows[0])

	seen := map[string]bool{}
	for _, row := range rows[1:] {
		require.NotContains(t, row[:3], "", row)
		require.False(t, seen[row[0]], "%s is there twice", row[0])
		seen[row[0]] = true
	}
}

// heard is one piece of feedback; its asset is a slug.
type heard struct {
	Reporter   string          `json:"reporter"`
	Source     string          `json:"source"`
	Respondent string          `json:"respondent"`
	Words      string          `json:"words"`
	Verdict    content.Verdict `json:"verdict"`
	Asset      string          `json:"asset"`
	Account    string          `json:"account"`
	Competitor string          `json:"competitor"`
	Persona    string          `json:"persona"`
	Stage      string          `json:"stage"`

	Importance feedback.Importance `json:"importance"`

	Created time.Time `json:"created"`
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	var pieces []heard
	decodeJSON(t, "feedback.json", &pieces)
	require.Len(t, pieces, 13)
	require.True(t, slices.IsSortedFunc(pieces, func(a, b heard) int { return a.Created.Compare(b.Created) }))

	assets, ids := library(t), people(t)
	verdicts := map[content.Verdict]int{}
	for _, f := range pieces {
		require.NotEmpty(t, f.Words)

		if f.Source == "" {
			require.Contains(t, ids, f.Reporter)
			require.NotEmpty(t, f.Account)
		}

		if f.Asset != "" {
			require.Equal(t, content.Approved, assets[f.Asset].Status, "feedback on %q", f.Asset)
		}

		if f.Competitor != "" {
			require.Contains(t, []string{"Voltquill", "Brumble Controls", "Plugmoth", "Ledgerwick"}, f.Competitor)
		}

		verdicts[f.Verdict]++
	}

	require.Equal(t, map[content.Verdict]int{content.Works: 6, content.Mixed: 2, content.Fails: 5}, verdicts)
}

func TestDesk(t *testing.T) {
	t.Parallel()
	var desk struct {
		Proposal struct {
			Asset, By, From, To, Note string
			UsedBy                    []string `json:"used_by"`
		}
		Gaps []struct {
			Words, Channel string
			SearchedBy     []string `json:"searched_by"`
			Asked          []content.GapNote
		}
	}
	decodeJSON(t, "desk.json", &desk)
	ids, a := people(t), library(t)[desk.Proposal.Asset]
	require.Equal(t, content.Approved, a.Status)
	require.Contains(t, a.Body, desk.Proposal.From)

	for _, claim := range a.Claims {
		require.Contains(t, strings.Replace(a.Body, desk.Proposal.From, desk.Proposal.To, 1), claim)
	}

	require.Subset(t, ids, append(desk.Proposal.UsedBy, desk.Proposal.By))
	require.Len(t, desk.Gaps, 2)

	for _, g := range desk.Gaps {
		require.Subset(t, ids, g.SearchedBy)

		for _, asked := range g.Asked {
			require.Contains(t, g.SearchedBy, asked.By, "who asks has searched")
		}
	}
}
