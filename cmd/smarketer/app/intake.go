package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"smarketer/bot/intake"
)

// listen opens the HTTP server for webhooks, health checks and metrics, and sets
// [Program.Address]. It doesn't serve yet. Errors name the setting that is wrong.
func (p *Program) listen(ctx context.Context, s Settings, r *rooms, registry *prometheus.Registry) error {
	secrets, err := webhookSecrets("LEADS_WEBHOOK_SECRET", s.LeadsWebhookSecret)
	if err != nil {
		return err
	}

	fromElsewhere, err := webhookSecrets("FEEDBACK_WEBHOOK_SECRET", s.FeedbackWebhookSecret)
	if err != nil {
		return err
	}

	tokens, hubSpot := strings.Fields(string(s.LeadsWebhookToken)), strings.Fields(string(s.HubSpotSecret))
	if len(secrets)+len(tokens)+len(hubSpot) == 0 {
		p.env.Log.Warn("LEADS_WEBHOOK_SECRET is not set: leads can't come in by webhook")
	}

	if len(hubSpot) > 0 && s.PublicURL == "" {
		p.env.Log.Warn("PUBLIC_URL is not set: behind a proxy HubSpot's signatures won't match")
	}

	p.intake = intake.New(intake.Config{
		TakeIn: r.lead.TakeIn, Secrets: secrets, Tokens: tokens, HubSpotSecrets: hubSpot, PublicURL: s.PublicURL,
		TakeOutcome:  r.lead.Outcome,
		TakeFeedback: r.feedback.TakeIn, FeedbackSecrets: fromElsewhere,
		Clock: p.env.Clock, Log: p.env.Log, Registry: registry,
		Checks: map[string]func(context.Context) error{
			"redis": p.Store.Ping,
			"slack": func(context.Context) error { return p.connected() },
			"search": func(context.Context) error {
				if !p.index.Ready() {
					return errors.New("the index is not loaded yet")
				}

				return nil
			},
		},
	})
	p.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", s.HTTPAddr)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR: %w", err)
	}

	p.close = append(p.close, func() error { _ = p.listener.Close(); return nil })
	p.Address, p.http = p.listener.Addr().String(), p.intake.HTTPServer()

	return nil
}

// connected is the readiness check of Slack: an error without a connection.
func (p *Program) connected() error {
	if p.socket.Connections() == 0 {
		return errors.New("no connection to Slack is open")
	}

	return nil
}

// webhookSecrets returns a verifier for each of some secrets, which are separated
// by white space. setting is the environment variable that holds them, for the
// error when one is not whsec_ and base64.
func webhookSecrets(setting string, secrets Secret) ([]*standardwebhooks.Webhook, error) {
	var all []*standardwebhooks.Webhook
	for secret := range strings.FieldsSeq(string(secrets)) {
		w, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return nil, errors.New(setting + " is not whsec_ followed by base64")
		}

		all = append(all, w)
	}

	return all, nil
}
