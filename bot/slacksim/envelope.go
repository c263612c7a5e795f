package slacksim

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// ackWithin is how long an app has to acknowledge an envelope.
const ackWithin = 3 * time.Second

// The types of envelope.
const (
	typeCommand     = "slash_commands"
	typeInteractive = "interactive"
	typeEvent       = "events_api"
)

// envelope is one frame to the app.
type envelope struct {
	EnvelopeID  string  `json:"envelope_id"`
	Type        string  `json:"type"`
	Accepts     bool    `json:"accepts_response_payload"`
	RetryNumber *int    `json:"retry_attempt,omitempty"`
	RetryReason *string `json:"retry_reason,omitempty"`
	Payload     any     `json:"payload"`
}

func (e envelope) attempt() int {
	if e.RetryNumber == nil {
		return 0
	}

	return *e.RetryNumber
}

// delivery is an envelope on its way. The link keeps it until it is acknowledged or
// its sender gives up, and sends it again when its socket closes before that.
type delivery struct {
	envelope envelope
	frame    []byte
	user     string
	socket   *socket // nil while no socket has it
	sent     time.Time
	acked    chan json.RawMessage
}

// call starts the record of something that happened to a delivery.
func (d *delivery) call(kind string, at time.Time) Call {
	c := Call{
		At: at, Kind: kind, Method: d.envelope.Type, User: d.user, EnvelopeID: d.envelope.EnvelopeID, Attempt: d.envelope.attempt(),
	}
	switch p := d.envelope.Payload.(type) {
	case commandPayload:
		c.Channel, c.ties = p.ChannelID, []string{p.TriggerID, p.ResponseURL}
	case interaction:
		c.Channel, c.TS, c.View = p.about()
		c.ties = []string{p.TriggerID, p.ResponseURL}
	case eventPayload:
		if m, ok := p.Event.(messageEvent); ok {
			c.Channel, c.TS = m.Channel, m.TS
		}
	}

	return c
}

// Timeout is what a person sees when the app doesn't answer: it was not connected
// (dispatch_failed) or did not acknowledge within three seconds (operation_timeout).
type Timeout struct {
	What string // "/content", "block_actions", …
	Code string
}

func (t *Timeout) Error() string { return fmt.Sprintf("%s failed with the error %q", t.What, t.Code) }

// deliver sends an envelope for a person and returns the payload of its
// acknowledgement, or a *Timeout. What names it in that.
func (s *Server) deliver(ctx context.Context, user, what string, e envelope) (json.RawMessage, error) {
	e.EnvelopeID = cmp.Or(e.EnvelopeID, newUUID())
	frame, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing an envelope: %w", err)
	}

	d := &delivery{envelope: e, frame: frame, user: user, acked: make(chan json.RawMessage, 1)}
	timer := s.opts.Clock.NewTimer(ackWithin)
	defer timer.Stop()
	if !s.link.dispatch(d) {
		return nil, s.unanswered(d, &Timeout{what, "dispatch_failed"})
	}

	defer s.link.forget(d)
	select {
	case payload := <-d.acked:
		return payload, nil
	case <-timer.Chan():
		return nil, s.unanswered(d, &Timeout{what, "operation_timeout"})
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	}
}

func (s *Server) unanswered(d *delivery, t *Timeout) error {
	c := d.call(CallAck, s.opts.Clock.Now())
	c.Error = t.Error()
	s.note(c)
	return t
}

// redeliver says how long after a failed delivery of an event the next follows,
// https://docs.slack.dev/apis/events-api#retries.
var redeliver = []time.Duration{0, time.Minute, 5 * time.Minute}

// eventPayload is the outer part of an Events API event.
type eventPayload struct {
	Token          string          `json:"token"`
	TeamID         string          `json:"team_id"`
	ContextTeamID  string          `json:"context_team_id"`
	APIAppID       string          `json:"api_app_id"`
	Event          any             `json:"event"`
	Type           string          `json:"type"`
	EventID        string          `json:"event_id"`
	EventTime      int64           `json:"event_time"`
	Authorizations []authorization `json:"authorizations"`
	IsShared       bool            `json:"is_ext_shared_channel"`
	EventContext   string          `json:"event_context"`
}

type authorization struct {
	EnterpriseID        *string `json:"enterprise_id"`
	TeamID              string  `json:"team_id"`
	UserID              string  `json:"user_id"`
	IsBot               bool    `json:"is_bot"`
	IsEnterpriseInstall bool    `json:"is_enterprise_install"`
}

// limitPayload tells the app, once a minute, that it gets too many events and some
// are dropped, https://docs.slack.dev/reference/events/app_rate_limited.
type limitPayload struct {
	Token    string `json:"token"`
	Type     string `json:"type"`
	TeamID   string `json:"team_id"`
	Since    int64  `json:"minute_rate_limited"`
	APIAppID string `json:"api_app_id"`
}

// publish sends an event to the app, if it subscribed to it and has not had too
// many. The caller holds s.mu.
func (s *Server) publish(subscription, user string, event any) {
	w := s.opts.Workspace
	if !slices.Contains(w.App.Events, subscription) {
		return
	}

	now := s.opts.Clock.Now()
	if _, ok := s.limits.take("events", tierEvents.perMinute, tierEvents.burst); !ok {
		if minute := now.Truncate(time.Minute).Unix(); minute != s.state.limited {
			s.state.limited = minute
			s.sendEvent(user, subscription, limitPayload{verificationToken, "app_rate_limited", w.Team.ID, minute, w.App.ID})
		}

		return
	}

	s.sendEvent(user, subscription, eventPayload{
		Token: verificationToken, TeamID: w.Team.ID, ContextTeamID: w.Team.ID, APIAppID: w.App.ID, Event: event,
		Type: "event_callback", EventID: newID("Ev"), EventTime: now.Unix(),
		Authorizations: []authorization{{TeamID: w.Team.ID, UserID: w.App.BotUserID, IsBot: true}},
		EventContext:   "4-" + newHex(20),
	})
}

// sendEvent delivers an event in the background, until it is acknowledged or given up.
func (s *Server) sendEvent(user, subscription string, payload any) {
	s.start(func(ctx context.Context) {
		attempt, reason := 0, ""
		for {
			_, err := s.deliver(ctx, user, subscription, envelope{
				Type: typeEvent, Payload: payload, RetryNumber: &attempt, RetryReason: &reason,
			})
			if err == nil || attempt == len(redeliver) || !s.wait(ctx.Done(), redeliver[attempt]) {
				return
			}

			attempt, reason = attempt+1, "timeout"
		}
	})
}
