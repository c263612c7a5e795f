package bottest

import (
	"context"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/slacksim"
)

// Person is somebody in the story, looking at one conversation.
type Person struct {
	*slacksim.Person
	s       *Story
	ID      string
	channel string
}

// Person is the member with this ID, looking at nothing yet.
func (s *Story) Person(id string) *Person { return &Person{s.Slack.As(id), s, id, ""} }

// In is the same person, looking at a channel by its ID.
func (p *Person) In(channel string) *Person { return &Person{p.Person, p.s, p.ID, channel} }

// InDirect is the same person, looking at their messages from the bot.
func (p *Person) InDirect() *Person { return p.In(p.Direct()) }

// Types types a command and waits until Slack has its acknowledgement.
func (p *Person) Types(line string) *Person {
	p.s.T.Helper()
	require.NoError(p.s.T, p.Command(p.s.T.Context(), p.channel, line))
	return p
}

// Says writes a message.
func (p *Person) Says(text string) slacksim.Message {
	p.s.T.Helper()
	m, err := p.Post(p.s.T.Context(), p.channel, text, "")
	require.NoError(p.s.T, err)
	return m
}

// Uses chooses a message action on a message.
func (p *Person) Uses(callbackID string, on slacksim.Message) *Person {
	p.s.T.Helper()
	require.NoError(p.s.T, p.MessageShortcut(p.s.T.Context(), callbackID, p.channel, on.TS))
	return p
}

// Seen is a message that a person looks at.
type Seen struct {
	slacksim.Message
	p *Person
}

// Sees waits for a message of the bot here that holds all of the words and
// that this person hasn't looked at as it is now, and looks at it.
func (p *Person) Sees(texts ...string) *Seen {
	p.s.T.Helper()
	return p.sees("", false, texts)
}

// SeesPrivately is Sees for messages that only this person sees.
func (p *Person) SeesPrivately(texts ...string) *Seen {
	p.s.T.Helper()
	return p.sees("", true, texts)
}

// SeesInThread is Sees for the thread of a message.
func (p *Person) SeesInThread(parent slacksim.Message, texts ...string) *Seen {
	p.s.T.Helper()
	return p.sees(parent.TS, false, texts)
}

func (p *Person) sees(thread string, privately bool, texts []string) *Seen {
	p.s.T.Helper()
	var found *Seen
	look := func() bool {
		for _, m := range slices.Backward(p.Messages(p.channel, thread)) {
			if m.BotID != "" && (m.Ephemeral || !privately) && !p.s.looked(p.ID, m) && holds(Words(m), texts) {
				found = &Seen{m, p}
				return true
			}
		}

		return false
	}
	ctx, cancel := context.WithTimeout(p.s.T.Context(), harness.Patience)
	defer cancel()
	if err := p.s.Slack.Wait(ctx, look); err != nil {
		require.FailNow(p.s.T, "nobody said this: "+strings.Join(texts, " … "), "what %s sees:\n%s", p.ID, p.screen(thread))
	}

	p.s.look(p.ID, found.Message)
	return found
}

// SeesNothing makes sure that there is no message of the bot here that holds
// the words now.
func (p *Person) SeesNothing(texts ...string) {
	p.s.T.Helper()
	for _, m := range p.Messages(p.channel, "") {
		require.False(p.s.T, m.BotID != "" && holds(Words(m), texts), "unexpected:\n%s", Words(m))
	}
}

func (p *Person) screen(thread string) string {
	var b strings.Builder
	for _, m := range p.Messages(p.channel, thread) {
		b.WriteString("— " + Words(m) + "\n")
	}

	return b.String()
}

func holds(text string, wanted []string) bool {
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			return false
		}
	}

	return true
}

// Words are all the words that a message shows.
func Words(m slacksim.Message) string { return m.Text + "\n" + words(parseBlocks(m.Blocks)) }

// Clicks uses a button or an overflow entry by its words; of several, the
// first.
func (m *Seen) Clicks(label string) *Person {
	m.p.s.T.Helper()
	require.NoError(m.p.s.T, m.Click(label))
	return m.p
}

// Click is Clicks that may fail.
func (m *Seen) Click(label string) error {
	for _, c := range controlsOf(parseBlocks(m.Blocks)) {
		if strings.HasPrefix(c.label, label) {
			return m.p.click(slacksim.Container{Channel: m.Channel, TS: m.TS}, c)
		}
	}

	require.FailNow(m.p.s.T, "there is no button "+label, Words(m.Message))
	return nil
}

