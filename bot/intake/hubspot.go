package intake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// hubSpotEndpoint is POST /webhooks/hubspot. It takes what a workflow's webhook
// sends of a contact, whole or with a body put together by hand, and what a
// workflow action of an app sends. The events to which an app subscribes name
// a contact and say nothing of it: they are answered, so that HubSpot doesn't
// send them again, and passed over.
func (s *Server) hubSpotEndpoint() endpoint {
	e := endpoint{path: "/webhooks/hubspot", what: "contacts", take: s.takeHubSpot}
	if len(s.HubSpotSecrets) > 0 {
		e.authentic = s.sentByHubSpot
	}

	return e
}

// Headers of HubSpot's signature
// (https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation).
const (
	hubSpotSignature = "X-HubSpot-Signature-v3"
	hubSpotTimestamp = "X-HubSpot-Request-Timestamp" // ms
)

// sentByHubSpot trusts requests with HubSpot's signature of version 3, and those
// of workflows that can't sign and carry a bearer token.
func (s *Server) sentByHubSpot(r *http.Request, body []byte) *problem {
	if token, ok := bearer(r); ok && len(s.Tokens) > 0 {
		if oneOf(token, s.Tokens) {
			return nil
		}

		return problemf(http.StatusUnauthorized, "The bearer token is not one that is set here.")
	}

	stamp := r.Header.Get(hubSpotTimestamp)
	got, err := base64.StdEncoding.DecodeString(r.Header.Get(hubSpotSignature))
	if err == nil && len(got) > 0 {
		for _, secret := range s.HubSpotSecrets {
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write([]byte(r.Method + decodedURI(s.publicURI(r))))
			mac.Write(body)
			mac.Write([]byte(stamp))

			if hmac.Equal(got, mac.Sum(nil)) {
				ms, err := strconv.ParseInt(stamp, 10, 64)
				return s.timely(time.UnixMilli(ms), err, hubSpotTimestamp)
			}
		}
	}

	return problemf(http.StatusUnauthorized, "The signature of version 3 does not match: check HUBSPOT_CLIENT_SECRET, and that PUBLIC_URL is the address that HubSpot sends to.")
}

// publicURI is the address that a request was sent to from outside.
func (s *Server) publicURI(r *http.Request) string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/") + r.RequestURI
	}

	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}

	return scheme + r.Host + r.RequestURI
}

// hubSpotDecodes lists what HubSpot writes out in an address before it signs it.
var hubSpotDecodes = strings.NewReplacer(
	"%3A", ":", "%2F", "/", "%3F", "?", "%40", "@", "%21", "!", "%24", "$",
	"%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3B", ";",
	"%3a", ":", "%2f", "/", "%3f", "?", "%2a", "*", "%2c", ",", "%3b", ";")

func decodedURI(uri string) string { return hubSpotDecodes.Replace(uri) }

// noData is why an event is ignored.
const noData = "It names a contact and has no data of it. Send contacts by a workflow's webhook."

// takeHubSpot takes in one contact, or answers a batch of events.
func (s *Server) takeHubSpot(ctx context.Context, body []byte) ([]Result, error) {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return s.ignoreEvents(body)
	}

	in, err := decodeHubSpot(body)
	if err != nil {
		return nil, err
	}

	lead, what, err := s.TakeIn(ctx, in)
	if fault, ok := faultOf(err, ""); ok {
		return []Result{{ID: in.ExternalID, Status: "invalid", Errors: []Fault{fault}}}, nil
	}

	if err != nil {
		return nil, err
	}

	return []Result{{ID: in.ExternalID, Lead: lead.ID, Status: string(what), Reasons: lead.Reasons}}, nil
}

// ignoreEvents answers a batch of events: each is well formed, or the whole body
// is refused, and none is stored.
func (s *Server) ignoreEvents(body []byte) ([]Result, error) {
	var events []struct {
		Object jsontext.Value `json:"objectId"`
		Type   string         `json:"subscriptionType"`
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, &fieldError{inJSON(err, "")}
	}

	if len(events) == 0 || len(events) > maxItems {
		return nil, &fieldError{Fault{Message: fmt.Sprintf("has %d events: send 1 to %d", len(events), maxItems)}}
	}

	results := make([]Result, len(events))
	for i, e := range events {
		id, err := scalar(e.Object)
		if err != nil || e.Type == "" {
			return nil, &fieldError{Fault{Field: fmt.Sprintf("[%d]", i), Message: "is not an event with objectId and subscriptionType"}}
		}

		results[i] = Result{ID: id, Status: "ignored", Reasons: []string{noData}}
	}

	s.Log.Warn("HubSpot sends events, which have no data of contacts; send them by a workflow's webhook", "events", len(events))

	return results, nil
}
