package feedback

import (
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	storecheck "smarketer/store/check"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

func TestParseOneLine(t *testing.T) {
	t.Parallel()

	for line, want := range map[string]*oneLine{
		"+ C-12 CFO loved it":   {content.Works, "C-12", "CFO loved it"},
		"~ c-12: so so":         {content.Mixed, "C-12", "so so"},
		"-C-1 no":               {content.Fails, "C-1", "no"},
		"+ C-12":                {content.Works, "C-12", ""},
		"+ C-12\nover\ntwo":     {content.Works, "C-12", "over\ntwo"},
		"C-12 CFO loved it":     nil,
		"+ CFO loved C-12":      nil,
		"- c-3's figure is old": nil,
		"+ C-1234567890 x":      nil,
		"+":                     nil,
		"":                      nil,
	} {
		got, ok := parseOneLine(line)
		require.Equal(t, want != nil, ok, line)

		if want != nil {
			require.Equal(t, *want, got)
		}
	}
}

// gives types a line and returns the answer.
func gives(t *testing.T, room *Room, user, line string) *bot.Reply {
	t.Helper()
	reply, err := room.begin(t.Context(), &bot.Request{User: user, Text: line, Op: line + user})
	require.NoError(t, err)
	return reply
}

func TestOneLineNeedsNoForm(t *testing.T) {
	t.Parallel()
	room := newRoom(t, nil)
	reply := gives(t, room, "U0RAJ", "- c-1 the CFO at Brackenmoor fell asleep, Initech is a dealbreaker")
	require.Nil(t, reply.Modal)
	require.Contains(t, reply.Message.Text, "*F-1*")
	got, err := room.Feedback.Piece(t.Context(), "F-1")
	require.NoError(t, err)
	require.Equal(t, feedback.Piece{
		ID: "F-1", Words: "the CFO at Brackenmoor fell asleep, Initech is a dealbreaker", Verdict: content.Fails, Asset: "C-1", Version: 1,
		Account: "Brackenmoor", Persona: "cfo", Importance: feedback.Dealbreaker, Source: feedback.SalesSource, Reporter: "U0RAJ", Status: feedback.New,
		Created: got.Created, Rev: 1,
	}, got)

	require.Contains(t, gives(t, room, "U0RAJ", "+ C-3").Message.Text, "C-3 worked for you")
	require.Contains(t, gives(t, room, "U0RAJ", "~ C-3").Message.Text, "already said how C-3 went down")
}

func TestOneLineAboutWhatIsNotThere(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	for line, note := range map[string]string{
		"+ C-99 CFO loved it": "There is no C-99. Choose another piece, or none.",
		"+ C-2 CFO loved it":  "C-2 has no approved version. Choose another piece, or none.",
	} {
		reply := gives(t, room, "U0RAJ", line)
		require.NotNil(t, reply.Modal)
		require.Equal(t, "CFO loved it", fields(reply.Modal)["words"])
		require.Equal(t, "works", fields(reply.Modal)["verdict"])
		require.Contains(t, textOf(t, reply.Modal), note)
	}
}

func TestALineThatIsTooLongComesBack(t *testing.T) {
	t.Parallel()
	room := newRoom(t, nil)
	reply := gives(t, room, "U0RAJ", strings.Repeat("x", maxWords))
	require.NotNil(t, reply.Modal)
	require.Len(t, fields(reply.Modal)["words"], maxWords)
	reply = gives(t, room, "U0RAJ", strings.Repeat("y", maxWords+1))
	body, err := reply.Message.Encode()
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(body), strings.Repeat("y", maxWords/2)))
	require.Contains(t, string(body), `"text":"y"`)
}

