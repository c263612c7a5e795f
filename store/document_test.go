package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEncodeKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, before string
		doc          any
		want         string
	}{
		{"nothing before", ``, note{ID: "N-1"}, `{"id":"N-1"}`},
		{"nothing unknown", `{"id":"N-1","text":"a"}`, note{ID: "N-1"}, `{"id":"N-1"}`},
		{"a field", `{"id":"N-1","text":"a","new":[1,{"x":2}]}`, note{ID: "N-1", Text: "b"}, `{"id":"N-1","new":[1,{"x":2}],"text":"b"}`},
		{"a large number", `{"id":"N-1","new":12345678901234567890}`, note{ID: "N-1"}, `{"id":"N-1","new":12345678901234567890}`},
		{"a field that is taken away", `{"id":"N-1","n":5,"new":1}`, note{ID: "N-1"}, `{"id":"N-1","new":1}`},
		{"in an element that stays", `{"id":"N-1","list":[{"text":"a","new":1},{"text":"b","new":2}]}`,
			note{ID: "N-1", List: []line{{"c"}, {"b"}}}, `{"id":"N-1","list":[{"text":"c"},{"new":2,"text":"b"}]}`},
		{"by a pointer", `{"id":"N-1","new":1}`, &note{ID: "N-1"}, `{"id":"N-1","new":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Encode(c.doc, c.before)
			require.NoError(t, err)
			require.JSONEq(t, c.want, got)
		})
	}
}

// newerNote is a note as a later version writes it.
type newerNote struct {
	note
	Extra map[string]string `json:"extra,omitempty"`
	Since *int64            `json:"since,omitempty"`
}

func TestAnOlderReplicaDropsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z"<&é ]{0,6}`)
		newer := newerNote{note: note{ID: "N-1", Text: text.Draw(t, "text"), N: rapid.Int().Draw(t, "n")},
			Extra: rapid.MapOf(text, text).Draw(t, "extra"), Since: rapid.Ptr(rapid.Int64(), true).Draw(t, "since")}
		stored, err := json.Marshal(newer)
		require.NoError(t, err)

		var older note
		_, err = decode(string(stored), &older)
		require.NoError(t, err)
		older.N, older.Text = rapid.Int().Draw(t, "new n"), text.Draw(t, "new text")
		written, err := Encode(older, string(stored))
		require.NoError(t, err)

		var read newerNote
		require.NoError(t, json.Unmarshal([]byte(written), &read))

		if len(newer.Extra) == 0 {
			newer.Extra = read.Extra // an empty one isn't written
		}

		newer.note = older
		require.Equal(t, newer, read)
	})
}

func TestARecordKeepsItsUnknownFields(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	putNote(t, s, note{ID: "N-1", Text: "a"})
	require.NoError(t, s.rdb.HSet(t.Context(), s.Record("note:N-1"), "doc", `{"id":"N-1","text":"a","new":1}`).Err())
	change := func(write func(tx *Tx, n note)) string {
		_, err := s.Update(t.Context(), "", func(tx *Tx) error {
			var n note
			if _, err := tx.Load(t.Context(), "note:N-1", &n); err != nil {
				return err
			}

			n.N++
			write(tx, n)
			return nil
		})
		require.NoError(t, err)
		return s.rdb.HGet(t.Context(), s.Record("note:N-1"), "doc").Val()
	}
	require.JSONEq(t, `{"id":"N-1","text":"a","n":1,"new":1}`, change(func(tx *Tx, n note) { tx.Put("note:N-1", n) }))
	require.JSONEq(t, `{"id":"N-1","text":"a","n":2}`, change(func(tx *Tx, n note) { tx.Replace("note:N-1", n) }), "for what is deleted")
}

func TestEncodeOfDuplicatesAndWhatWasZero(t *testing.T) {
	t.Parallel()

	type part struct {
		A int `json:"a,omitempty"`
	}
	type whole struct {
		List []line          `json:"list,omitempty"`
		Part part            `json:"part,omitzero"`
		Map  map[string]part `json:"map,omitempty"`
		At   time.Time       `json:"at,omitzero"`
		part
	}
	for _, c := range []struct {
		name, before string
		doc          whole
		want         string
	}{
		{"elements alike", `{"list":[{"text":"a","new":1},{"text":"a","new":2}]}`,
			whole{List: []line{{"a"}, {"a"}}}, `{"list":[{"text":"a","new":1},{"text":"a","new":2}]}`},
		{"an element twice", `{"list":[{"text":"a","new":1}]}`,
			whole{List: []line{{"a"}, {"a"}}}, `{"list":[{"text":"a","new":1},{"text":"a"}]}`},
		{"another order", `{"list":[{"text":"a","new":1},{"text":"b","new":2}]}`,
			whole{List: []line{{"b"}, {"a"}}}, `{"list":[{"text":"b","new":2},{"text":"a","new":1}]}`},
		{"a part that was zero but for it", `{"part":{"new":1}}`, whole{Part: part{A: 5}}, `{"part":{"a":5,"new":1}}`},
		{"a part that stays zero", `{"part":{"new":1}}`, whole{}, `{"part":{"new":1}}`},
		{"a null", `{"part":null,"new":null}`, whole{Part: part{A: 5}}, `{"part":{"a":5},"new":null}`},
		{"a key that is taken away", `{"map":{"x":{"a":1,"new":1},"y":{"a":2,"new":2}}}`,
			whole{Map: map[string]part{"y": {A: 3}}}, `{"map":{"y":{"a":3,"new":2}}}`},
		{"a time", `{"at":"0001-01-01T00:00:00Z","new":"<b>&"}`, whole{At: start}, `{"at":"2026-11-20T10:00:00Z","new":"<b>&"}`},
		{"embedded", `{"a":1,"new":1}`, whole{part: part{A: 2}}, `{"a":2,"new":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Encode(c.doc, c.before)
			require.NoError(t, err)
			require.JSONEq(t, c.want, got)
		})
	}
}

func TestDecodeAcceptsOneDocumentOnly(t *testing.T) {
	t.Parallel()

	for _, body := range []string{``, `{"id":"N-1"} x`, `{"id":"N-1"}{"id":"N-2"}`, `{"id":5}`, `{"new":1,"n":"five"}`, `{"n":1.5}`, `[1]`} {
		_, err := decode(body, new(note))
		require.Error(t, err, body)
	}
}

func TestALongListIsKeptQuickly(t *testing.T) {
	t.Parallel()

	const many = 20_000
	var before strings.Builder
	doc := note{ID: "N-1"}
	for i := range many {
		fmt.Fprintf(&before, `,{"text":"%d","new":%d}`, i, i)

		if i > 0 { // the first is taken away, and so each has another place
			doc.List = append(doc.List, line{fmt.Sprint(i)})
		}
	}

	got, err := Encode(doc, `{"id":"N-1","list":[`+before.String()[1:]+`]}`)
	require.NoError(t, err)
	require.Equal(t, many-1, strings.Count(got, `"new"`))
}
