package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"smarketer/bot/blocks"
	"smarketer/store"
)

// Route is one thing that people can do.
type Route struct {
	Kind Kind
	Name string // "/content review", "lead.claim"
	Hint string // of a command: what may follow it, "<topic>"
	Help string // of a command or a shortcut: what it does, in a few words

	role    Role // who may; "" for anyone
	alone   bool // a subcommand after which nothing follows
	handler Handler
}

// Only lets nobody but people with a role do this. The role is looked up at
// the moment of the action.
func (r *Route) Only(role Role) *Route { r.role = role; return r }

// Alone says of a subcommand that nothing follows it: "/content gaps in a
// contract" is a text for /content.
func (r *Route) Alone() *Route { r.alone = true; return r }

// Card names what is to be shown of a record.
type Card struct {
	ID    string // the record's: "L-31"
	Part  string // which of its cards in one conversation; "" for the usual one
	Where string // the channel or the person that it is shown to
}

// CardFunc renders a card from its record as it is now. The error is
// errs.ErrNotFound when the record is gone.
type CardFunc func(ctx context.Context, c Card) (Message, error)

// TimerFunc does what is due.
type TimerFunc func(ctx context.Context, t store.Timer) error

// Router knows every route. It is filled at start and only read afterwards.
type Router struct {
	routes map[Kind]map[string]*Route
	cards  map[string]CardFunc
	timers map[string]TimerFunc
	// names maps "content" to the slash command that it has in this
	// workspace; see [Router.Rename].
	names map[string]string
	// namer writes those names into texts; nil when all have their own.
	namer *strings.Replacer
}

// Umbrella is the command under which every other can be reached as well:
// /smarketer content pricing.
const Umbrella = "/smarketer"

// NewRouter returns a router that knows /smarketer and /smarketer help.
func NewRouter() *Router {
	rt := &Router{
		routes: map[Kind]map[string]*Route{}, cards: map[string]CardFunc{}, timers: map[string]TimerFunc{},
		names: map[string]string{},
	}

	rt.Command(Umbrella, "help", "What Smarketer can do", rt.help)
	rt.Command(Umbrella+" help", "", "Show this list", rt.help)
	return rt
}

func (rt *Router) add(kind Kind, name string, h Handler) *Route {
	if name == "" || h == nil {
		panic(fmt.Sprintf("bot: a %s route needs a name and a handler (%q)", kind, name))
	}

	if rt.routes[kind] == nil {
		rt.routes[kind] = map[string]*Route{}
	}

	if rt.routes[kind][name] != nil {
		panic(fmt.Sprintf("bot: the %s %q is registered twice", kind, name))
	}

	r := &Route{Kind: kind, Name: name, handler: h}
	rt.routes[kind][name] = r
	return r
}

// Command routes a slash command, or with a second word its subcommand:
// "/content", "/content review". Text after it comes as Request.Text.
func (rt *Router) Command(name, hint, help string, h Handler) *Route {
	if !strings.HasPrefix(name, "/") {
		panic(fmt.Sprintf("bot: the command %q must begin with a slash", name))
	}

	r := rt.add(Command, name, h)
	r.Hint, r.Help = hint, help
	return r
}

// Action routes the use of a button or a menu, by its action ID.
func (rt *Router) Action(name string, h Handler) *Route {
	if name == blocks.OverflowAction {
		panic(fmt.Sprintf("bot: the action %q is that of every overflow menu", name))
	}

	return rt.add(Action, name, h)
}

// Shortcut routes a message action. help is its name in Slack's menu, at most
// 24 characters.
func (rt *Router) Shortcut(name, help string, h Handler) *Route {
	r := rt.add(Shortcut, name, h)
	r.Help = help
	return r
}

// Submit routes the submission of a modal, by its name.
func (rt *Router) Submit(name string, h Handler) *Route { return rt.add(Submit, name, h) }

// Options routes the question of a menu what to offer, by its action ID.
func (rt *Router) Options(name string, h Handler) *Route { return rt.add(Options, name, h) }

// Event routes an event by its type.
func (rt *Router) Event(name string, h Handler) *Route { return rt.add(Event, name, h) }

// Card tells how to render the card of a kind of record ("lead").
func (rt *Router) Card(kind string, render CardFunc) {
	if rt.cards[kind] != nil {
		panic(fmt.Sprintf("bot: the card %q is registered twice", kind))
	}

	rt.cards[kind] = render
}