func TestWhoMayChangeAPiece(t *testing.T) {
	t.Parallel()
	room := newRoom(t, nil)
	gives(t, room, "U0RAJ", "- C-1 first")

	for _, act := range []bot.Handler{room.edit, room.askDelete} {
		_, err := act(t.Context(), &bot.Request{User: "U0LEA", Value: "F-1"})
		require.EqualError(t, err, "Only who gave F-1 or an admin can change it.")
		_, err = act(t.Context(), &bot.Request{User: "U0RAJ", Value: "F-9"})
		require.ErrorContains(t, err, "I don't know that piece")

		for _, who := range []string{"U0RAJ", "U0ADA"} {
			reply, err := act(t.Context(), &bot.Request{User: who, Value: "F-1"})
			require.NoError(t, err)
			require.NotNil(t, reply.Modal)
		}
	}

	submit := func(h bot.Handler, user, op string, values map[string]string) (*bot.Reply, error) {
		return h(t.Context(), &bot.Request{User: user, Op: op, Data: `{"piece":"F-1"}`, Form: form(values)})
	}
	changed := map[string]string{"words": "second", "verdict": "works", "asset": "C-3@1", "persona": " CFO ", "competitor": "Initech"}
	_, err := submit(room.edited, "U0LEA", "1", changed)
	require.ErrorContains(t, err, "Only who gave F-1")
	_, err = submit(room.edited, "U0RAJ", "1", map[string]string{"words": ""})
	require.Equal(t, &errs.Invalid{Field: "words", Message: "please say in a few words what you heard"}, err)
	_, err = submit(room.edited, "U0RAJ", "1", map[string]string{"words": "w", "asset": "C-99@1"})
	require.ErrorContains(t, err, "this piece is gone")
	reply, err := submit(room.edited, "U0ADA", "1", changed)
	require.NoError(t, err)
	require.Equal(t, "F-1 is up to date.", reply.Message.Text)
	got, err := room.Feedback.Piece(t.Context(), "F-1")
	require.NoError(t, err)
	require.Equal(t, []string{"second", "works", "C-3", "cfo", "Initech", "U0RAJ"},
		[]string{got.Words, string(got.Verdict), got.Asset, got.Persona, got.Competitor, got.Reporter})

	_, err = submit(room.deleted, "U0LEA", "2", nil)
	require.ErrorContains(t, err, "Only who gave F-1")
	_, err = submit(room.deleted, "U0RAJ", "2", nil)
	require.NoError(t, err)
	_, err = submit(room.deleted, "U0RAJ", "2", nil)
	require.ErrorIs(t, err, errs.ErrDuplicate, "the same submission delivered twice")
	_, err = submit(room.deleted, "U0ADA", "3", nil)
	require.EqualError(t, err, "F-1 has been deleted already.")
	_, err = submit(room.edited, "U0RAJ", "4", changed)
	require.EqualError(t, err, "F-1 has been deleted already.")

	for _, act := range []bot.Handler{room.edit, room.askDelete} {
		_, err := act(t.Context(), &bot.Request{User: "U0RAJ", Value: "F-1"})
		require.EqualError(t, err, "F-1 has been deleted already.")
	}
}

func TestUndoWorksForAMinute(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	room := newRoomAt(t, nil, clock)
	gives(t, room, "U0RAJ", "- C-1 first")
	gives(t, room, "U0RAJ", "- C-1 second")
	press := func(user, id, op string) (*bot.Reply, error) {
		return room.undo(t.Context(), &bot.Request{User: user, Value: id, Op: op})
	}
	_, err := press("U0LEA", "F-1", "1")
	require.ErrorContains(t, err, "I don't know that piece")
	reply, err := press("U0RAJ", "F-1", "2")
	require.NoError(t, err)
	require.True(t, reply.Replace)
	require.Equal(t, "F-1 is taken back. Nothing of it is kept.", reply.Message.Text)
	_, err = press("U0RAJ", "F-1", "2")
	require.ErrorIs(t, err, errs.ErrDuplicate)
	_, err = press("U0RAJ", "F-1", "3")
	require.EqualError(t, err, "F-1 has been taken back already.")
	clock.Advance(time.Minute + time.Millisecond)
	reply, err = press("U0RAJ", "F-2", "4")
	require.NoError(t, err)
	require.Contains(t, reply.Message.Text, "The minute in which F-2 could be undone is over.")
	require.NoError(t, storecheck.Err(t.Context(), room.Store))
}

func TestTheCardOfWhatIsGone(t *testing.T) {
	t.Parallel()
	room := newRoom(t, nil)
	gives(t, room, "U0RAJ", "- C-1 the secret words")
	_, err := room.Feedback.Delete(t.Context(), "", "F-1", "C0FEEDBACK")
	require.NoError(t, err)

	for _, part := range []string{"", "step-1"} {
		m, err := room.card(t.Context(), bot.Card{ID: "F-1", Part: part, Where: "C0FEEDBACK"})
		require.NoError(t, err)
		require.Equal(t, "F-1 was deleted. Its verdict still counts.", m.Text)
		require.True(t, m.UpdateOnly, "it isn't posted where it wasn't")
	}
}
