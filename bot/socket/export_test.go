package socket

import (
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
)

// SetKeepalive makes a client notice a dead connection sooner than Slack's
// clients do. Call it before Run.
func (c *Client) SetKeepalive(every, silence time.Duration) {
	c.connections.alive = keepalive{every: every, silence: silence}
}

// Limits that tests count on.
const (
	ReplyInAckBy      = replyInAckBy
	SubmissionInAckBy = submissionInAckBy
	MaxAck            = maxAck
	MaxInFlight       = maxInFlight
	OpenMin           = openMin
	OpenMax           = openMax
	OpenBurst         = openBurst
	OpenEvery         = openEvery
	DedupeFor         = dedupeFor
	RetireFor         = retireAfter
)

// ViewOf is a modal as Slack takes it.
func ViewOf(m *bot.Modal, r *bot.Request) (slack.ModalViewRequest, error) { return viewOf(m, r) }
