package deliver

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"smarketer/store/backoff"
	"smarketer/store/errs"
)

// maxTries is how often an item is tried before it is given up: with the
// pauses between, some four hours.
const maxTries = 60

// maxRenders is how often a process tries to render a card that can't be: some
// seconds, since its whole channel waits meanwhile and the next try is not likely
// to end otherwise.
const maxRenders = 4

// pauses are those between the tries of an item, or of a timer.
var pauses = backoff.Policy{Min: time.Second, Max: 5 * time.Minute}

// fault is what an error means for an item.
type fault struct {
	reason  string
	forGood bool          // trying again is no use
	after   time.Duration // when to try again
	doubt   bool          // Slack may have posted it all the same
}

// unsendable is an item that Slack was not even asked to take.
type unsendable struct{ reason string }

func (e *unsendable) Error() string { return e.reason }

// renderError is an error, or a panic, of the room that renders a card. ref is
// what names it in the log.
type renderError struct {
	ref string
	err error
}

func (e *renderError) Error() string { return "render (ref " + e.ref + "): " + e.err.Error() }
func (e *renderError) Unwrap() error { return e.err }

// cannotBeWritten tells that a message can't be put into JSON, so Slack was not
// asked.
func cannotBeWritten(err error) bool {
	_, method := errors.AsType[*json.MarshalerError](err)
	_, kind := errors.AsType[*json.UnsupportedTypeError](err)
	_, value := errors.AsType[*json.UnsupportedValueError](err)
	return method || kind || value
}

// postError is an error of posting, the only call whose repetition shows.
type postError struct{ err error }

func (e *postError) Error() string { return "post: " + e.err.Error() }
func (e *postError) Unwrap() error { return e.err }

// passing are Slack's errors that go away by themselves. They don't tell
// whether the message was taken
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
var passing = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}

// ofTheApp are Slack's errors that say nothing of a message: the token has to
// be mended, and then everything that waits can go.
var ofTheApp = []string{"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required", "ekm_access_denied"}

// classify says what to do about an error after so many tries; of a renderError,
// after so many of its kind.
func classify(err error, tries int) fault {
	if u, ok := errors.AsType[*unsendable](err); ok {
		return fault{reason: u.reason, forGood: true}
	}

	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return fault{reason: "ratelimited", after: limited.RetryAfter}
	}

	f := fault{after: pauses.After(max(tries, 1))}
	if errors.Is(err, errs.ErrUnavailable) {
		f.reason = "redis can't be reached"
		return f
	}

	if r, ok := errors.AsType[*renderError](err); ok {
		f.reason, f.forGood = renderFailed+" "+r.ref, tries >= maxRenders
		return f
	}

	f.forGood = tries >= maxTries
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return f.answered(answer.Err)
	}

	_, posted := errors.AsType[*postError](err)
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		f.reason = fmt.Sprintf("status %d", status.Code)
		f.doubt = posted && status.Code >= http.StatusInternalServerError
		f.forGood = f.forGood || status.Code == http.StatusBadRequest || status.Code == http.StatusRequestEntityTooLarge
		return f
	}

	f.reason, f.doubt = "no answer", posted && !neverLeft(err)
	return f
}

// answered says what to do about Slack's own words.
func (f fault) answered(code string) fault {
	f.reason = code
	switch {
	case code == "ratelimited" || code == "rate_limited" || slices.Contains(ofTheApp, code):
		f.forGood = false
	case slices.Contains(passing, code):
		f.doubt = true
	default:
		f.forGood = true
	}

	return f
}

// neverLeft tells that a request can't have reached Slack: there was no
// connection to send it on.
func neverLeft(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// isGone tells that the message to change isn't there any more.
func isGone(err error) bool {
	answer, ok := errors.AsType[slack.SlackErrorResponse](err)
	return ok && slices.Contains([]string{"message_not_found", "cant_update_message"}, answer.Err)
}
