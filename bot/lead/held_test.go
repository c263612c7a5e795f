package lead

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

func TestHeldList(t *testing.T) {
	t.Parallel()
	reasons := func(l lead.Lead, all ...string) lead.Lead {
		l = in(l, lead.Held)
		l.Reasons = all
		return l
	}
	leads := []lead.Lead{reasons(normal(), "fewer than 20 employees", "a score below 40"), reasons(minimal(), "can't tell: many seats"), reasons(odd(), hostile)}
	roomtest.Message(t, "held_list", heldView(leads, 0, 12))
	roomtest.Message(t, "held_list_last", heldView(leads[:1], 11, 12))
	roomtest.Message(t, "held_list_one", heldView(leads[:1], 0, 1))
	roomtest.Message(t, "held_list_none", heldView(nil, 0, 0))

	for _, words := range []string{"<>&", "😀", "שלום ", "W"} {
		full := make([]lead.Lead, listed)
		for i := range full {
			full[i] = in(maximal(words), lead.Held)
		}

		body, err := heldView(full, 0, 1000).Encode()
		require.NoError(t, err)
		roomtest.Valid(t, body)
	}
}

func TestHowALeadFoundItsWay(t *testing.T) {
	t.Parallel()
	promoted := normal()
	promoted.Reasons = []string{"fewer than 20 employees"}
	promoted.Promotion = &lead.Promotion{By: "U0MIA", Reason: hostile, At: noon}
	promoted.RouteNote, promoted.AddedBy = "Its owner in the CRM isn't in Slack.", "U0LEA"
	m := channelCard(promoted, nil, noon)
	roomtest.Message(t, "card_promoted", &m)
}

func TestAddForm(t *testing.T) {
	t.Parallel()
	roomtest.Modal(t, "add_form", addForm(readPerson("Dario Ferrantelli • 3rd+\nEnergy Manager at Villaggio Cicalina\nOur sauna is more dedicated"), `{"link":"x"}`))
	roomtest.Modal(t, "add_form_empty", addForm(lead.Lead{}, ""))
	roomtest.Modal(t, "add_form_hostile", addForm(readPerson(hostile), ""))
	roomtest.Modal(t, "add_form_longest", addForm(maximal("word "), ""))
}

func TestWhatAFormBecomes(t *testing.T) {
	t.Parallel()
	room := newRoom(t)
	form := func(fields map[string]string) bot.Form {
		f := bot.Form{}
		for block, text := range fields {
			f[block] = bot.Input{Value: text}
		}

		return f
	}
	fields := map[string]string{"name": " Ann Lee ", "employees": "1,200"}
	typed, err := room.fromForm(&bot.Request{Op: "1", User: "U0RAJ", Form: form(fields)})
	require.NoError(t, err)
	require.Equal(t, lead.Lead{ExternalID: typed.ExternalID, Source: "slack", AddedBy: "U0RAJ", Name: "Ann Lee", Employees: 1200}, typed)
	again, err := room.fromForm(&bot.Request{Op: "2", User: "U0RAJ", Form: form(fields)})
	require.NoError(t, err)
	require.NotEqual(t, typed.ExternalID, again.ExternalID)

	from, err := json.Marshal(origin{Link: "https://acme.slack.com/archives/C1/p1", At: noon, Said: "Nice"})
	require.NoError(t, err)
	made, err := room.fromForm(&bot.Request{Op: "3", User: "U0RAJ", Form: form(fields), Data: string(from)})
	require.NoError(t, err)
	require.Equal(t, []lead.Touch{{At: noon, Kind: "social", Title: "Nice", URL: "https://acme.slack.com/archives/C1/p1"}}, made.Touches)
	other, err := room.fromForm(&bot.Request{Op: "4", User: "U0LEA", Form: form(map[string]string{"name": "ann lee"}), Data: string(from)})
	require.NoError(t, err)
	require.Equal(t, made.ExternalID, other.ExternalID, "the same person in the same message")

	_, err = room.fromForm(&bot.Request{Form: form(map[string]string{"employees": "=1+1"})})
	require.ErrorAs(t, err, new(*errs.Invalid))
	require.Equal(t, noon.Unix(), postedAt("1763740800.000100").Add(noon.Sub(time.Unix(1763740800, 0))).Unix())
	require.Zero(t, postedAt("yesterday"))
}

func TestWordsForWhoAdded(t *testing.T) {
	t.Parallel()

	claimed := in(normal(), lead.Claimed)
	for _, c := range []struct {
		name string
		lead lead.Lead
		what lead.Intake
		want string
	}{
		{"announced", normal(), lead.IntakeOpen, "Thank you. L-31 is in, and is announced in <#C0LEADS>."},
		{"somebody's", claimed, lead.IntakeOpen, "Thank you. L-31 is in, and is with <@U0RAJ>."},
		{"held", in(normal(), lead.Held), lead.IntakeHeld, "Thank you. L-31 is kept for marketing to look at. Held: 20 employees or more; a score of 40 or more."},
		{"known", claimed, lead.IntakeUpdated, "L-31 is already with <@U0RAJ> since " + blocks.Time(claimed.ClaimedAt) + ". What is new has been added."},
		{"known and open", normal(), lead.IntakeDuplicate, "That is L-31, known since " + blocks.Time(noon) + ": open: nobody has claimed it. There was nothing new to add."},
		{"forgotten", lead.Lead{}, lead.IntakeForgotten, "Nothing was kept: this person asked to have their data removed."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, addedWords(c.lead, c.what))
		})
	}
}
