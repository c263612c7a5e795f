package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	// maxAck is the size from which Slack drops an ack and closes the
	// connection (maxResponseSize in slack-go's socketmode package).
	maxAck = 20_480
	// writeTimeout bounds one write.
	writeTimeout = 5 * time.Second
	// helloTimeout bounds dialling and the greeting, in real time.
	helloTimeout = 15 * time.Second
	// closeWait is how long Slack has to answer our close frame.
	closeWait = 2 * time.Second
)

// keepalive is how a connection is kept alive. It follows real time, whatever
// clock the program has, as Slack's own pings do.
type keepalive struct {
	every   time.Duration // between our pings
	silence time.Duration // without anything received a connection is taken for dead
}

// slackKeepalive is that of Slack's own clients.
var slackKeepalive = keepalive{every: 5 * time.Second, silence: 30 * time.Second}

// envelope is what Slack sends over Socket Mode, with the connection to
// acknowledge it on.
type envelope struct {
	frame
	conn *connection
}

// ack tells Slack that an envelope arrived. payload is the answer that rides
// along, nil for none.
func (e envelope) ack(payload any) error {
	var body bytes.Buffer

	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // six bytes for each < would count against maxAck
	if err := encoder.Encode(socketmode.Response{EnvelopeID: e.EnvelopeID, Payload: payload}); err != nil {
		return fmt.Errorf("encode an ack: %w", err)
	}

	if body.Len() > maxAck { // Encode adds a line break, which isn't sent
		return errAckTooLarge
	}

	return e.conn.write(websocket.TextMessage, bytes.TrimSuffix(body.Bytes(), []byte("\n")))
}

var errAckTooLarge = fmt.Errorf("an ack must be smaller than %d bytes", maxAck)

// connection is one WebSocket to Slack. slack-go's own Socket Mode client is
// not used: it closes an old connection before it opens the next, hides why
// Slack disconnects, and can't tell when an ack is out.
type connection struct {
	ws      *websocket.Conn
	began   time.Time
	mu      sync.Mutex   // a WebSocket takes one writer at a time
	heard   atomic.Int64 // when something was last received, in Unix nanoseconds
	closing atomic.Bool  // we have sent a close frame
	greeted sync.Once
	ready   chan struct{} // closed once Slack has said hello
	done    chan struct{} // closed once reading has ended
}

// dialer has buffers that hold a whole ack, so that it goes out in one write.
var dialer = &websocket.Dialer{Proxy: http.ProxyFromEnvironment, ReadBufferSize: 16 << 10, WriteBufferSize: maxAck + 1024}

// dial asks Slack for an address and opens a connection there.
func dial(ctx context.Context, api *slack.Client) (*connection, error) {
	_, url, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("apps.connections.open: %w", err)
	}

	ws, _, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, fmt.Errorf("open a Socket Mode connection: %w", err)
	}

	return &connection{ws: ws, ready: make(chan struct{}), done: make(chan struct{})}, nil
}

// read hands envelopes on until the connection ends. toEnd is told when Slack
// asks to end it or has fallen silent; reading goes on, since envelopes may
// still come.
func (c *connection) read(k keepalive, handle func(envelope), toEnd func(reason string)) error {
	defer close(c.done)

	c.noteHeard()
	c.ws.SetPingHandler(func(data string) error {
		c.noteHeard()
		// Never behind the acks: this goroutine must get back to reading.
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		return nil
	})
	c.ws.SetPongHandler(func(string) error { c.noteHeard(); return nil })
	go c.ping(k, toEnd)

	var body bytes.Buffer
	for {
		_, from, err := c.ws.NextReader()
		if err == nil {
			body.Reset()
			_, err = body.ReadFrom(from)
		}

		if err != nil {
			return fmt.Errorf("read from slack: %w", err)
		}

		c.noteHeard()

		f, err := decode(body.Bytes())
		switch {
		case err != nil, c.closing.Load():
			// Without an envelope ID there is nothing to acknowledge; after
			// our close frame there is no way to.
		case f.Type == socketmode.RequestTypeHello:
			c.greeted.Do(func() { close(c.ready) })
		case f.Type == socketmode.RequestTypeDisconnect:
			toEnd(f.Reason)
		case f.EnvelopeID != "":
			handle(envelope{f, c})
		}
	}
}

func (c *connection) noteHeard() { c.heard.Store(time.Now().UnixNano()) }

// ended reports whether the connection is gone.
func (c *connection) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// ping keeps the connection from being taken for dead, and notices when it is.
func (c *connection) ping(k keepalive, toEnd func(reason string)) {
	tick := time.NewTicker(k.every)
	defer tick.Stop()

	for {
		select {
		case <-c.done:
			return
		case <-tick.C:
			if time.Since(time.Unix(0, c.heard.Load())) > k.silence {
				toEnd("silence")
			}

			_ = c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout))
		}
	}
}

func (c *connection) write(kind int, body []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()

	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("write to slack: %w", err)
	}

	if err := c.ws.WriteMessage(kind, body); err != nil {
		return fmt.Errorf("write to slack: %w", err)
	}

	return nil
}

// close sends a close frame. The socket itself is closed when Slack has answered: one
// that is closed with something unread is reset, and acks on their way are
// lost with it.
func (c *connection) close() {
	c.closing.Store(true)
	if c.write(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")) != nil {
		_ = c.ws.Close()
		return
	}

	_ = c.ws.SetReadDeadline(time.Now().Add(closeWait))
}

// fatal tells whether an error of opening a connection can't be mended by
// trying again, and says what to do.
func fatal(err error) (string, bool) {
	answer, ok := errors.AsType[slack.SlackErrorResponse](err)
	if !ok {
		return "", false
	}

	switch answer.Err {
	case "invalid_auth", "not_authed", "token_revoked", "account_inactive", "token_expired":
		return fmt.Sprintf("Slack refuses SLACK_APP_TOKEN (%s): create an app-level token with the scope connections:write and set it", answer.Err), true
	case "not_allowed_token_type":
		return "SLACK_APP_TOKEN must be an app-level token (xapp-…), not a bot token", true
	case "missing_scope":
		return "SLACK_APP_TOKEN lacks the scope connections:write: create an app-level token that has it and set that", true
	}

	return "", false
}
