package bottest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/people"
	"smarketer/store/webhooks"
)

// crmSecret signs what the CRM of these stories is told.
const crmSecret = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="

// crm is a CRM that is told what happens, and that drops every third request.
type crm struct {
	*httptest.Server
	mu       sync.Mutex
	requests int
	told     map[string]map[string]any // by event, the last
	seen     map[string]bool           // webhook-ids
}

func startCRM(t *testing.T) *crm {
	t.Helper()
	verify, err := standardwebhooks.NewWebhook(crmSecret)
	require.NoError(t, err)
	c := &crm{told: map[string]map[string]any{}, seen: map[string]bool{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verify.Verify(body, r.Header); err != nil {
			t.Errorf("a request that is not authentic: %v", err)
		}

		c.mu.Lock()
		defer c.mu.Unlock()

		if c.requests++; c.requests%3 == 0 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}

		var p struct {
			Type string
			Data map[string]any
		}
		if err := json.Unmarshal(body, &p); err != nil {
			t.Error(err)
		}

		if id := r.Header.Get("webhook-id"); !c.seen[id] {
			c.seen[id], c.told[p.Type] = true, p.Data
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// of is what the CRM was told of an event last.
func (c *crm) of(event string) map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.told[event]
}

// startWithCRM is start with a CRM that hears everything about leads.
func startWithCRM(t *testing.T, redisURL string) (*bottest.Story, *crm) {
	t.Helper()
	c := startCRM(t)
	s := bottest.Start(t, bottest.Options{Redis: redisURL, Bare: true,
		Config: func(config *app.Config) {
			config.Webhooks = []app.WebhookConfig{{Name: "crm", URL: c.URL, SecretEnv: "CRM_WEBHOOK_SECRET", Events: []string{"lead.*"}}}
		},
		Getenv: func(name string) string { return map[string]string{"CRM_WEBHOOK_SECRET": crmSecret}[name] },
	})
	s.WaitFor("the webhook has its place in the feed", func() bool {
		state, err := webhooks.New(s.Store).State(t.Context(), "crm")
		return err == nil && state.Cursor != ""
	})
	return s, c
}

func TestACRMFollowsWithoutAnyoneTyping(t *testing.T) {
	t.Parallel()
	s, c := startWithCRM(t, redis)
	_, answer := s.Sends(newLead)
	require.Contains(t, answer, `"lead":"L-1"`)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	card.Clicks("Claim").Sees("L-1 is yours.")
	s.WaitFor("the CRM hears who has it", func() bool { return c.of("lead.claimed") != nil })
	claimed := c.of("lead.claimed")
	require.Equal(t, "x-1", claimed["external_id"])
	require.Equal(t, "website", claimed["source"])
	require.Equal(t, raj, claimed["owner"])
	require.NotContains(t, fmt.Sprint(claimed), "Wilma")

	at := time.Now().UTC().Add(time.Second).Format(time.RFC3339)
	won := `{"source":"website","id":"x-1","at":"` + at + `","outcome":"converted","amount":4800,"currency":"EUR","stage":"proposal"}`
	status, answer := s.SendsTo("/webhooks/leads/outcomes", won)
	require.Equal(t, http.StatusAccepted, status, answer)
	require.Contains(t, answer, `"status":"updated"`)
	_, answer = s.SendsTo("/webhooks/leads/outcomes", won)
	require.Contains(t, answer, `"status":"duplicate"`)
	rep.Sees("EUR 4,800")
	s.WaitFor("the CRM hears of the conversion", func() bool { return c.of("lead.converted") != nil })

	for _, who := range []string{raj, ada} {
		s.Person(who).In(random).Types("/lead stats 1d").Sees("1 announced · 1 claimed (100%)", "1 converted (100%)", "Opportunities: EUR 4,800")
	}

	s.Person(ada).In(random).Types("/smarketer status").Sees("Webhook crm: works")
	s.Delivered()
	s.Person(raj).InDirect().Sees("L-1")
}

func TestAPersonIsForgotten(t *testing.T) {
	t.Parallel()
	s, c := startWithCRM(t, redis)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	card.Clicks("Claim").Sees("L-1 is yours.")
	s.Delivered()
	own := s.Person(raj).InDirect().Sees("Wilma Stone")
	done, err := app.NewRepos(s.Store).People.Forget(t.Context(), "wilma@fernhill.example")
	require.NoError(t, err)
	require.Equal(t, people.Forgotten{Leads: []string{"L-1"}}, done)
	s.Delivered()
	const gone = "L-1 was removed at the person's request."
	require.Equal(t, card.TS, rep.Sees(gone).TS, "in the place of the card")
	require.Equal(t, own.TS, s.Person(raj).InDirect().Sees(gone).TS)

	for _, channel := range []string{leads, s.Person(raj).Direct()} {
		for _, m := range s.Slack.Posts(channel) {
			body, err := json.Marshal(m)
			require.NoError(t, err)
			require.NotContains(t, string(body), "Wilma")
			require.NotContains(t, string(body), "fernhill")
		}
	}

	_, answer := s.Sends(newLead)
	require.Contains(t, answer, `"status":"forgotten"`)
	s.WaitFor("the CRM hears that it is gone", func() bool { return c.of("lead.forgotten") != nil })
	require.Equal(t, map[string]any{"id": "L-1", "rev": c.of("lead.forgotten")["rev"], "status": "forgotten"}, c.of("lead.forgotten"))
	require.NotContains(t, s.Log.String(), "wilma@")
}
