package slacksim

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What a person's doings fail with, beside [*Timeout] and [*Invalid].
var (
	ErrUnknownUser    = errors.New("slacksim: no such person")
	ErrUnknownChannel = errors.New("slacksim: no such conversation")
	ErrNotInChannel   = errors.New("slacksim: this person is not in the conversation")
	ErrUnknownCommand = errors.New("slacksim: no such command")
	ErrNotFound       = errors.New("slacksim: nothing there")
)

// Person does what one member of the workspace can do. The page and tests use the
// same methods. Those that reach the app return once it has acknowledged.
type Person struct {
	s  *Server
	id string
}

// As returns the person with an ID. If there is none, its methods return
// [ErrUnknownUser] or nothing.
func (s *Server) As(userID string) *Person { return &Person{s, userID} }

// in finds the person and a conversation they are in. The caller holds s.mu.
func (p *Person) in(channel string) (*member, *conversation, error) {
	m, ok := p.s.state.members[p.id]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s", ErrUnknownUser, p.id)
	}

	c, ok := p.s.state.channels[channel]
	if !ok || c.kind != KindPublic && !c.members[p.id] {
		return nil, nil, fmt.Errorf("%w: %s", ErrUnknownChannel, channel)
	}

	if !c.members[p.id] {
		return nil, nil, fmt.Errorf("%w: %s", ErrNotInChannel, c.name)
	}

	return m, c, nil
}

// Direct returns the ID of the person's direct messages with the app.
func (p *Person) Direct() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.state.directs[p.id]
}

// Post writes a message, in a thread if threadTS isn't empty.
func (p *Person) Post(_ context.Context, channel, text, threadTS string) (Message, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, c, err := p.in(channel)
	switch {
	case err != nil:
		return Message{}, err
	case c.archived:
		return Message{}, errors.New("slacksim: the channel is archived")
	case strings.TrimSpace(text) == "" || length(text) > maxMessageText:
		return Message{}, fmt.Errorf("slacksim: a message has 1 to %d characters", maxMessageText)
	}

	if err := c.thread(threadTS); err != nil {
		return Message{}, err
	}

	// Mentions stay as they are: Slack's client writes them as <@U…> itself.
	words := mentions.ReplaceAllString(escape(text), "<$1>")
	posted := p.s.post(c, Message{User: m.ID, Text: words, ThreadTS: threadTS})
	if threadTS == "" {
		c.see(m.ID)
	}

	return posted.Message, nil
}

// Join makes the person a member of a public channel.
func (p *Person) Join(channel string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	_, _, err := p.in(channel)
	if errors.Is(err, ErrNotInChannel) {
		c := p.s.state.channels[channel]
		c.members[p.id] = true
		c.see(p.id)
		p.s.hub.tell(Change{Kind: ChangeChannel, Channel: channel, User: p.id})
		return nil
	}

	return err
}

// Invite makes somebody else, such as the app, a member of a channel the person is in.
func (p *Person) Invite(channel, userID string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	_, c, err := p.in(channel)
	if err != nil {
		return err
	}

	if p.s.state.members[userID] == nil {
		return fmt.Errorf("%w: %s", ErrUnknownUser, userID)
	}

	if c.kind == KindDirect {
		return fmt.Errorf("%w: direct messages are between two", ErrUnknownChannel)
	}

	if !c.members[userID] {
		c.members[userID] = true
		c.see(userID)
		p.s.hub.tell(Change{Kind: ChangeChannel, Channel: channel, User: userID})
	}

	return nil
}

// Command runs a slash command such as "/content pricing". When the app doesn't
// acknowledge in time the person also sees Slack's notice of it.
func (p *Person) Command(ctx context.Context, channel, line string) error {
	name, words, _ := strings.Cut(strings.TrimSpace(line), " ")
	payload, err := p.command(channel, name, strings.TrimSpace(words))
	if err != nil {
		return err
	}

	e := envelope{EnvelopeID: newUUID(), Type: typeCommand, Accepts: true, Payload: payload}
	ack, err := p.s.deliver(ctx, p.id, name, e)
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if timeout, ok := errors.AsType[*Timeout](err); ok {
		m, _, goneErr := p.in(channel)
		if goneErr == nil {
			p.s.record.answered(e.EnvelopeID, p.s.whisper(m, channel, Message{User: "USLACKBOT", Text: timeout.Error()}).TS)
		}
	}

	if err != nil || isEmptyJSON(ack) {
		return err
	}

	said, err := p.s.readAnswer(ack)
	ts := ""
	if err == nil {
		ts, err = p.s.apply(&responseURL{channel: channel, user: p.id}, said)
	}

	if err != nil {
		return fmt.Errorf("the app acknowledged %s with what Slack refuses: %w", name, err)
	}

	p.s.record.answered(e.EnvelopeID, ts)
	return nil
}

