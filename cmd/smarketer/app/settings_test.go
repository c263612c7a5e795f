package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// secretPart is in every secret of these tests, and in nothing that is printed.
const secretPart = "hush"

func whsec(bytes int) string {
	key := (secretPart + strings.Repeat("x", bytes))[:bytes]
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(key))
}

func goodSettings() Settings {
	return Settings{
		SlackBotToken: "xoxb-1-2-" + secretPart, SlackAppToken: "xapp-1-A0-2-" + secretPart,
		SlackAPIURL: "http://127.0.0.1:9999/api/", RedisURL: "redis://:" + secretPart + "@localhost:6379/0",
		HTTPAddr: ":8080", PublicURL: "https://smarketer.example.com", LeadsWebhookSecret: Secret(whsec(32) + " " + whsec(24)),
		LeadsWebhookToken: Secret(strings.Repeat(secretPart, 32)), HubSpotSecret: "hs-" + secretPart,
		OpenAIAPIKey: "sk-" + secretPart, OpenAIBaseURL: "http://localhost:11434/v1", OpenAIModel: "small",
		LogLevel: "info", LogFormat: "json", DataDir: "data",
	}
}

func TestSettingsCheck(t *testing.T) {
	t.Parallel()

	const (
		takeBot = "take the one that begins with xoxb- from OAuth & Permissions in the app's settings"
		takeApp = "take the one that begins with xapp- from Basic Information, App-Level Tokens in the app's settings, with the scope connections:write"
		redis   = "such as redis://localhost:6379/0, rediss:// for TLS, or unix:///run/redis.sock"
		makeOne = `; make one with: echo "whsec_$(openssl rand -base64 32)"`
	)
	for _, test := range []struct {
		name   string
		change func(*Settings)
		want   []string // lines; none when all is well
	}{
		{"all set", func(*Settings) {}, nil},
		{"only what must be set", func(s *Settings) {
			*s = Settings{SlackBotToken: s.SlackBotToken, SlackAppToken: s.SlackAppToken, RedisURL: "embedded", HTTPAddr: "127.0.0.1:0", LogLevel: "debug"}
		}, nil},
		{"a socket", func(s *Settings) { s.RedisURL = "unix:///run/redis.sock" }, nil},
		{"a cluster", func(s *Settings) { s.RedisURL = "rediss://u:p@one:6379?addr=two:6379&addr=three:6379" }, nil},
		{"nothing set", func(s *Settings) { *s = Settings{} }, []string{
			"SLACK_BOT_TOKEN is not set; " + takeBot,
			"SLACK_APP_TOKEN is not set; " + takeApp,
			"REDIS_URL is not set; give the address of Redis or Valkey, " + redis + ", or embedded to try Smarketer without one",
			"HTTP_ADDR must be a port such as :8080, or an address with a port such as 127.0.0.1:8080",
			"LOG_LEVEL must be one of debug, info, warn, error",
		}},
		{"tokens in each other's place", func(s *Settings) { s.SlackBotToken, s.SlackAppToken = s.SlackAppToken, s.SlackBotToken }, []string{
			"SLACK_BOT_TOKEN holds an app-level token, which belongs in SLACK_APP_TOKEN; " + takeBot,
			"SLACK_APP_TOKEN holds a bot token, which belongs in SLACK_BOT_TOKEN; " + takeApp,
		}},
		{"other tokens", func(s *Settings) { s.SlackBotToken, s.SlackAppToken = "xoxp-1-"+secretPart, secretPart }, []string{
			"SLACK_BOT_TOKEN holds a user token (xoxp-); " + takeBot,
			"SLACK_APP_TOKEN is not an app-level token; " + takeApp,
		}},
		{"a token in quotes", func(s *Settings) { s.SlackBotToken = `"` + s.SlackBotToken + `"` }, []string{
			"SLACK_BOT_TOKEN has spaces or quotes around it; set it without them",
		}},
		{"half a token", func(s *Settings) { s.SlackBotToken = "xoxb-" }, []string{"SLACK_BOT_TOKEN is not a bot token; " + takeBot}},
		{"addresses", func(s *Settings) {
			s.SlackAPIURL, s.PublicURL, s.OpenAIBaseURL = "slack.com/api", "https://", "ftp://"+secretPart+"@example.com"
			s.RedisURL, s.HTTPAddr = "http://:"+secretPart+"@localhost", "8080"
		}, []string{
			"SLACK_API_URL must be a web address such as https://example.com, without ? or #",
			"REDIS_URL must be an address " + redis + ", or embedded; a password with special characters must be percent-encoded",
			"HTTP_ADDR must be a port such as :8080, or an address with a port such as 127.0.0.1:8080",
			"PUBLIC_URL must be a web address such as https://example.com, without ? or #",
			"OPENAI_BASE_URL must be a web address such as https://example.com, without ? or #",
		}},
		{"a password that breaks the address", func(s *Settings) { s.RedisURL = "redis://:%" + secretPart + "@localhost" }, []string{
			"REDIS_URL must be an address " + redis + ", or embedded; a password with special characters must be percent-encoded",
		}},
		{"webhook secrets", func(s *Settings) {
			s.LeadsWebhookSecret = Secret(strings.Join([]string{secretPart, "whsec_" + secretPart + "!", whsec(23), whsec(24)}, " "))
		}, []string{
			"LEADS_WEBHOOK_SECRET: secret 1 must begin with whsec_" + makeOne,
			"LEADS_WEBHOOK_SECRET: secret 2 must be base64 after whsec_" + makeOne,
			"LEADS_WEBHOOK_SECRET: secret 3 is too short: 23 bytes, and 24 are the least" + makeOne,
		}},
		{"bearer tokens", func(s *Settings) {
			s.LeadsWebhookToken = Secret(strings.Repeat("x", 32) + " " + strings.Repeat("x", 31))
		}, []string{
			"LEADS_WEBHOOK_TOKEN: token 2 is too short: 31 characters, and 32 are the least; make one with: openssl rand -hex 32",
		}},
		{"logs", func(s *Settings) { s.LogLevel, s.LogFormat = "loud", "xml" }, []string{
			"LOG_LEVEL must be one of debug, info, warn, error",
			"LOG_FORMAT must be one of text, json",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := goodSettings()
			test.change(&settings)

			err := settings.Check()
			if test.want == nil {
				require.NoError(t, err)
				return
			}

			require.EqualError(t, err, strings.Join(test.want, "\n"))
			require.NotContains(t, err.Error(), secretPart)
		})
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()

	settings := goodSettings()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %[1]v", "%40.20s"} {
		fmt.Fprintf(&out, verb+"\n", settings)
		fmt.Fprintf(&out, verb+"\n", &settings)
		fmt.Fprintf(&out, verb+"\n", settings.SlackBotToken)
		fmt.Fprintf(&out, verb+"\n", []Secret{settings.RedisURL})
	}

	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("start", "settings", settings, "token", settings.SlackBotToken)
	}

	require.NoError(t, json.NewEncoder(&out).Encode(settings))
	text, err := yaml.Dump(settings)
	require.NoError(t, err)
	out.Write(text)

	require.NotContains(t, out.String(), secretPart)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", secretPart))
	require.NotContains(t, out.String(), fmt.Sprintf("%X", secretPart))
	require.Contains(t, out.String(), "[hidden]")
	require.Empty(t, Secret("").String(), "that there is none is no secret")
}

