package slacksim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// x returns n characters, each of more than one byte.
func x(n int) string { return strings.Repeat("é", n) }

func plainJSON(n int) string { return fmt.Sprintf(`{"type":"plain_text","text":%q}`, x(n)) }

func many(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "#", fmt.Sprint(i))
	}

	return "[" + strings.Join(items, ",") + "]"
}

func button(fields string) string {
	return `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":` + plainJSON(1) + fields + `}]}]`
}

func inActions(element string) string { return `[{"type":"actions","elements":[` + element + `]}]` }

func inputBlock(element string) string {
	return `[{"type":"input","label":` + plainJSON(1) + `,"element":` + element + `}]`
}

const opt = `{"text":{"type":"plain_text","text":"O"},"value":"v#"}`

// Each row holds blocks at a limit, which pass, and beyond it, which don't.
func TestMessageLimits(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct{ name, at, over, want string }{
		{"blocks", many(50, `{"type":"divider"}`), many(51, `{"type":"divider"}`), "/blocks: no more than 50 items allowed, not 51"},
		{"section text", `[{"type":"section","text":` + plainJSON(3000) + `}]`, `[{"type":"section","text":` + plainJSON(3001) + `}]`, "/blocks/0/text/text: must be less than 3001 characters"},
		{"section fields", `[{"type":"section","fields":` + many(10, plainJSON(1)) + `}]`, `[{"type":"section","fields":` + many(11, plainJSON(1)) + `}]`, "/blocks/0/fields: no more than 10"},
		{"field text", `[{"type":"section","fields":[` + plainJSON(2000) + `]}]`, `[{"type":"section","fields":[` + plainJSON(2001) + `]}]`, "/blocks/0/fields/0/text: must be less than 2001"},
		{"header", `[{"type":"header","text":` + plainJSON(150) + `}]`, `[{"type":"header","text":` + plainJSON(151) + `}]`, "must be less than 151"},
		{"header level", `[{"type":"header","level":4,"text":` + plainJSON(1) + `}]`, `[{"type":"header","level":5,"text":` + plainJSON(1) + `}]`, "must be between 1 and 4, not 5"},
		{"header in mrkdwn", `[{"type":"header","text":` + plainJSON(1) + `}]`, `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "must be one of: plain_text"},
		{"image alt text", `[{"type":"image","image_url":"https://a.example/x.png","alt_text":"` + x(2000) + `"}]`, `[{"type":"image","image_url":"https://a.example/x.png","alt_text":"` + x(2001) + `"}]`, "alt_text: must be less than 2001"},
		{"image needs alt text", `[{"type":"image","image_url":"https://a.example/x.png","alt_text":"A"}]`, `[{"type":"image","image_url":"https://a.example/x.png"}]`, "missing required field: alt_text"},
		{"actions", inActionsMany(25), inActionsMany(26), "no more than 25"},
		{"context", `[{"type":"context","elements":` + many(10, plainJSON(1)) + `}]`, `[{"type":"context","elements":` + many(11, plainJSON(1)) + `}]`, "no more than 10"},
		{"overflow", inActions(`{"type":"overflow","action_id":"a","options":` + many(5, opt) + `}`), inActions(`{"type":"overflow","action_id":"a","options":` + many(6, opt) + `}`), "no more than 5"},
		{"checkboxes", inActions(`{"type":"checkboxes","action_id":"a","options":` + many(10, opt) + `}`), inActions(`{"type":"checkboxes","action_id":"a","options":` + many(11, opt) + `}`), "no more than 10"},
		{"radio buttons", inActions(`{"type":"radio_buttons","action_id":"a","options":` + many(10, opt) + `}`), inActions(`{"type":"radio_buttons","action_id":"a","options":` + many(11, opt) + `}`), "no more than 10"},
		{"select options", inActions(`{"type":"static_select","action_id":"a","options":` + many(100, opt) + `}`), inActions(`{"type":"static_select","action_id":"a","options":` + many(101, opt) + `}`), "no more than 100"},
		{"option groups", inActions(`{"type":"static_select","option_groups":` + many(100, `{"label":`+plainJSON(1)+`,"options":[`+opt+`]}`) + `}`), inActions(`{"type":"static_select","option_groups":` + many(101, `{"label":`+plainJSON(1)+`,"options":[`+opt+`]}`) + `}`), "no more than 100"},
		{"option text", inActions(`{"type":"overflow","options":[{"text":` + plainJSON(75) + `,"value":"v"}]}`), inActions(`{"type":"overflow","options":[{"text":` + plainJSON(76) + `,"value":"v"}]}`), "options/0/text/text: must be less than 76"},
		{"option value", inActions(`{"type":"overflow","options":[{"text":` + plainJSON(1) + `,"value":"` + x(75) + `"}]}`), inActions(`{"type":"overflow","options":[{"text":` + plainJSON(1) + `,"value":"` + x(76) + `"}]}`), "options/0/value: must be less than 76"},
		{"placeholder", inActions(`{"type":"users_select","placeholder":` + plainJSON(150) + `}`), inActions(`{"type":"users_select","placeholder":` + plainJSON(151) + `}`), "placeholder/text: must be less than 151"},
		{"button text", inActions(`{"type":"button","text":` + plainJSON(75) + `}`), inActions(`{"type":"button","text":` + plainJSON(76) + `}`), "must be less than 76"},
		{"button value", button(`,"value":"` + x(2000) + `"`), button(`,"value":"` + x(2001) + `"`), "value: must be less than 2001"},
		{"button url", button(`,"url":"` + x(3000) + `"`), button(`,"url":"` + x(3001) + `"`), "url: must be less than 3001"},
		{"button style", button(`,"style":"danger"`), button(`,"style":"default"`), "style: must be one of: primary, danger"},
		{"confirm title", button(confirm(100, 300, 30)), button(confirm(101, 300, 30)), "confirm/title/text: must be less than 101"},
		{"confirm text", button(confirm(1, 300, 30)), button(confirm(1, 301, 30)), "confirm/text/text: must be less than 301"},
		{"confirm button", button(confirm(1, 1, 30)), button(confirm(1, 1, 31)), "confirm/confirm/text: must be less than 31"},
		{"block_id", `[{"type":"divider","block_id":"` + x(255) + `"}]`, `[{"type":"divider","block_id":"` + x(256) + `"}]`, "block_id: must be less than 256"},
		{"block_ids are unique", many(2, `{"type":"divider","block_id":"#"}`), many(2, `{"type":"divider","block_id":"same"}`), `block_id "same" already exists`},
		{"action_ids are unique in a block", inActions(two("a", "b")), inActions(two("a", "a")), `action_id "a" already exists in this block`},
		{"markdown", `[{"type":"markdown","text":"` + x(12000) + `"}]`, `[{"type":"markdown","text":"` + x(12001) + `"}]`, "must be less than 12001"},
		{"all text", many(4, `{"type":"section","text":`+plainJSON(3000)+`}`), many(5, `{"type":"section","text":`+plainJSON(3000)+`}`), "msg_blocks_too_long"},
		{"known blocks", `[{"type":"divider"}]`, `[{"type":"sparkles"}]`, "unsupported type: sparkles"},
		{"known fields", `[{"type":"divider"}]`, `[{"type":"divider","colour":"red"}]`, "invalid additional property: colour"},
		{"elements in their place", inActions(`{"type":"users_select"}`), inActions(`{"type":"plain_text_input"}`), "plain_text_input is not allowed here"},
		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"bold":true}}]}]}]}]`, `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text"}]}]}]`, "elements/0/elements/0: missing required field: text"},
		{"initial option", inActions(`{"type":"static_select","options":` + many(1, opt) + `,"initial_option":` + many(1, opt)[1:len(many(1, opt))-1] + `}`), inActions(`{"type":"static_select","options":` + many(1, opt) + `,"initial_option":` + opt + `}`), `the initial option "v#" must be among the options`},
		{"option values are unique", inActions(`{"type":"overflow","options":` + many(2, opt) + `}`), inActions(`{"type":"overflow","options":` + many(2, strings.ReplaceAll(opt, "#", "")) + `}`), "offered twice"},
		{"dates", inActions(`{"type":"datepicker","initial_date":"2026-02-28"}`), inActions(`{"type":"datepicker","initial_date":"2026-02-30"}`), "must be written as YYYY-MM-DD"},
		{"input element", inputBlock(`{"type":"plain_text_input","max_length":3000}`), inputBlock(`{"type":"plain_text_input","max_length":3001}`), "must be between 1 and 3000"},
		{"one JSON array", `[]`, `[] []`, "must be valid JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, slacksim.CheckMessage("text", json.RawMessage(tc.at)))
			require.ErrorContains(t, slacksim.CheckMessage("text", json.RawMessage(tc.over)), tc.want)
		})
	}
}

