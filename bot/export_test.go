package bot

import (
	"time"

	"github.com/slack-go/slack"

	"smarketer/store"
)

// SetPulse makes a bot notice a dead connection sooner than Slack's clients
// do. Call it before Run.
func (b *Bot) SetPulse(every, silence time.Duration) {
	b.connections.pulse = pulse{every: every, silence: silence}
}

// Limits that tests count on.
const (
	RideBy    = rideBy
	SubmitBy  = submitBy
	MaxAck    = maxAck
	MaxBegun  = maxBegun
	OpenMin   = openMin
	OpenMax   = openMax
	AskAgain  = askAgain
	RolesFor  = rolesFor
	MaxTyped  = maxTyped
	SeenFor   = seenFor
	RetireFor = retireAfter
)

// View is the modal as Slack gets it.
func (m *Modal) View() (slack.ModalViewRequest, error) { return m.view(&Request{}) }

// ErrorWords is what people read of an error, and the reference for the log.
func ErrorWords(err error) (text, ref string) { return words(err) }

// Forbidden is the error of a missing role.
func Forbidden(role store.Role) error { return &errForbidden{role} }
