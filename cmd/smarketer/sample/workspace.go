package sample

import (
	"crypto/rand"

	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
)

// Config returns the sample company's configuration.
func Config() (app.Config, error) {
	text, err := Files.ReadFile("smarketer.yaml")
	if err != nil {
		return app.Config{}, err
	}

	return app.ParseConfig("smarketer.yaml", text)
}

// Workspace returns the sample company's Slack for the simulator, with the app
// installed as the manifest of this configuration describes it. The tokens are new
// each time.
func Workspace(config app.Config) (slacksim.Workspace, error) {
	file, err := Files.Open("workspace.yaml")
	if err != nil {
		return slacksim.Workspace{}, err
	}
	defer file.Close()
	w, err := slacksim.LoadWorkspace(file)
	if err != nil {
		return w, err
	}

	manifest, err := app.ManifestYAML(config)
	if err != nil {
		return w, err
	}

	w.App.BotToken, w.App.AppToken = "xoxb-sample-"+rand.Text(), "xapp-sample-"+rand.Text()

	return w, w.App.Install(manifest)
}
