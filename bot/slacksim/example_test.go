package slacksim_test

import (
	"context"
	"fmt"
	"log"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"smarketer/bot/slacksim"
)

// A workspace with one person and a bot that answers /hello.
func Example() {
	sim, err := slacksim.New(slacksim.Options{Workspace: slacksim.Workspace{
		App:      slacksim.App{Name: "Greeter", Commands: []slacksim.Command{{Name: "/hello"}}},
		Users:    []slacksim.User{{ID: "U0ADA", Name: "ada"}},
		Channels: []slacksim.Channel{{ID: "C0TALK", Name: "talk", Members: []string{"U0ADA"}}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer sim.Close()

	if err := sim.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	app := sim.Workspace().App
	api := slack.New(app.BotToken, slack.OptionAppLevelToken(app.AppToken), slack.OptionAPIURL(sim.APIURL()))

	client := socketmode.New(api)
	go func() { _ = client.RunContext(ctx) }()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case event := <-client.Events:
				if command, ok := event.Data.(slack.SlashCommand); ok {
					_ = client.Ack(*event.Request, slack.Msg{Text: "Hello, " + command.Text})
				}
			}
		}
	}()

	if err := sim.Wait(ctx, func() bool { return sim.Connections() == 1 }); err != nil {
		log.Fatal(err)
	}

	ada := sim.As("U0ADA")
	if err := ada.Command(ctx, "C0TALK", "/hello world"); err != nil {
		log.Fatal(err)
	}

	fmt.Println(ada.Messages("C0TALK", "")[0].Text)
	// Output: Hello, world
}