func inActionsMany(n int) string {
	return `[{"type":"actions","elements":` + many(n, `{"type":"button","action_id":"#","text":`+plainJSON(1)+`}`) + `}]`
}

func two(a, b string) string {
	return fmt.Sprintf(`{"type":"users_select","action_id":%q},{"type":"users_select","action_id":%q}`, a, b)
}

func confirm(title, text, button int) string {
	return `,"confirm":{"title":` + plainJSON(title) + `,"text":` + plainJSON(text) + `,"confirm":` + plainJSON(button) + `,"deny":` + plainJSON(1) + `}`
}

func TestMessageText(t *testing.T) {
	t.Parallel()
	require.NoError(t, slacksim.CheckMessage(x(40_000), nil))
	require.ErrorContains(t, slacksim.CheckMessage(x(40_001), nil), "msg_too_long")
	require.ErrorContains(t, slacksim.CheckMessage("", nil), "no_text")
	require.ErrorContains(t, slacksim.CheckMessage("", json.RawMessage("[]")), "no_text")
	require.NoError(t, slacksim.CheckMessage("", json.RawMessage(`[{"type":"divider"}]`)))
}

func viewJSON(fields string) string {
	return `{"type":"modal","title":` + plainJSON(24) + `,"blocks":[]` + fields + `}`
}

