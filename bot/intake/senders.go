package intake

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// tolerance is how far the time of a request may be off. Within it a recorded
// request may come again, so whatever a webhook takes must be harmless twice.
const tolerance = 5 * time.Minute

// sentBy trusts requests that are signed with one of the secrets as in
// Standard Webhooks (https://www.standardwebhooks.com), and those that carry
// one of the tokens ("Authorization: Bearer …"). It is nil with neither.
// setting is the environment variable that holds the secrets.
func (s *Server) sentBy(secrets []*standardwebhooks.Webhook, tokens []string, setting string) func(*http.Request, []byte) *problem {
	if len(secrets) == 0 && len(tokens) == 0 {
		return nil
	}

	return func(r *http.Request, body []byte) *problem {
		if token, ok := bearer(r); ok {
			if oneOf(token, tokens) {
				return nil
			}

			return problemf(http.StatusUnauthorized, "The bearer token is not one that is set here.")
		}

		for _, secret := range secrets {
			if secret.VerifyIgnoringTimestamp(body, r.Header) == nil {
				sent, err := strconv.ParseInt(r.Header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
				return s.timely(time.Unix(sent, 0), err, "webhook-timestamp")
			}
		}

		return problemf(http.StatusUnauthorized, "The signature does not match: sign with "+setting+" as in Standard Webhooks.")
	}
}

// timely refuses a request whose time is off by more than tolerance, since it may
// have been recorded and sent again. err is from reading the time, header the name
// of its header.
func (s *Server) timely(sent time.Time, err error, header string) *problem {
	if off := s.Clock.Since(sent); err != nil || off.Abs() > tolerance {
		return problemf(http.StatusUnauthorized, header+" is more than 5 minutes off.")
	}

	return nil
}

// bearer is the token that a request carries (RFC 6750).
func bearer(r *http.Request) (string, bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), found && strings.EqualFold(scheme, "bearer")
}

// oneOf compares a token with all that are known, in a time that tells nothing
// about them.
func oneOf(token string, known []string) bool {
	got, found := sha256.Sum256([]byte(token)), 0
	for _, k := range known {
		want := sha256.Sum256([]byte(k))
		found |= subtle.ConstantTimeCompare(got[:], want[:])
	}

	return found == 1
}
