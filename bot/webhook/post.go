package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	// answerWithin bounds one request. Standard Webhooks advises 15 to 30 s;
	// what takes longer than this is no receiver that only stores the event.
	answerWithin = 10 * time.Second
	// maxRetryAfter bounds how long an endpoint may have us wait.
	maxRetryAfter = time.Hour
	// maxAnswer is how much of an answer is read, only so that the connection
	// can be used again. Nothing looks at it.
	maxAnswer = 64 << 10
)

// CheckURL says what is wrong with an endpoint's address. It must be https;
// http is allowed to this machine alone. There may be no user or password in
// it: addresses are shown in logs and in Slack.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Fragment != "":
		return errors.New("must be a web address such as https://crm.example.com/hooks")
	case u.User != nil:
		return errors.New("must not hold a user or a password: requests are signed instead")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLocal(u.Hostname())):
		return errors.New("must begin with https://; http:// is for localhost only")
	}

	return nil
}

func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// newClient makes the HTTP client for an address: it follows no redirects,
// uses no proxy and connects only to where an endpoint may be.
func newClient(address string) (*http.Client, error) {
	if err := CheckURL(address); err != nil {
		return nil, fmt.Errorf("webhook address: %w", err)
	}

	u, _ := url.Parse(address)
	dialer := &net.Dialer{Timeout: answerWithin / 2, Control: connectsTo(isLocal(u.Hostname()))}
	return &http.Client{
		Timeout:       answerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: atOnce, MaxConnsPerHost: atOnce,
			IdleConnTimeout: time.Minute, TLSHandshakeTimeout: answerWithin / 2, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true},
	}, nil
}

var errPlace = errors.New("the address leads where no webhook may go")

// connectsTo looks at the address that a name really leads to, so that
// nobody's DNS can turn a webhook against this machine or against the
// metadata service of a cloud (link-local). Private networks are allowed: a
// CRM may well stand in one.
func connectsTo(local bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		place, err := netip.ParseAddrPort(address)
		if err != nil {
			return errPlace
		}

		ip := place.Addr().Unmap()
		if ip.IsLoopback() != local || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
			return errPlace
		}

		return nil
	}
}

// post sends one signed request. fault says what went wrong without saying
// anything of the address or of the answer; it is "" for any status of 2xx.
func (s *Sender) post(ctx context.Context, e Endpoint, id string, body []byte) (fault string, retryAfter time.Duration) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return "the request could not be made", 0
	}

	id, now := "evt_"+id, s.Clock.Now()
	var signatures []string
	for _, secret := range e.Secrets {
		signature, err := secret.Sign(id, now, body)
		if err != nil {
			return "the request could not be signed", 0
		}

		signatures = append(signatures, signature)
	}

	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "smarketer")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	res, err := s.clients[e.Name].Do(req)
	if err != nil {
		return unanswered(err), 0
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, maxAnswer)

	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return "", 0
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return fmt.Sprintf("status %d: redirects are not followed", res.StatusCode), 0
	}

	return fmt.Sprintf("status %d", res.StatusCode), s.askedToWait(res.Header.Get("Retry-After"))
}

// unanswered puts a failed request into words. The error's own may hold the
// address, and with it what somebody keeps in its query.
func unanswered(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errPlace):
		return errPlace.Error()
	case errors.As(err, &dns):
		return "the name of the host is not known"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	}

	return "the connection failed"
}

// askedToWait reads Retry-After: seconds, or a date.
func (s *Sender) askedToWait(header string) time.Duration {
	var d time.Duration
	if seconds, err := strconv.Atoi(header); err == nil {
		d = time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		d = at.Sub(s.Clock.Now())
	}

	return min(max(d, 0), maxRetryAfter)
}