func (p *Person) click(in slacksim.Container, c control) error {
	i := slacksim.Interaction{Container: in, BlockID: c.block, ActionID: c.action}
	if c.action == "more" { // the bot's overflow menus
		i.Input = slacksim.Input{Value: c.value}
	}

	return p.Click(p.s.T.Context(), i)
}

// As looks at the same message as another person.
func (m *Seen) As(other *Person) *Seen { return &Seen{m.Message, other.In(m.Channel)} }

// Modal is the modal on top that a person sees.
type Modal struct {
	slacksim.View
	p *Person
}

// SeesModal waits for a modal on top that holds all of the words.
func (p *Person) SeesModal(texts ...string) *Modal {
	p.s.T.Helper()
	var found *Modal
	look := func() bool {
		views := p.Views()
		if len(views) == 0 {
			return false
		}

		top := views[len(views)-1]
		if !holds(top.Title.Text+"\n"+words(parseBlocks(top.Blocks)), texts) {
			return false
		}

		found = &Modal{top, p}
		return true
	}
	ctx, cancel := context.WithTimeout(p.s.T.Context(), harness.Patience)
	defer cancel()
	require.NoError(p.s.T, p.s.Slack.Wait(ctx, look), "no modal with %q", texts)
	return found
}

// Words are all the words that the modal shows.
func (m *Modal) Words() string { return words(parseBlocks(m.Blocks)) }

// Submits fills in fields by their block IDs and sends the modal. It returns
// the errors shown, by block ID; none when the modal was taken.
func (m *Modal) Submits(fields map[string]string) map[string]string {
	m.p.s.T.Helper()
	state := slacksim.State{}
	for _, b := range parseBlocks(m.Blocks) {
		if value, ok := fields[b.BlockID]; ok && b.Element != nil {
			state[b.BlockID] = map[string]slacksim.Input{b.Element.ActionID: {Value: value}}
		}
	}

	require.Len(m.p.s.T, state, len(fields), "the modal lacks one of the fields %v", fields)
	errors, err := m.p.Submit(m.p.s.T.Context(), m.ID, state)
	require.NoError(m.p.s.T, err)
	return errors
}

// Searches types into a menu of the modal that asks for its options, and
// returns their words with their values.
func (m *Modal) Searches(block, query string) map[string]string {
	m.p.s.T.Helper()
	for _, b := range parseBlocks(m.Blocks) {
		if b.BlockID != block || b.Element == nil {
			continue
		}

		groups, err := m.p.Suggest(m.p.s.T.Context(), slacksim.Container{ViewID: m.ID}, block, b.Element.ActionID, query)
		require.NoError(m.p.s.T, err)
		found := map[string]string{}
		for _, g := range groups {
			for _, o := range g.Options {
				found[o.Text.Text] = o.Value
			}
		}

		return found
	}

	require.FailNow(m.p.s.T, "the modal has no field "+block)
	return nil
}

// look marks a message as seen by a person, as it is now.
func (s *Story) look(by string, m slacksim.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[m.Channel+" "+m.TS] = true
	s.seen[state(by, m)] = true
}

// looked reports whether a person has seen a message as it is now.
func (s *Story) looked(by string, m slacksim.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[state(by, m)]
}

func state(by string, m slacksim.Message) string {
	key := by + " " + m.Channel + " " + m.TS
	if m.Edited != nil {
		key += " " + m.Edited.TS
	}

	return key
}

// channels lists every conversation that anybody sees.
func (s *Story) channels() []string {
	known := map[string]bool{}
	var all []string
	for _, id := range s.people() {
		for _, c := range s.Slack.As(id).Channels() {
			if !known[c.ID] {
				known[c.ID] = true
				all = append(all, c.ID)
			}
		}
	}

	return all
}

func (s *Story) people() []string {
	return []string{"U0RAJ", "U0LEA", "U0MIA", "U0ADA", "U0TOM", "U0IVY", "U0SAM", "U0NELL"}
}

// requireAllSeen fails on a message of the bot that nobody looked at.
func (s *Story) requireAllSeen() {
	s.T.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.people() {
		person := s.Slack.As(id)
		for _, c := range person.Channels() {
			for _, m := range person.Messages(c.ID, "") {
				if m.BotID != "" && !s.seen[c.ID+" "+m.TS] {
					require.Fail(s.T, "a message that nobody looked at", "to %s in %s:\n%s", id, c.Name, Words(m))
				}
			}
		}
	}
}
