package lead

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

// away keeps leads from being given to a person until a day. Without a day it
// lists who is away.
func (room *Room) away(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if strings.TrimSpace(r.Text) == "" {
		return room.whoIsAway(ctx)
	}

	until, err := readDay(r.Text, room.Clock.Now().In(room.Rules.Hours().Zone()))
	if err != nil {
		return nil, err
	}

	if err := room.Turns.SetAway(ctx, r.Op, r.User, until); err != nil {
		return nil, err
	}

	return bot.Say("You get no leads in turn until %s. Those you have stay yours. `/lead back` ends it sooner.", until.Format("Monday 2 January 2006")), nil
}

func (room *Room) back(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := room.Turns.SetBack(ctx, r.Op, r.User); err != nil {
		return nil, err
	}

	return bot.Say("Welcome back. You get leads in turn again."), nil
}

func (room *Room) whoIsAway(ctx context.Context) (*bot.Reply, error) {
	away, err := room.Turns.Away(ctx)
	if err != nil {
		return nil, err
	}

	const how = "Say `/lead away until Monday` or `/lead away until 2026-12-01` to get no leads in turn, and `/lead back` to end it."
	if len(away) == 0 {
		return bot.Say("Nobody is away. %s", how), nil
	}

	lines := []string{"*Away, and given no leads in turn*"}
	users := slices.SortedFunc(maps.Keys(away), func(a, b string) int { return away[a].Compare(away[b]) })
	for _, user := range users {
		lines = append(lines, fmt.Sprintf("• <@%s> until %s", user, blocks.Time(away[user])))
	}

	return bot.Say("%s\n%s", strings.Join(lines, "\n"), how), nil
}

// maxAway is how long somebody can be away, in days.
const maxAway = 366

var (
	daysAhead = regexp.MustCompile(`^(\d{1,3}|a|one|two|three) (day|week)s?$`)
	counted   = map[string]int{"a": 1, "one": 1, "two": 2, "three": 3}
)

// readDay reads the day on which somebody is back: "until Monday", "tomorrow",
// "until 2026-12-01", "1 December", "for two weeks"; "today" ends at midnight.
func readDay(text string, now time.Time) (time.Time, error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	words := strings.Fields(strings.ToLower(strings.Trim(text, " .!")))
	for len(words) > 0 && slices.Contains([]string{"until", "till", "for", "on", "next", "the"}, words[0]) {
		words = words[1:]
	}

	said := strings.Join(words, " ")
	day, ok := dayOf(said, today)
	switch {
	case !ok:
		return time.Time{}, bot.Problemf("I don't know the day “%s”. Write `until Monday`, `until 2026-12-01`, `today` or `for two weeks`.", blocks.Escape(blocks.Cut(text, 60)))
	case !day.After(today):
		return time.Time{}, bot.Problemf("%s has been already. Write a day ahead, such as `until Monday`.", day.Format("Monday 2 January 2006"))
	case day.After(today.AddDate(0, 0, maxAway)):
		return time.Time{}, bot.Problemf("%s is more than a year ahead. Choose a day within a year.", day.Format("2 January 2006"))
	}

	return day, nil
}

func dayOf(said string, today time.Time) (time.Time, bool) {
	switch said {
	case "today", "tomorrow":
		return today.AddDate(0, 0, 1), true
	}

	if m := daysAhead.FindStringSubmatch(said); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = counted[m[1]]
		}

		if m[2] == "week" {
			n *= 7
		}

		return today.AddDate(0, 0, n), true
	}

	for ahead := 1; ahead <= 7; ahead++ {
		day := today.AddDate(0, 0, ahead)
		name := strings.ToLower(day.Weekday().String())
		if said == name || said == name[:3] {
			return day, true
		}
	}

	for _, layout := range []string{"2006-01-02", "2 January 2006", "2 Jan 2006", "2 January", "2 Jan", "January 2", "Jan 2"} {
		day, err := time.ParseInLocation(layout, said, today.Location())
		if err != nil {
			continue
		}

		if day.Year() == 0 { // the next one of that date
			if day = day.AddDate(today.Year(), 0, 0); !day.After(today) {
				day = day.AddDate(1, 0, 0)
			}
		}

		return day, true
	}

	return time.Time{}, false
}