func (p *Person) command(channel, name, words string) (commandPayload, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, c, err := p.in(channel)
	if err != nil {
		return commandPayload{}, err
	}

	w := p.s.state.workspace
	if !slices.ContainsFunc(w.App.Commands, func(known Command) bool { return known.Name == name }) {
		return commandPayload{}, fmt.Errorf("%w: %s", ErrUnknownCommand, name)
	}

	return commandPayload{
		Token: verificationToken, TeamID: w.Team.ID, TeamDomain: w.Team.Domain, ChannelID: c.id, ChannelName: c.ref().Name,
		UserID: m.ID, UserName: m.Name, Command: name, Text: words, APIAppID: w.App.ID, IsEnterprise: "false",
		ResponseURL: p.s.answerTo(m.ID, c.id, ""), TriggerID: p.s.trigger(m),
	}, nil
}

func (s *Server) trigger(m *member) string { return s.state.triggers.issue(m.ID, s.opts.Clock.Now()) }

// MessageShortcut chooses one of the app's entries in the menu of a message.
// Ephemeral messages have no such menu.
func (p *Person) MessageShortcut(ctx context.Context, callbackID, channel, ts string) error {
	return p.act(ctx, "message_action", func() (interaction, error) {
		m, c, err := p.in(channel)
		if err != nil {
			return interaction{}, err
		}

		target, ok := c.find(ts)
		if !ok {
			return interaction{}, fmt.Errorf("%w: no message has the ts %s", ErrNotFound, ts)
		}

		payload, err := p.shortcut(m, "message", callbackID)
		if err != nil {
			return interaction{}, err
		}

		message, ref := target.wire(false), c.ref()
		payload.Type, payload.Message, payload.MessageTS, payload.Channel = "message_action", &message, ts, &ref
		payload.ResponseURL = p.s.answerTo(m.ID, c.id, "")
		return payload, nil
	})
}

// GlobalShortcut chooses one of the app's entries in the global menu.
func (p *Person) GlobalShortcut(ctx context.Context, callbackID string) error {
	return p.act(ctx, "shortcut", func() (interaction, error) {
		m, ok := p.s.state.members[p.id]
		if !ok {
			return interaction{}, fmt.Errorf("%w: %s", ErrUnknownUser, p.id)
		}

		return p.shortcut(m, "global", callbackID)
	})
}

func (p *Person) shortcut(m *member, kind, callbackID string) (interaction, error) {
	known := p.s.state.workspace.App.Shortcuts
	if !slices.ContainsFunc(known, func(s Shortcut) bool { return s.Type == kind && s.CallbackID == callbackID }) {
		return interaction{}, fmt.Errorf("%w: the app has no %s shortcut %q", ErrNotFound, kind, callbackID)
	}

	payload := p.s.state.interaction("shortcut", m)
	payload.CallbackID, payload.TriggerID, payload.ActionTS = callbackID, p.s.trigger(m), p.s.state.nextTS()
	return payload, nil
}

// act builds a payload under the lock, sends it and waits for the acknowledgement.
func (p *Person) act(ctx context.Context, what string, build func() (interaction, error)) error {
	p.s.mu.Lock()
	payload, err := build()
	p.s.mu.Unlock()
	if err != nil {
		return err
	}

	_, err = p.s.deliver(ctx, p.id, what, envelope{Type: typeInteractive, Payload: payload})
	return err
}

// homeOpened is the event of a person who looks at the app's Home tab.
type homeOpened struct {
	Type    string `json:"type"`
	User    string `json:"user"`
	Channel string `json:"channel"`
	Tab     string `json:"tab"`
	View    *View  `json:"view,omitempty"`
	EventTS string `json:"event_ts"`
}

// OpenHome looks at the app's Home tab. The event reaches the app in the background.
func (p *Person) OpenHome(context.Context) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, ok := p.s.state.members[p.id]
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnknownUser, p.id)
	}

	event := homeOpened{Type: "app_home_opened", User: m.ID, Channel: p.s.state.directs[m.ID], Tab: "home", EventTS: p.s.state.nextTS()}
	if m.home != nil {
		view := m.home.snapshot().wire()
		event.View = &view
	}

	p.s.publish("app_home_opened", m.ID, event)
	return nil
}

// mentions are <@U…>, <#C…> and the like after escaping.
var mentions = regexp.MustCompile(`&lt;([@#][A-Z0-9]+)&gt;`)
