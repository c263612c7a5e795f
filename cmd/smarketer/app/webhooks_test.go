package app

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const goodSecret = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="

func TestWebhooksInTheConfiguration(t *testing.T) {
	t.Parallel()
	config, err := ParseConfig("x.yaml", []byte(`
leads: {retention: 730d}
webhooks:
  - {name: crm, url: "https://crm.example.com/hooks?tenant=3", secret_env: CRM_SECRET, events: ["lead.*", content.approved]}
`))
	require.NoError(t, err)
	require.Equal(t, span(730*day), config.Leads.Retention)
	require.Equal(t, []WebhookConfig{{Name: "crm", URL: "https://crm.example.com/hooks?tenant=3", SecretEnv: "CRM_SECRET", Events: []string{"lead.*", "content.approved"}}}, config.Webhooks)
	text, err := config.YAML()
	require.NoError(t, err)
	again, err := ParseConfig("x.yaml", []byte(text))
	require.NoError(t, err)
	require.Equal(t, config, again)
}

func TestMistakesInWebhooks(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, line, fault string }{
		{"no name", `{url: "https://a.example", secret_env: A, events: ["lead.*"]}`, "webhooks[0].name: must be at most 32"},
		{"plain http", `{name: a, url: "http://a.example", secret_env: A, events: ["lead.*"]}`, "webhooks[0].url: must begin with https://"},
		{"the secret itself", `{name: a, url: "https://a.example", secret_env: ` + goodSecret + `, events: ["lead.*"]}`, "doesn't belong in this file"},
		{"no events", `{name: a, url: "https://a.example", secret_env: A}`, "webhooks[0].events: must name at least one"},
		{"a misspelt event", `{name: a, url: "https://a.example", secret_env: A, events: [lead.claimd]}`, `did you mean "lead.claimed"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseConfig("x.yaml", []byte("webhooks:\n  - "+c.line))
			require.ErrorContains(t, err, c.fault)
			require.NotContains(t, err.Error(), goodSecret)
		})
	}
}

func TestSecretsOfWebhooks(t *testing.T) {
	t.Parallel()

	config := Config{Webhooks: []WebhookConfig{{Name: "crm", URL: "https://a.example", SecretEnv: "CRM_SECRET", Events: []string{"lead.*"}}}}
	for _, c := range []struct{ name, secret, fault string }{
		{"missing", " ", "CRM_SECRET is not set"},
		{"too short", "whsec_YWJj", "CRM_SECRET: secret 1 is too short"},
		{"one", goodSecret, ""},
		{"two while one is replaced", goodSecret + " " + goodSecret, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			endpoints, err := config.endpoints(func(string) string { return c.secret })
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				require.NotContains(t, err.Error(), "YWJj")
				return
			}

			require.NoError(t, err)
			require.Len(t, endpoints, 1)
			require.NotEmpty(t, endpoints[0].Secrets)
		})
	}
}