// TestSettingsFromTheEnvironment changes the environment, so it can't run
// beside others.
func TestSettingsFromTheEnvironment(t *testing.T) {
	want := goodSettings()
	want.ConfigFile = "other.yaml"
	for name, value := range map[string]string{
		"SLACK_BOT_TOKEN": string(want.SlackBotToken), "SLACK_APP_TOKEN": string(want.SlackAppToken), "SLACK_API_URL": want.SlackAPIURL,
		"REDIS_URL": string(want.RedisURL), "SMARKETER_CONFIG": want.ConfigFile, "HTTP_ADDR": want.HTTPAddr, "PUBLIC_URL": want.PublicURL,
		"LEADS_WEBHOOK_SECRET": string(want.LeadsWebhookSecret), "LEADS_WEBHOOK_TOKEN": string(want.LeadsWebhookToken), "HUBSPOT_CLIENT_SECRET": string(want.HubSpotSecret), "OPENAI_API_KEY": string(want.OpenAIAPIKey),
		"OPENAI_BASE_URL": want.OpenAIBaseURL, "OPENAI_MODEL": want.OpenAIModel, "LOG_LEVEL": want.LogLevel, "LOG_FORMAT": want.LogFormat,
		"DATA_DIR": want.DataDir,
	} {
		t.Setenv(name, value)
	}

	var cli struct {
		Run struct{ Settings } `cmd:""`
	}
	var help bytes.Buffer
	parser, err := kong.New(&cli, kong.Writers(&help, &help), kong.Exit(func(int) {}))
	require.NoError(t, err)
	_, err = parser.Parse([]string{"run"})
	require.NoError(t, err)
	require.Equal(t, want, cli.Run.Settings)

	_, err = parser.Parse([]string{"run", "--help"})
	require.NoError(t, err)
	require.Contains(t, help.String(), "$SLACK_BOT_TOKEN")
	require.NotContains(t, help.String(), secretPart)
}
