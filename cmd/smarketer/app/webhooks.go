package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"smarketer/bot/directory"
	"smarketer/bot/webhook"
	"smarketer/store/webhooks"
)

// WebhookConfig is an endpoint that is told of events.
type WebhookConfig struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`
	// SecretEnv names the environment variable with the secret that signs: a
	// file is no place for it.
	SecretEnv string   `yaml:"secret_env"`
	Events    []string `yaml:"events,flow"`
}

var (
	webhookName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	envName     = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
)

// checkWebhooks finds what is wrong with endpoints.
func (d *configDecoder) checkWebhooks(endpoints []WebhookConfig) {
	var names []string
	for i, e := range endpoints {
		path := fmt.Sprintf("webhooks[%d]", i)
		if !webhookName.MatchString(e.Name) {
			d.report(path+".name", `must be at most 32 lower-case letters, digits and -, such as "crm", not %q`, e.Name)
		}

		if err := webhook.CheckURL(e.URL); err != nil {
			d.report(path+".url", "%v", err)
		}

		if !envName.MatchString(e.SecretEnv) {
			d.report(path+".secret_env", "must be the name of an environment variable, such as CRM_WEBHOOK_SECRET; the secret itself doesn't belong in this file")
		}

		if len(e.Events) == 0 {
			d.report(path+".events", `must name at least one event, such as "lead.*"`)
		}

		for j, event := range e.Events {
			if kinds := webhook.Kinds(); !slices.Contains(kinds, event) {
				d.report(fmt.Sprintf("%s.events[%d]", path, j), "unknown event %q; %s", event, nearestKey(event, kinds))
			}
		}

		if slices.Contains(names, e.Name) {
			d.report(path+".name", "%q is the name of an earlier one; each has its own place in what happened", e.Name)
		}

		names = append(names, e.Name)
	}
}

// endpoints returns the configured endpoints, with their secrets from the
// environment.
// The error names every variable that is missing or holds no secret.
func (c Config) endpoints(getenv func(string) string) ([]webhook.Endpoint, error) {
	if getenv == nil {
		getenv = os.Getenv
	}

	var endpoints []webhook.Endpoint
	var errs []error
	for _, e := range c.Webhooks {
		secrets := Secret(getenv(e.SecretEnv))
		if strings.TrimSpace(string(secrets)) == "" {
			errs = append(errs, fmt.Errorf(`%s is not set; the webhook %q signs with it; make one with: echo "whsec_$(openssl rand -base64 32)"`, e.SecretEnv, e.Name))
			continue
		}

		if err := checkWebhookSecrets(e.SecretEnv, secrets); err != nil {
			errs = append(errs, err)
			continue
		}

		signers, err := webhookSecrets(e.SecretEnv, secrets)
		errs = append(errs, err)
		endpoints = append(endpoints, webhook.Endpoint{Name: e.Name, URL: e.URL, Secrets: signers, Events: e.Events})
	}

	return endpoints, errors.Join(errs...)
}

// openWebhooks makes the sender that tells the configured endpoints of events,
// with their secrets from the environment. It sends nothing yet.
func (p *Program) openWebhooks(c Config, dir *directory.Directory, registry *prometheus.Registry) error {
	endpoints, err := c.endpoints(p.env.Getenv)
	if err != nil {
		return err
	}

	p.sender, err = webhook.New(webhook.Config{
		Store: p.Store, Assets: p.Assets, Leads: p.Leads, Feedback: p.Feedback, States: webhooks.New(p.Store), Endpoints: endpoints, Email: dir.Email, Clock: p.env.Clock, Log: p.env.Log, Registry: registry,
	})
	return err
}

// webhookStates returns how each configured endpoint is doing.
func (c Config) webhookStates(ctx context.Context, repo *webhooks.Repo) ([]webhooks.State, error) {
	var states []webhooks.State
	for _, e := range c.Webhooks {
		state, err := repo.State(ctx, e.Name)
		if err != nil {
			return nil, err
		}

		states = append(states, state)
	}

	return states, nil
}
