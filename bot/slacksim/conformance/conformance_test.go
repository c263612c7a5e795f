//go:build conformance

package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

const (
	talk     = "C0TALK"
	ada      = "U0ADA"
	patience = time.Minute
)

func boot(t *testing.T) *slacksim.Server {
	t.Helper()
	s, err := slacksim.New(slacksim.Options{Workspace: slacksim.Workspace{
		App: slacksim.App{
			Name:      "Bolt",
			BotScopes: append(slacksim.DefaultBotScopes(), "channels:history", "im:history", "chat:write.customize"),
			Commands:  []slacksim.Command{{Name: "/echo"}, {Name: "/modal"}, {Name: "/card"}},
			Shortcuts: []slacksim.Shortcut{{Type: "message", Name: "Note", CallbackID: "note"}, {Type: "global", Name: "New", CallbackID: "new"}},
			Events:    []string{"app_home_opened", "message.im"},
		},
		Users: []slacksim.User{{ID: ada, Name: "ada", Email: "ada@example.com"}},
		Channels: []slacksim.Channel{
			{ID: talk, Name: "talk", Members: []string{ada, "U0SIMBOT"}},
			{ID: "C0OTHER", Name: "other"},
		},
		Usergroups: []slacksim.Usergroup{{ID: "S0SALES", Handle: "sales", Users: []string{ada}}},
	}})
	require.NoError(t, err)
	require.NoError(t, s.Start("127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// line is what a program printed.
type line map[string]any

// program is a running Node program.
type program struct {
	t     *testing.T
	ctx   context.Context
	cmd   *exec.Cmd
	lines chan line
}

func run(t *testing.T, s *slacksim.Server, script string) *program {
	t.Helper()
	_, err := os.Stat("node_modules/@slack/bolt")
	require.NoError(t, err, "run npm ci in bot/slacksim/conformance first")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	app := s.Workspace().App
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Env = append(os.Environ(), "SLACK_API_URL="+s.APIURL(), "SLACK_BOT_TOKEN="+app.BotToken, "SLACK_APP_TOKEN="+app.AppToken,
		"CHANNEL="+talk, "PERSON="+ada, "EMAIL=ada@example.com")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start(), "node must be installed")

	p := &program{t: t, ctx: ctx, cmd: cmd, lines: make(chan line, 100)}
	go func() {
		defer close(p.lines)

		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			var l line
			if json.Unmarshal(scanner.Bytes(), &l) != nil {
				l = line{"what": "unreadable", "text": scanner.Text()}
			}

			p.lines <- l
		}
	}()
	return p
}

// prints waits for the next line and compares it.
func (p *program) prints(want line) line {
	p.t.Helper()

	select {
	case got := <-p.lines:
		for key, value := range want {
			require.Equal(p.t, value, got[key], "%v", got)
		}

		return got
	case <-p.ctx.Done():
		require.FailNow(p.t, "nothing was printed", "%v", want)
		return nil
	}
}

// ends waits until the program has printed all and exits without an error.
func (p *program) ends() {
	p.t.Helper()

	for l := range p.lines {
		require.FailNow(p.t, "printed more", "%v", l)
	}

	require.NoError(p.t, p.cmd.Wait())
}

func TestBolt(t *testing.T) {
	s := boot(t)
	p := run(t, s, "bolt.mjs")
	person := s.As(ada)
	last := func(channel string) slacksim.Message {
		list := person.Messages(channel, "")
		require.NotEmpty(t, list)
		return list[len(list)-1]
	}

	p.prints(line{"what": "connected"})
	p.prints(line{"what": "started"})

	require.NoError(t, person.Command(p.ctx, talk, "/echo hello"))
	p.prints(line{"what": "command", "text": "hello", "user": ada})
	require.Equal(t, "ack: hello", person.Messages(talk, "")[0].Text)
	require.Equal(t, "respond: hello", last(talk).Text)
	require.False(t, last(talk).Ephemeral)

	require.NoError(t, person.Command(p.ctx, talk, "/card"))
	require.NoError(t, s.Wait(p.ctx, func() bool { return last(talk).Text == "press" }))
	press := slacksim.Interaction{Container: slacksim.Container{Channel: talk, TS: last(talk).TS}, BlockID: "row", ActionID: "go"}
	require.NoError(t, person.Click(p.ctx, press))
	p.prints(line{"what": "action", "value": "1", "user": ada, "message": "press"})
	require.Equal(t, "pressed", last(talk).Text)

	require.NoError(t, person.Command(p.ctx, talk, "/modal"))
	opened := p.prints(line{"what": "opened"})["id"].(string)
	require.Equal(t, opened, person.Views()[0].ID)
	require.NoError(t, person.Fill(opened, slacksim.State{"why": {"value": {Value: "typed"}}}))
	in := slacksim.Container{ViewID: opened}
	groups, err := person.Suggest(p.ctx, in, "pick", "asset", "pri")
	require.NoError(t, err)
	require.Equal(t, "Found pri", groups[0].Options[0].Text.Text)
	require.NoError(t, person.Click(p.ctx, slacksim.Interaction{Container: in, BlockID: "pick", ActionID: "asset", Input: slacksim.Input{Value: "C-1"}}))
	p.prints(line{"what": "chosen", "value": "C-1", "typed": "typed"})
	require.Equal(t, "typed", person.Views()[0].State.Values["why"]["value"].Text, "input survives the update")
	complaints, err := person.Submit(p.ctx, opened, slacksim.State{"why": {"value": {Value: "bad"}}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"why": "Say more."}, complaints)
	p.prints(line{"what": "submitted", "why": "bad"})
	complaints, err = person.Submit(p.ctx, opened, slacksim.State{"why": {"value": {Value: "good"}}})
	require.NoError(t, err)
	require.Empty(t, complaints)
	p.prints(line{"what": "submitted", "why": "good"})
	require.Empty(t, person.Views())
	require.NoError(t, person.Command(p.ctx, talk, "/modal"))
	opened = p.prints(line{"what": "opened"})["id"].(string)
	require.NoError(t, person.CloseView(p.ctx, opened))
	p.prints(line{"what": "closed", "id": opened})

	words, err := person.Post(p.ctx, talk, "note this", "")
	require.NoError(t, err)
	require.NoError(t, person.MessageShortcut(p.ctx, "note", talk, words.TS))
	p.prints(line{"what": "shortcut", "type": "message_action", "message": "note this"})
	require.NoError(t, person.GlobalShortcut(p.ctx, "new"))
	p.prints(line{"what": "shortcut", "type": "shortcut"})

	require.NoError(t, person.OpenHome(p.ctx))
	p.prints(line{"what": "home", "user": ada})
	home, ok := person.Home()
	require.True(t, ok)
	require.Contains(t, string(home.Blocks), "Welcome")
	asked, err := person.Post(p.ctx, person.Direct(), "ping", "")
	require.NoError(t, err)
	p.prints(line{"what": "message", "type": "im"})
	require.Equal(t, "pong", person.Messages(person.Direct(), asked.TS)[1].Text)

	for _, disturb := range []func(){
		func() { s.Faults().Disconnect("refresh_requested") },
		func() { s.Faults().CutSockets(true) },
		func() { s.Faults().CutSockets(false) },
	} {
		disturb()
		p.prints(line{"what": "connected"})
		require.NoError(t, person.Command(p.ctx, talk, "/echo again"))
		p.prints(line{"what": "command", "text": "again"})
	}

	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.prints(line{"what": "stopped"})
	p.ends()
}

func TestWebAPI(t *testing.T) {
	s := boot(t)

	p := run(t, s, "webapi.mjs")
	for _, want := range []line{
		{"what": "auth.test", "user": "U0SIMBOT", "bot": "B0SIMBOT"},
		{"what": "chat.postMessage", "text": "A card", "block": "head"},
		{"what": "chat.update", "text": "A changed card", "same": true},
		{"what": "chat.postEphemeral", "ts": "string"},
		{"what": "chat.getPermalink", "path": "archives"},
		{"what": "conversations.history", "id": "L-1"},
		{"what": "conversations.list", "names": []any{"talk", "other"}},
		{"what": "users.lookupByEmail", "id": ada},
		{"what": "usergroups.list", "users": []any{ada}},
		{"what": "filesUploadV2", "title": "Copy"},
		{"what": "views.publish", "type": "home"},
		{"what": "every shape", "name": "Desk", "face": ":tada:", "colour": "36a64f", "parent": true},
		{"what": "markdown_text", "block": "markdown"},
		{"what": "a long header", "error": "invalid_blocks", "messages": []any{"[ERROR] must be less than 151 characters, not 151 [json-pointer:/blocks/0/text/text]"}},
		{"what": "an unknown channel", "error": "channel_not_found"},
		{"what": "an old trigger", "error": "invalid_trigger_id"},
		{"what": "an unknown method", "error": "unknown_method"},
		{"what": "too fast", "error": "slack_webapi_rate_limited_error", "retryAfter": 1.0},
	} {
		p.prints(want)
	}

	p.ends()
	posts := s.Posts(talk)
	require.Equal(t, "copy.csv", posts[1].Files[0].Name)
}
