package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

// everything has a field of each kind that methods take.
type everything struct {
	page
	Name  string           `json:"name" slack:"required"`
	On    bool             `json:"on"`
	Maybe *bool            `json:"maybe"`
	List  []string         `json:"list"`
	Raw   json.RawMessage  `json:"raw"`
	Later *json.RawMessage `json:"later"`
	Refs  []fileRef        `json:"refs"`
}

func TestArguments(t *testing.T) {
	t.Parallel()
	const form, object = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	yes := true

	full := everything{page: page{Limit: 5}, Name: "n", On: true, Maybe: &yes, List: []string{"a", "b"}, Raw: json.RawMessage(`{"x":1}`), Refs: []fileRef{{ID: "F1"}}}
	for _, tc := range []struct {
		name, contentType, query, body string
		want                           everything
		fails                          string
	}{
		{name: "form", contentType: form, body: `token=t&name=n&limit=5&on=1&maybe=true&list=a,b&raw=%7B%22x%22:1%7D&refs=[{"id":"F1"}]`, want: full},
		{name: "JSON", contentType: object, body: `{"token":"t","name":"n","limit":5,"on":true,"maybe":true,"list":["a","b"],"raw":{"x":1},"refs":[{"id":"F1"}]}`, want: full},
		{name: "JSON with JSON in strings", contentType: object, body: `{"name":"n","limit":5,"on":true,"maybe":true,"list":"a,b","raw":"{\"x\":1}","refs":"[{\"id\":\"F1\"}]"}`, want: full},
		{name: "query", query: "name=n", want: everything{Name: "n"}},
		{name: "missing", contentType: form, body: "on=1", fails: "/name: missing required field: name"},
		{name: "null is missing", contentType: object, body: `{"name":null}`, fails: "missing required field: name"},
		{name: "unknown", contentType: form, body: "name=n&nmae=x", fails: "/nmae: unknown argument: nmae"},
		{name: "twice", contentType: form, body: "name=n&name=m", fails: "/name: is given 2 times"},
		{name: "no number", contentType: form, body: "name=n&limit=many", fails: "/limit: must be an integer"},
		{name: "no boolean", contentType: form, body: "name=n&on=perhaps", fails: "/on: must be true or false"},
		{name: "no JSON inside", contentType: form, body: "name=n&raw={", fails: "/raw: must be valid JSON"},
		{name: "unknown inside", contentType: form, body: `name=n&refs=[{"idd":"F1"}]`, fails: "/refs: must be JSON"},
		{name: "wrong type", contentType: object, body: `{"name":5}`, fails: "/name: must provide a string"},
		{name: "an array", contentType: object, body: `[]`, fails: "invalid_json"},
		{name: "two objects", contentType: object, body: `{} {}`, fails: "invalid_json"},
		{name: "bad form", contentType: form, body: "%zz", fails: "invalid_form_data"},
		{name: "another type", contentType: "text/plain", body: "name=n", fails: "invalid_post_type"},
		{name: "no type", body: "name=n", fails: "Content-Type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			a, err := parseArguments(tc.contentType, tc.query, []byte(tc.body))
			var got everything
			if err == nil {
				err = a.into(&got)
			}

			if tc.fails != "" {
				require.ErrorContains(t, err, tc.fails)
				return
			}

			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			require.NotContains(t, string(a.raw()), "token", "the record never holds a token")
		})
	}
}

func FuzzArguments(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "", "name=n&limit=5&refs=[]&later=1")
	f.Add("application/json", "", `{"name":"n","raw":"{}","list":"a"}`)
	f.Add("multipart/form-data; boundary=b", "a=1", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n--b--\r\n")
	f.Fuzz(func(t *testing.T, contentType, query, body string) {
		a, err := parseArguments(contentType, query, []byte(body))
		if err != nil {
			var invalid *Invalid
			require.ErrorAs(t, err, &invalid)
			return
		}

		var got everything
		if a.into(&got) == nil {
			require.NotEmpty(t, got.Name)
			require.True(t, got.Raw == nil || json.Valid(got.Raw))
		}
	})
}