func TestViewLimits(t *testing.T) {
	t.Parallel()

	home := func(blocks string) string { return `{"type":"home","blocks":` + blocks + `}` }
	modalOf := func(blocks string) string {
		return `{"type":"modal","title":` + plainJSON(1) + `,"submit":` + plainJSON(1) + `,"blocks":` + blocks + `}`
	}
	for _, tc := range []struct{ name, at, over, want string }{
		{"title", viewJSON(""), `{"type":"modal","title":` + plainJSON(25) + `,"blocks":[]}`, "/view/title/text: must be less than 25"},
		{"submit", viewJSON(`,"submit":` + plainJSON(24)), viewJSON(`,"submit":` + plainJSON(25)), "submit/text: must be less than 25"},
		{"close", viewJSON(`,"close":` + plainJSON(24)), viewJSON(`,"close":` + plainJSON(25)), "close/text: must be less than 25"},
		{"private_metadata", viewJSON(`,"private_metadata":"` + x(3000) + `"`), viewJSON(`,"private_metadata":"` + x(3001) + `"`), "private_metadata: must be less than 3001"},
		{"callback_id", viewJSON(`,"callback_id":"` + x(255) + `"`), viewJSON(`,"callback_id":"` + x(256) + `"`), "callback_id: must be less than 256"},
		{"external_id", viewJSON(`,"external_id":"` + x(255) + `"`), viewJSON(`,"external_id":"` + x(256) + `"`), "external_id: must be less than 256"},
		{"modal blocks", modalOf(many(100, `{"type":"divider"}`)), modalOf(many(101, `{"type":"divider"}`)), "no more than 100"},
		{"home blocks", home(many(100, `{"type":"divider"}`)), home(many(101, `{"type":"divider"}`)), "no more than 100"},
		{"label", modalOf(labelled(2000)), modalOf(labelled(2001)), "label/text: must be less than 2001"},
		{"inputs need submit", modalOf(labelled(1)), `{"type":"modal","title":` + plainJSON(1) + `,"blocks":` + labelled(1) + `}`, "missing required field: submit"},
		{"a home has no title", home("[]"), `{"type":"home","title":` + plainJSON(1) + `,"blocks":[]}`, "invalid additional property: title"},
		{"markdown is for messages", home("[]"), home(`[{"type":"markdown","text":"x"}]`), "for messages only"},
		{"response URLs are for modals", modalOf(inputBlock(`{"type":"conversations_select","response_url_enabled":true}`)), home(inputBlock(`{"type":"conversations_select","response_url_enabled":true}`)), "is for modals only"},
		{"lengths", modalOf(inputBlock(`{"type":"plain_text_input","min_length":2,"max_length":2}`)), modalOf(inputBlock(`{"type":"plain_text_input","min_length":3,"max_length":2}`)), "must not be more than max_length"},
		{"size", viewJSON(`,"private_metadata":""`), viewJSON(`,"private_metadata":"` + strings.Repeat("x", 250*1024) + `"`), "view_too_large"},
		{"an object", viewJSON(""), `[]`, "must provide an object"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, slacksim.CheckView(json.RawMessage(tc.at)))
			require.ErrorContains(t, slacksim.CheckView(json.RawMessage(tc.over)), tc.want)
		})
	}
}

func labelled(n int) string {
	return `[{"type":"input","label":` + plainJSON(n) + `,"element":{"type":"plain_text_input"}}]`
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	err := slacksim.CheckMessage("x", json.RawMessage(`[{"type":"header"},{"type":"section"},{"type":"divider","x":1}]`))
	var invalid *slacksim.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, []string{
		"[ERROR] missing required field: text [json-pointer:/blocks/0]",
		"[ERROR] missing required field: text or fields [json-pointer:/blocks/1]",
		"[ERROR] invalid additional property: x [json-pointer:/blocks/2]",
	}, invalid.Messages())
}

// What passes the checks never breaks what reads it afterwards.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		button(""), inputBlock(`{"type":"static_select","options":` + many(2, opt) + `}`), viewJSON(""), `[{"type":"context","elements":[{"type":"mrkdwn","text":"x"}]}]`, `null`, `[null]`,
		inActions(`{"type":"static_select","option_groups":[{"label":` + plainJSON(1) + `,"options":[` + opt + `]}]}`), `{"type":"home","blocks":[{"type":"rich_text","elements":[]}]}`,
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, raw string) {
		for _, err := range []error{slacksim.CheckMessage("", json.RawMessage(raw)), slacksim.CheckView(json.RawMessage(raw))} {
			var invalid *slacksim.Invalid
			if err != nil {
				require.ErrorAs(t, err, &invalid)
				require.NotEmpty(t, invalid.Messages())
			}
		}
	})
}
