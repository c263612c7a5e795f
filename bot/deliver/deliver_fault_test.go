package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

func TestClassify(t *testing.T) {
	t.Parallel()

	said := func(code string) error { return slack.SlackErrorResponse{Err: code} }
	for _, c := range []struct {
		name   string
		err    error
		reason string
		fate   string // again, never, or the pause in words
		doubt  bool
	}{
		{"rate limit", &postError{&slack.RateLimitedError{RetryAfter: 42 * time.Second}}, "ratelimited", "42s", false},
		{"rate limit in words", &postError{said("ratelimited")}, "ratelimited", "again", false},
		{"rate limit without a time", &postError{slack.StatusCodeError{Code: 429}}, "status 429", "again", false},
		{"unknown channel", &postError{said("channel_not_found")}, "channel_not_found", "never", false},
		{"not a member", &postError{said("not_in_channel")}, "not_in_channel", "never", false},
		{"archived", fmt.Errorf("update: %w", said("is_archived")), "is_archived", "never", false},
		{"too long", &postError{said("msg_blocks_too_long")}, "msg_blocks_too_long", "never", false},
		{"a code of tomorrow", &postError{said("new_error")}, "new_error", "never", false},
		{"Slack's own trouble", &postError{said("internal_error")}, "internal_error", "again", true},
		{"half done", &postError{said("fatal_error")}, "fatal_error", "again", true},
		{"revoked token", &postError{said("token_revoked")}, "token_revoked", "again", false},
		{"500 to a post", &postError{slack.StatusCodeError{Code: 500}}, "status 500", "again", true},
		{"503 to an update", fmt.Errorf("update: %w", slack.StatusCodeError{Code: 503}), "status 503", "again", false},
		{"a proxy says no", &postError{slack.StatusCodeError{Code: 403}}, "status 403", "again", false},
		{"too large", &postError{slack.StatusCodeError{Code: 413}}, "status 413", "never", false},
		{"cut off", &postError{io.ErrUnexpectedEOF}, "no answer", "again", true},
		{"too slow", &postError{context.DeadlineExceeded}, "no answer", "again", true},
		{"reset", &postError{&net.OpError{Op: "read", Err: syscall.ECONNRESET}}, "no answer", "again", true},
		{"refused", &postError{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}, "no answer", "again", false},
		{"no such host", &postError{&net.OpError{Op: "dial", Err: &net.DNSError{}}}, "no answer", "again", false},
		{"a lookup cut off", fmt.Errorf("look for a message: %w", io.EOF), "no answer", "again", false},
		{"Redis away", fmt.Errorf("read: %w: %w", errs.ErrUnavailable, io.EOF), "redis can't be reached", "again", false},
		{"unsendable", &unsendable{noCard}, noCard, "never", false},
		{"a room's error", &renderError{"7F3A", errors.New("no view")}, "render_failed 7F3A", "again", false},
		{"Redis away while rendering", &renderError{"7F3A", errs.ErrUnavailable}, "redis can't be reached", "again", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := classify(c.err, 1)
			require.Equal(t, c.reason, f.reason)
			require.Equal(t, c.doubt, f.doubt, "doubt")

			switch c.fate {
			case "never":
				require.True(t, f.forGood)
			case "again":
				require.False(t, f.forGood)
				require.GreaterOrEqual(t, f.after, pauses.Min/2)
				require.Less(t, f.after, pauses.Min*3/2)
			default:
				require.False(t, f.forGood)
				require.Equal(t, c.fate, f.after.String())
			}
		})
	}
}

func TestClassifyGivesUpOnlyOnAMessage(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"no answer", &postError{io.EOF}, true},
		{"500", &postError{slack.StatusCodeError{Code: 500}}, true},
		{"internal error", &postError{slack.SlackErrorResponse{Err: "internal_error"}}, true},
		{"a room's error", errors.New("can't render"), true},
		{"rate limit", &slack.RateLimitedError{}, false},
		{"revoked token", &postError{slack.SlackErrorResponse{Err: "token_revoked"}}, false},
		{"Redis away", errs.ErrUnavailable, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.False(t, classify(c.err, maxTries-1).forGood)
			require.Equal(t, c.want, classify(c.err, maxTries).forGood)
		})
	}
}
