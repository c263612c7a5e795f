package bot_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

// greeter is a room: what it needs, and its handlers.
type greeter struct {
	greetings map[string]string // by language
}

// Routes registers what people can do in the room.
func (g *greeter) Routes(rt *bot.Router) {
	rt.Command("/greet", "<language>", "Say hello in a language", g.greet)
	rt.Action("greet.again", g.again)
}

func (g *greeter) greet(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	greeting, ok := g.greetings[r.Text]
	if !ok {
		return nil, bot.Problemf("I don't speak %s yet.", blocks.Escape(r.Text))
	}

	return &bot.Reply{Message: greetingView(greeting, r.Text)}, nil
}

func (g *greeter) again(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	r.Text = r.Value
	return g.greet(ctx, r)
}

func greetingView(greeting, language string) *bot.Message {
	return &bot.Message{Text: greeting + "!", Blocks: []slack.Block{
		blocks.Words(greeting + "!"),
		blocks.Actions(blocks.Button("greet.again", language, "Once more")),
	}}
}

// How a room looks: it registers its routes, and its handlers return replies
// or errors.
func Example() {
	rt := bot.NewRouter()
	(&greeter{greetings: map[string]string{"Welsh": "Bore da"}}).Routes(rt)
	rooms := bot.NewDispatcher(bot.DispatcherConfig{
		Router: rt, Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
		HasRole: func(context.Context, string, bot.Role) (bool, error) { return false, nil },
	})

	for _, text := range []string{"Welsh", "Martian"} {
		r := &bot.Request{Kind: bot.Command, Name: "/greet", Text: text, User: "U0ADA"}
		reply, err := rooms.Handler(r)(context.Background(), r)
		if err != nil {
			reply = rooms.Apology(context.Background(), r, err)
		}

		fmt.Println(reply.Message.Text)
	}

	// Output:
	// Bore da!
	// I don't speak Martian yet.
}
