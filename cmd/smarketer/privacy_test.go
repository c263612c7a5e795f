package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/roomtest"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
	"smarketer/store/feedback"
	"smarketer/store/lead"
	"smarketer/store/people"
	"smarketer/store/webhooks"
)

// comesIn stores a lead that is open to claim.
func comesIn(t *testing.T, s *store.Store, id, email string) {
	t.Helper()
	_, _, err := roomtest.Leads(s).TakeIn(t.Context(), "", lead.Lead{Source: "web", ExternalID: id, Email: email, Name: "Ada Stone"},
		roomtest.Announces(t, "C0LEADS"))
	require.NoError(t, err)
}

func TestAPersonIsShownAndForgotten(t *testing.T) {
	t.Parallel()
	s, settings := office(t)
	comesIn(t, s, "1", "Ada@Brackenmoor.example")
	_, err := app.NewRepos(s).Feedback.Add(t.Context(), "", feedback.Piece{Words: "Write to ada@brackenmoor.example", Reporter: "U0RAJ"}, "C1")
	require.NoError(t, err)
	privacy := func(args ...string) (code int, out, errors string) {
		return commandLine(t, append(append([]string{"privacy"}, args...), settings...)...)
	}
	code, out, errors := privacy("export", "ada@brackenmoor.example")
	require.Zero(t, code, errors)
	var data people.Data
	require.NoError(t, json.Unmarshal([]byte(out), &data))
	require.Equal(t, "Ada Stone", data.Leads[0].Lead.Name)
	require.Equal(t, "F-1", data.Mentions[0].Where)

	code, out, errors = privacy("forget", "ada@brackenmoor.example")
	require.Zero(t, code, errors)
	require.Contains(t, out, "Leads removed: L-1\nThe address was taken out of: F-1\n")
	require.NotContains(t, errors, "ada@")
	code, out, _ = privacy("forget", "ada@brackenmoor.example")
	require.Zero(t, code)
	require.Contains(t, out, "Leads removed: none\nThe address was taken out of: none\n")
	_, out, _ = privacy("export", "ada@brackenmoor.example")
	require.JSONEq(t, `{"email":"ada@brackenmoor.example","forgotten":true,"leads":[],"mentions":[]}`, out)

	code, _, errors = privacy("forget", "Ada Stone")
	require.Equal(t, 1, code)
	require.Contains(t, errors, "give one e-mail address, such as ann@example.com")
}

func TestWebhooksAreListedAndSentAgain(t *testing.T) {
	t.Parallel()
	s, settings := office(t)
	config := filepath.Join(t.TempDir(), "smarketer.yaml")
	require.NoError(t, os.WriteFile(config, []byte(`webhooks: [{name: crm, url: "https://crm.example.com", secret_env: CRM_SECRET, events: [lead.*]}]`), 0o600))
	command := func(args ...string) (code int, out, errors string) {
		return commandLine(t, append(append([]string{"webhooks"}, args...), append(settings, "--config", config)...)...)
	}
	repo := webhooks.New(s)
	lease, err := repo.Lease(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	event := webhooks.Event{ID: "1-1", Kind: "lead.opened", Ref: "lead:L-1#1", Tries: 11, Error: "status 500"}
	require.NoError(t, repo.RecordResults(t.Context(), lease, webhooks.Result{Event: event, GiveUp: true}))
	code, out, errors := command("list")
	require.Zero(t, code, errors)
	require.Equal(t, `crm: lead.*
  last told never; 0 events to try again, 1 given up
  given up: lead.opened lead:L-1#1 (evt_1-1), tried 11 times: status 500
`, out)
	code, out, errors = command("replay", "crm")
	require.Zero(t, code, errors)
	require.Equal(t, "events that a running bot sends to crm again: 1\n", out)
	due, err := repo.Due(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	code, out, errors = command("replay", "crm", "--since", "24h")
	require.Zero(t, code, errors)
	require.Contains(t, out, "a running bot sends crm everything again that happened since 20")
	code, _, errors = command("replay", "erp")
	require.Equal(t, 1, code)
	require.Contains(t, errors, `there is no webhook "erp"; configured are: crm`)
	code, _, errors = command("replay", "crm", "--since=-1h")
	require.Equal(t, 1, code)
	require.Contains(t, errors, "--since must be a time such as 24h")
}
