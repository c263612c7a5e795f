package slacksim_test

import (
	"encoding/json"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// Every element that holds a value, what a person puts in, and what the app gets.
func TestEveryElement(t *testing.T) {
	t.Parallel()

	const two = `"options":[{"text":{"type":"plain_text","text":"A"},"value":"a"},{"text":{"type":"plain_text","text":"B"},"value":"b"}]`
	const chosen = `{"text":{"type":"plain_text","text":"B"},"value":"b"}`
	for _, tc := range []struct {
		element, initial string // further fields; "" is none
		in               slacksim.Input
		want             string
	}{
		{`plain_text_input`, `"initial_value":"x"`, slacksim.Input{Value: "typed"}, `"value":"typed"`},
		{`email_text_input`, `"initial_value":"a@b.example"`, slacksim.Input{Value: "c@d.example"}, `"value":"c@d.example"`},
		{`url_text_input`, `"initial_value":"https://a.example"`, slacksim.Input{Value: "https://b.example"}, `"value":"https://b.example"`},
		{`number_input`, `"is_decimal_allowed":true,"initial_value":"1","min_value":"0"`, slacksim.Input{Value: "2.5"}, `"value":"2.5"`},
		{`rich_text_input`, `"initial_value":{"type":"rich_text","elements":[]}`, slacksim.Input{Value: "typed"}, `"rich_text_value":{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"typed"}]}]}`},
		{`static_select`, two, slacksim.Input{Value: "b"}, `"selected_option":` + chosen},
		{`radio_buttons`, two, slacksim.Input{Value: "b"}, `"selected_option":` + chosen},
		{`checkboxes`, two, slacksim.Input{Values: []string{"b"}}, `"selected_options":[` + chosen + `]`},
		{`multi_static_select`, two, slacksim.Input{Values: []string{"b"}}, `"selected_options":[` + chosen + `]`},
		{`users_select`, `"initial_user":"U0MIA"`, slacksim.Input{Value: ada}, `"selected_user":"U0ADA"`},
		{`channels_select`, `"initial_channel":"C0OLD"`, slacksim.Input{Value: general}, `"selected_channel":"C0GENERAL"`},
		{`conversations_select`, ``, slacksim.Input{Value: general}, `"selected_conversation":"C0GENERAL"`},
		{`multi_users_select`, `"initial_users":["U0MIA"]`, slacksim.Input{Values: []string{ada}}, `"selected_users":["U0ADA"]`},
		{`multi_channels_select`, ``, slacksim.Input{Values: []string{general}}, `"selected_channels":["C0GENERAL"]`},
		{`multi_conversations_select`, ``, slacksim.Input{Values: []string{general}}, `"selected_conversations":["C0GENERAL"]`},
		{`datepicker`, `"initial_date":"2026-01-01"`, slacksim.Input{Value: "2026-02-28"}, `"selected_date":"2026-02-28"`},
		{`timepicker`, `"initial_time":"09:00","timezone":"Europe/Berlin"`, slacksim.Input{Value: "09:30"}, `"selected_time":"09:30","timezone":"Europe/Berlin"`},
		{`datetimepicker`, `"initial_date_time":1764000000`, slacksim.Input{Value: "1764003600"}, `"selected_date_time":1764003600`},
	} {
		t.Run(tc.element, func(t *testing.T) {
			t.Parallel()
			s := start(t, slacksim.Options{})
			triggers := opener(s, func(slack.View) any { return nil })

			fields := ""
			if tc.initial != "" {
				fields = "," + tc.initial
			}

			view := `{"type":"modal","title":` + plainJSON(5) + `,"submit":` + plainJSON(4) + `,"blocks":[{"type":"input","block_id":"block","label":` + plainJSON(3) +
				`,"element":{"type":"` + tc.element + `","action_id":"value"` + fields + `}}]}`
			got := s.raw("xoxb-simulated", "views.open", map[string][]string{"trigger_id": {s.trigger(triggers)}, "view": {view}})
			require.Contains(t, got, `"ok":true`)
			complaints, err := s.as(ada).Submit(s.ctx, s.as(ada).Views()[0].ID, slacksim.State{"block": {"value": tc.in}})
			require.NoError(t, err)
			require.Empty(t, complaints)
			want := `{"type":"` + tc.element + `",` + tc.want + `}`
			require.JSONEq(t, want, s.submitted())
		})
	}
}

// submitted returns the value of the one field of the latest view_submission.
func (s *sim) submitted() string {
	s.t.Helper()

	var envelope struct {
		Payload struct {
			Type string
			View struct {
				State struct {
					Values map[string]map[string]json.RawMessage
				}
			}
		}
	}
	for _, c := range s.Calls() {
		if c.Kind == slacksim.CallEnvelope {
			require.NoError(s.t, json.Unmarshal(c.Request, &envelope))
		}
	}

	require.Equal(s.t, "view_submission", envelope.Payload.Type)
	return string(envelope.Payload.View.State.Values["block"]["value"])
}

func TestWhatCanNotBePutIntoAnElement(t *testing.T) {
	t.Parallel()

	for element, in := range map[string]string{
		`{"type":"datepicker","action_id":"value"}`:                                    "31 January",
		`{"type":"timepicker","action_id":"value"}`:                                    "half past nine",
		`{"type":"datetimepicker","action_id":"value"}`:                                "tomorrow",
		`{"type":"radio_buttons","action_id":"value","options":[` + firstOption + `]}`: "c",
	} {
		t.Run(element, func(t *testing.T) {
			t.Parallel()
			s := start(t, slacksim.Options{})
			got := s.raw("xoxb-simulated", "views.publish", map[string][]string{"user_id": {ada}, "view": {`{"type":"home","blocks":[{"type":"input","block_id":"block","label":` + plainJSON(1) + `,"element":` + element + `}]}`}})
			require.Contains(t, got, `"ok":true`)
			home, ok := s.as(ada).Home()
			require.True(t, ok)
			require.ErrorContains(t, s.as(ada).Fill(home.ID, filled("block", in)), `in block "block"`)
		})
	}
}

const firstOption = `{"text":{"type":"plain_text","text":"A"},"value":"a"}`

func TestElementChecks(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct{ blocks, want string }{
		"a number that is none":   {inputBlock(`{"type":"number_input","is_decimal_allowed":false,"initial_value":"x"}`), "must be a number in a string"},
		"an address that is none": {inputBlock(`{"type":"email_text_input","initial_value":"x"}`), "must be an e-mail address"},
		"a URL that is none":      {inputBlock(`{"type":"url_text_input","initial_value":"x"}`), "must be a URL"},
		"rich text that is none":  {inputBlock(`{"type":"rich_text_input","initial_value":{"type":"section"}}`), "must be one of: rich_text"},
		"two sources":             {inputBlock(`{"type":"static_select","options":[` + firstOption + `],"option_groups":[{"label":` + plainJSON(1) + `,"options":[` + firstOption + `]}]}`), "must have one of options and option_groups"},
		"no source":               {inputBlock(`{"type":"static_select"}`), "must have one of options and option_groups"},
		"no picture":              {`[{"type":"image","alt_text":"A"}]`, "must have one of image_url and slack_file"},
		"a word for a boolean":    {`[{"type":"input","label":` + plainJSON(1) + `,"optional":"yes","element":{"type":"plain_text_input"}}]`, "optional: must provide a boolean"},
		"a number for a string":   {`[{"type":"divider","block_id":5}]`, "block_id: must provide a string"},
		"a string for an object":  {`[{"type":"header","text":"x"}]`, "text: must provide an object"},
		"an object for an array":  {`{"type":"divider"}`, "must provide an array"},
		"nothing for a block":     {`[null]`, "must provide an object"},
		"a block without a type":  {`[{}]`, "missing required field: type"},
		"a context of blocks":     {`[{"type":"context","elements":[{"type":"divider"}]}]`, "must be one of: plain_text, mrkdwn"},
		"no text in a picture":    {`[{"type":"context","elements":[{"type":"image","image_url":"https://a.example"}]}]`, "missing required field: alt_text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, slacksim.CheckMessage("x", json.RawMessage(tc.blocks)), tc.want)
		})
	}
}

func TestPublishingAndUpdatingRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	home := `{"type":"home","blocks":[]}`
	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false))
	require.NoError(t, err)

	for name, tc := range map[string]struct {
		method string
		form   map[string][]string
		want   string
	}{
		"nobody's Home":          {"views.publish", map[string][]string{"user_id": {"U0NOBODY"}, "view": {home}}, "invalid_arguments"},
		"a bot's Home":           {"views.publish", map[string][]string{"user_id": {bot}, "view": {home}}, "invalid_arguments"},
		"a modal as Home":        {"views.publish", map[string][]string{"user_id": {ada}, "view": {viewJSON("")}}, "must be home here, not modal"},
		"a Home as a modal":      {"views.open", map[string][]string{"trigger_id": {"1.2.3"}, "view": {home}}, "must be modal here, not home"},
		"an update of which?":    {"views.update", map[string][]string{"view": {home}}, "one of view_id and external_id"},
		"an update with nothing": {"chat.update", map[string][]string{"channel": {general}, "ts": {ts}}, "no_text"},
		"no such channel":        {"chat.update", map[string][]string{"channel": {"C0NONE"}, "ts": {ts}, "text": {"x"}}, "channel_not_found"},
		"an emptied message":     {"chat.update", map[string][]string{"channel": {general}, "ts": {ts}, "blocks": {"[]"}}, "no_text"},
		"another team":           {"auth.test", map[string][]string{"team_id": {"T0OTHER"}}, "team_not_found"},
		"a test of errors":       {"api.test", map[string][]string{"error": {"my_error"}}, "my_error"},
		"too long a page":        {"users.list", map[string][]string{"limit": {"1001"}}, "invalid_limit"},
		"a bad cursor":           {"users.list", map[string][]string{"cursor": {"bmV4dDotNQ=="}}, "invalid_cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, s.raw("xoxb-simulated", tc.method, tc.form), tc.want)
		})
	}

	require.Contains(t, s.raw("xapp-simulated", "auth.test", nil), `"app_id":"A0SIMULATED"`)
}
