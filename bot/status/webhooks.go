package status

import (
	"context"
	"fmt"

	"smarketer/bot/blocks"
	"smarketer/store/webhooks"
)

// webhookLines say how the endpoints are doing that are told of events.
func (s *Room) webhookLines(ctx context.Context) ([]string, error) {
	if s.Webhooks == nil {
		return nil, nil
	}

	states, err := s.Webhooks(ctx)
	var lines []string
	for _, w := range states {
		lines = append(lines, "• Webhook "+w.Name+": "+webhookState(w))
	}

	return lines, err
}

func webhookState(w webhooks.State) string {
	text := "nothing told yet"
	switch {
	case w.Failing():
		text = fmt.Sprintf("failing since %s (%s)", blocks.Time(w.Since), blocks.Escape(w.Error))
	case !w.Told.IsZero():
		text = "works, last told " + blocks.Time(w.Told)
	}

	if w.Waiting > 0 {
		text += fmt.Sprintf(", %s to try again", blocks.Count(w.Waiting, "1 event", "events"))
	}

	if w.Dead > 0 {
		text += fmt.Sprintf(", %s given up: `smarketer webhooks replay %s` sends them again", blocks.Count(w.Dead, "1 event", "events"), w.Name)
	}

	if !w.Missed.IsZero() {
		text += fmt.Sprintf(". On %s it was found that events had been lost, because it was down for too long: please compare both sides", blocks.Time(w.Missed))
	}

	return text
}