// Timer tells what to do when a timer of this name is due.
func (rt *Router) Timer(name string, do TimerFunc) {
	if rt.timers[name] != nil {
		panic(fmt.Sprintf("bot: the timer %q is registered twice", name))
	}

	rt.timers[name] = do
}

// Names lists what the router knows, by kind, in order: requests under the names
// of their kinds ("command", "action"…), cards and timers under "card" and
// "timer".
func (rt *Router) Names() map[string][]string {
	all := map[string][]string{
		"card":  slices.Sorted(maps.Keys(rt.cards)),
		"timer": slices.Sorted(maps.Keys(rt.timers)),
	}
	for kind, routes := range rt.routes {
		all[string(kind)] = slices.Sorted(maps.Keys(routes))
	}

	return all
}

// RenderCard renders a card ("lead:L-31", "feedback:F-7/planned") for the
// channel or the person that it is shown to.
func (rt *Router) RenderCard(ctx context.Context, card, where string) (Message, error) {
	ref, part, _ := strings.Cut(card, "/")
	kind, id, _ := strings.Cut(ref, ":")
	render := rt.cards[kind]
	if render == nil {
		return Message{}, fmt.Errorf("nobody renders the card %q", card)
	}

	return render(ctx, Card{ID: id, Part: part, Where: where})
}

// Wake does what a due timer is for.
func (rt *Router) Wake(ctx context.Context, t store.Timer) error {
	do := rt.timers[t.Name]
	if do == nil {
		return fmt.Errorf("nobody waits for the timer %q", t.Name)
	}

	return do(ctx, t)
}

// Rename gives a command another name in Slack: Rename("/content", "/copy").
func (rt *Router) Rename(command, as string) {
	if rt.routes[Command][command] == nil {
		panic(fmt.Sprintf("bot: there is no command %q to rename", command))
	}

	if as == command {
		return
	}

	rt.names[command] = as
	var pairs []string
	for ours, theirs := range rt.names {
		pairs = append(pairs, "`"+ours, "`"+theirs)
	}

	rt.namer = strings.NewReplacer(pairs...)
}

// slackName is the name a command goes by in this workspace.
func (rt *Router) slackName(command string) string {
	root, rest, _ := strings.Cut(command, " ")
	if as := rt.names[root]; as != "" {
		root = as
	}

	return strings.TrimSpace(root + " " + rest)
}

// ourName undoes slackName for the first word.
func (rt *Router) ourName(command string) string {
	for ours, theirs := range rt.names {
		if theirs == command {
			return ours
		}
	}

	return command
}

// resolve finds the route of a request, and for a command sets its name and
// text. It returns nil when there is none.
func (rt *Router) resolve(r *Request) *Route {
	if r.Kind == Action && r.Name == blocks.OverflowAction {
		r.Name, r.Value = blocks.From(r.Value)
	}

	if r.Kind != Command {
		return rt.routes[r.Kind][r.Name]
	}

	command, text := rt.ourName(r.Name), strings.TrimSpace(r.Text)
	if command == Umbrella {
		word, rest := cutWord(text)
		if named := rt.ourName("/" + strings.ToLower(word)); rt.routes[Command][named] != nil {
			command, text = named, rest
		}
	}

	word, rest := cutWord(text)
	if sub := rt.routes[Command][command+" "+strings.ToLower(word)]; sub != nil && word != "" && (rest == "" || !sub.alone) {
		r.Name, r.Text = sub.Name, rest
		return sub
	}

	r.Name, r.Text = command, text
	return rt.routes[Command][command]
}

// commands lists the command routes by name.
func (rt *Router) commands() []*Route { return byName(rt.routes[Command]) }

// nearest is the subcommand of a command that a mistyped word most likely
// meant, "" when nothing is near.
func (rt *Router) nearest(command, word string) string {
	best, distance := "", 3
	for _, r := range rt.commands() {
		candidate, isSub := strings.CutPrefix(r.Name, command+" ")
		if command == Umbrella && !isSub {
			candidate = strings.TrimPrefix(r.Name, "/")
		} else if !isSub {
			continue
		}

		if d := levenshtein.ComputeDistance(strings.ToLower(word), candidate); d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}

	return best
}

// shortcuts lists the message actions by name.
func (rt *Router) shortcuts() []*Route { return byName(rt.routes[Shortcut]) }

func byName(routes map[string]*Route) []*Route {
	return slices.SortedFunc(maps.Values(routes), func(a, b *Route) int { return strings.Compare(a.Name, b.Name) })
}

// cutWord splits off the first word of a text.
func cutWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		return text, ""
	}

	return text[:end], strings.TrimSpace(text[end:])
}