// Blocks that pass the checks can be named, read and clicked without a panic.
func FuzzBlocks(f *testing.F) {
	f.Add(`[{"type":"actions","elements":[{"type":"static_select","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]}]}]`)
	f.Add(`[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"image","image_url":"u","alt_text":"a"}}]`)
	f.Add(`[{"type":"input","label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input","initial_value":"x"}}]`)
	f.Fuzz(func(t *testing.T, raw string) {
		if CheckMessage("x", json.RawMessage(raw)) != nil {
			return
		}

		blocks, err := withIDs(json.RawMessage(raw))
		require.NoError(t, err)

		if blocks == nil {
			return
		}

		require.NoError(t, CheckMessage("x", blocks), "naming blocks keeps them valid")

		for _, c := range controls(blocks) {
			require.NotEmpty(t, c.BlockID)
			require.NotEmpty(t, c.ActionID)
			_, err := json.Marshal(c.action(c.initial(), "1"))
			require.NoError(t, err)
		}
	})
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1764000000.000123", timestamp(1764000000000123))
	require.True(t, isTS("1764000000.000123"))

	for _, bad := range []string{"", "1764000000", "1764000000.1", "176400000a.000123", "1764000000.000123.1"} {
		require.False(t, isTS(bad), bad)
	}

	require.Less(t, timestamp(1764000000999999), timestamp(1764000001000000))
}

func TestWindow(t *testing.T) {
	t.Parallel()

	var list []*post
	for _, ts := range []string{"1764000000.000001", "1764000000.000002", "1764000000.000003", "1764000000.000004"} {
		list = append(list, &post{Message: Message{TS: ts}})
	}

	list[1].deleted = true
	for _, tc := range []struct {
		name, oldest, latest string
		inclusive            bool
		limit                int
		newest               bool
		want                 string
		more                 bool
	}{
		{name: "all, newest first", limit: 9, newest: true, want: "431"},
		{name: "all, oldest first", limit: 9, want: "134"},
		{name: "the newest two", limit: 2, newest: true, want: "43", more: true},
		{name: "between", oldest: list[0].TS, latest: list[3].TS, limit: 9, want: "3"},
		{name: "between, ends included", oldest: list[0].TS, latest: list[3].TS, inclusive: true, limit: 9, want: "134"},
		{name: "nothing", oldest: list[3].TS, limit: 9, want: ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			part, more := window(list, tc.oldest, tc.latest, tc.inclusive, tc.limit, tc.newest)
			var got strings.Builder
			for _, p := range part {
				got.WriteString(p.TS[len(p.TS)-1:])
			}

			require.Equal(t, tc.want, got.String())
			require.Equal(t, tc.more, more)
		})
	}
}

func TestEventsBeyondThirtyThousandAnHourAreDropped(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s, err := New(Options{Clock: clock, Workspace: Workspace{App: App{Events: []string{"app_home_opened"}}, Users: []User{{ID: "U0ADA"}}}})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

	k := &socket{out: make(chan []byte, socketQueue), gone: make(chan struct{})}
	require.True(t, s.link.join(k))
	require.Contains(t, string(<-k.out), "hello")
	open := func() string {
		require.NoError(t, s.As("U0ADA").OpenHome(t.Context()))
		var e struct {
			EnvelopeID string `json:"envelope_id"`
			Payload    struct {
				Type  string `json:"type"`
				Since int64  `json:"minute_rate_limited"`
			} `json:"payload"`
		}
		require.NoError(t, json.Unmarshal(<-k.out, &e))
		s.link.acknowledge(k, fmt.Appendf(nil, `{"envelope_id":%q}`, e.EnvelopeID))

		if e.Payload.Since > 0 {
			require.Equal(t, clock.Now().Truncate(time.Minute).Unix(), e.Payload.Since)
		}

		return e.Payload.Type
	}
	require.Equal(t, "event_callback", open())

	for range 29_999 {
		_, ok := s.limits.take("events", tierEvents.perMinute, tierEvents.burst)
		require.True(t, ok)
	}

	require.Equal(t, "app_rate_limited", open())
	require.NoError(t, s.As("U0ADA").OpenHome(t.Context()), "dropped without another word in this minute")
	clock.Advance(time.Minute)
	require.Equal(t, "event_callback", open())
}

// The first copy may overfill a slow socket, which is cut; then nobody is left for the second.
func TestDoubleDeliveryToASocketThatIsFull(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

	k := &socket{out: make(chan []byte, 1), gone: make(chan struct{})}
	require.True(t, s.link.join(k))
	s.Faults().DoubleDeliver(true)
	require.True(t, s.link.dispatch(&delivery{envelope: envelope{EnvelopeID: "E"}, acked: make(chan json.RawMessage, 1)}))
	require.True(t, k.ended())
}
