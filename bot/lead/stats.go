package lead

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// statsDays is how many days the numbers span when nobody says.
const statsDays = 30

func (room *Room) stats(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	days, by, err := statsOf(blocks.Clean(r.Text))
	if err != nil {
		return nil, err
	}

	counts, err := room.Leads.Stats(ctx, days, by)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: statsView(counts, days, by)}, nil
}

// statsOf reads "30d by source", in either order, and 30 as 30d.
func statsOf(text string) (days int, by lead.Grouping, err error) {
	days, by = statsDays, lead.All
	wrong := func() error {
		return bot.Problemf("I can count up to %d days, by source, route or owner: `/lead stats 30d by source`.", lead.MaxStatsDays)
	}
	words := strings.Fields(strings.ToLower(text))
	for i := 0; i < len(words); i++ {
		if words[i] == "by" && i+1 < len(words) {
			i++
			by = lead.Grouping(words[i])
			if by == lead.All || !slices.Contains(lead.Groupings, by) {
				return 0, "", wrong()
			}

			continue
		}

		n, err := strconv.Atoi(strings.TrimSuffix(words[i], "d"))
		if err != nil || n < 1 || n > lead.MaxStatsDays {
			return 0, "", wrong()
		}

		days = n
	}

	return days, by, nil
}
