package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	// maxAck is the size from which Slack drops an ack and closes the
	// connection (maxResponseSize in slack-go's socketmode package).
	maxAck = 20_480
	// silence is how long a connection may show no sign of life. Slack pings
	// every few seconds; its own clients give it this long.
	silence = 30 * time.Second
	// pingEvery is how often we ping.
	pingEvery = 10 * time.Second
	// writeTimeout bounds one write.
	writeTimeout = 5 * time.Second
	// helloTimeout bounds dialling and the greeting.
	helloTimeout = 15 * time.Second
)

// envelope is what Slack sends over Socket Mode, with the connection to
// acknowledge it on.
type envelope struct {
	socketmode.Request
	conn *connection
}

// ack tells Slack that an envelope arrived. payload is the answer that rides
// along, nil for none.
func (e envelope) ack(payload any) error {
	body, err := json.Marshal(socketmode.Response{EnvelopeID: e.EnvelopeID, Payload: payload})
	if err != nil {
		return fmt.Errorf("encode an ack: %w", err)
	}
	if len(body) >= maxAck {
		return errAckTooLarge
	}
	return e.conn.write(websocket.TextMessage, body)
}

var errAckTooLarge = fmt.Errorf("an ack must be smaller than %d bytes", maxAck)

// connection is one WebSocket to Slack. slack-go's own Socket Mode client is
// not used: it closes an old connection before it opens the next, hides why
// Slack disconnects, and can't tell when an ack is out.
type connection struct {
	ws      *websocket.Conn
	mu      sync.Mutex // a WebSocket takes one writer at a time
	greeted sync.Once
	ready   chan struct{} // closed once Slack has said hello
	done    chan struct{} // closed once reading has ended
}

// dial asks Slack for an address and opens a connection there.
func dial(ctx context.Context, api *slack.Client) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	_, url, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("apps.connections.open: %w", err)
	}
	ws, _, err := websocket.DefaultDialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, fmt.Errorf("open a Socket Mode connection: %w", err)
	}
	return &connection{ws: ws, ready: make(chan struct{}), done: make(chan struct{})}, nil
}

// errDisconnect is Slack's wish to end a connection.
type errDisconnect struct{ reason string }

func (e *errDisconnect) Error() string { return "slack disconnects: " + e.reason }

// read hands envelopes on until the connection ends. wish is told when Slack
// asks to end it; reading goes on, since envelopes may still come.
func (c *connection) read(handle func(envelope), wish func(*errDisconnect)) error {
	defer close(c.done)
	alive := func() { _ = c.ws.SetReadDeadline(time.Now().Add(silence)) }
	alive()
	c.ws.SetPingHandler(func(data string) error {
		alive()
		return c.write(websocket.PongMessage, []byte(data))
	})
	c.ws.SetPongHandler(func(string) error { alive(); return nil })
	go c.ping()
	for {
		_, body, err := c.ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("read from slack: %w", err)
		}
		alive()
		e := envelope{conn: c}
		if err := json.Unmarshal(body, &e.Request); err != nil {
			// Without an envelope ID there is nothing to acknowledge.
			continue
		}
		switch {
		case e.Type == socketmode.RequestTypeHello:
			c.greeted.Do(func() { close(c.ready) })
		case e.Type == socketmode.RequestTypeDisconnect:
			wish(&errDisconnect{e.Reason})
		case e.EnvelopeID != "":
			handle(e)
		}
	}
}

// ping keeps the connection from being taken for dead, and notices when it is.
func (c *connection) ping() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-tick.C:
			if c.write(websocket.PingMessage, nil) != nil {
				_ = c.ws.Close()
				return
			}
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

// close says goodbye and ends the connection.
func (c *connection) close() {
	_ = c.write(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
	_ = c.ws.Close()
}

// fatal tells whether an error of opening a connection can't be mended by
// trying again, and says what to do.
func fatal(err error) (string, bool) {
	var answer slack.SlackErrorResponse
	if !errors.As(err, &answer) {
		return "", false
	}
	switch answer.Err {
	case "invalid_auth", "not_authed", "token_revoked", "account_inactive", "token_expired":
		return fmt.Sprintf("Slack refuses SLACK_APP_TOKEN (%s): create an app-level token with the scope connections:write and set it", answer.Err), true
	case "not_allowed_token_type":
		return "SLACK_APP_TOKEN must be an app-level token (xapp-…), not a bot token", true
	case "missing_scope":
		return "SLACK_APP_TOKEN lacks the scope connections:write", true
	}
	return "", false
}
