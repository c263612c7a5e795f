package status

import (
	"context"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/store"
	"smarketer/store/webhooks"
)

// Room shows the state of the process that happens to answer, and of what all
// processes share.
type Room struct {
	Store       *store.Store
	Connections func() int         // to Slack, of this process
	Library     func() (int, bool) // pieces that search knows, and whether it is loaded
	Webhooks    func(context.Context) ([]webhooks.State, error)
	Clock       clockwork.Clock
}

// Routes registers what the room does.
func (s *Room) Routes(rt *bot.Router) {
	rt.Command(bot.Umbrella+" status", "", "How Smarketer itself is doing", s.show).Only(bot.Admin)
	rt.Action("deadletter.retry", s.retry).Only(bot.Admin)
	rt.Action("deadletter.discard", s.discard).Only(bot.Admin)
	rt.Action("timer.retry", s.retryTimer).Only(bot.Admin)
}
