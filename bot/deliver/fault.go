package deliver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"syscall"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
)

// maxTries is how often an item is tried before it is given up: with the
// pauses between, some four hours.
const maxTries = 60

const (
	firstPause = time.Second
	maxPause   = 5 * time.Minute
)

// fault is what an error means for an item.
type fault struct {
	reason  string
	forGood bool          // trying again is no use
	after   time.Duration // when to try again
	notSent bool          // Slack has certainly not taken it
}

// unsendable is an item that Slack was not even asked to take.
type unsendable struct{ reason string }

func (e *unsendable) Error() string { return e.reason }

// passing are Slack's errors that go away by themselves; they don't tell
// whether the message was taken.
var passing = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}

// judge says what to do about an error after so many tries.
func judge(err error, tries int) fault {
	if u, ok := errors.AsType[*unsendable](err); ok {
		return fault{reason: u.reason, forGood: true}
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return fault{reason: "rate limited", after: limited.RetryAfter, notSent: true}
	}
	f := fault{reason: "no answer", after: pauseAfter(tries), notSent: neverLeft(err), forGood: tries >= maxTries}
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		f.reason = answer.Err
		if answer.Err == "ratelimited" || answer.Err == "rate_limited" {
			f.notSent = true
			return f
		}
		f.forGood = f.forGood || !slices.Contains(passing, answer.Err)
		return f
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		f.reason = fmt.Sprintf("status %d", status.Code)
		f.forGood = f.forGood || (status.Code < http.StatusInternalServerError && status.Code != http.StatusRequestTimeout)
	}
	return f
}

// pauseAfter doubles with each try and is never the same twice.
func pauseAfter(tries int) time.Duration {
	pause := min(firstPause<<min(max(tries-1, 0), 20), maxPause)
	return pause/2 + rand.N(pause)
}

// neverLeft tells that a request can't have reached Slack.
func neverLeft(err error) bool {
	var dns *net.DNSError
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &dns)
}

// isGone tells that the message to change isn't there any more.
func isGone(err error) bool {
	answer, ok := errors.AsType[slack.SlackErrorResponse](err)
	return ok && slices.Contains([]string{"message_not_found", "cant_update_message"}, answer.Err)
}

// reasons puts Slack's error codes into words for an admin.
var reasons = map[string]string{
	"channel_not_found": "I can't see that channel. It may have been deleted, or it is private and I was never invited.",
	"not_in_channel":    "I'm not a member there. Please invite me.",
	"is_archived":       "The channel is archived. Please choose another one in the configuration.",
	"missing_scope":     "My token lacks a permission. Please install the app again with the current manifest.",
	"restricted_action": "A workspace setting doesn't let me post there.",
}

func deadLetterMessage(channel, reason string) bot.Message {
	why := reasons[reason]
	if why == "" {
		why = fmt.Sprintf("Slack says `%s`.", bot.Escape(reason))
	}
	return bot.Message{Text: fmt.Sprintf("I couldn't deliver a message to <#%s>. %s It is kept: `/smarketer status` shows it, to send again or to discard.", channel, why)}
}
