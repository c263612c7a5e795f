package app

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Settings is what the environment says: where things are, and the secrets. It
// is embedded in the commands that need it; kong fills it.
type Settings struct {
	SlackBotToken Secret `env:"SLACK_BOT_TOKEN" placeholder:"xoxb-…" help:"Bot token of the Slack app."`
	SlackAppToken Secret `env:"SLACK_APP_TOKEN" placeholder:"xapp-…" help:"App-level token with connections:write, for Socket Mode."`
	SlackAPIURL   string `name:"slack-api-url" env:"SLACK_API_URL" placeholder:"URL" help:"Another root of the Web API, such as a simulator's. Default: Slack's."`
	RedisURL      Secret `name:"redis-url" env:"REDIS_URL" placeholder:"redis://…" help:"Redis or Valkey: redis://, rediss://, unix://, or embedded."`
	ConfigFile    string `name:"config" env:"SMARKETER_CONFIG" placeholder:"FILE" help:"The configuration. Default: smarketer.yaml if there is one."`

	HTTPAddr           string `name:"http-addr" env:"HTTP_ADDR" default:":8080" help:"Address on which webhooks, health and metrics are served."`
	PublicURL          string `name:"public-url" env:"PUBLIC_URL" placeholder:"URL" help:"Where that address is reached from outside."`
	LeadsWebhookSecret Secret `env:"LEADS_WEBHOOK_SECRET" placeholder:"whsec_…" help:"Secret that signs lead webhooks; several, separated by spaces, while rotating."`
	LeadsWebhookToken  Secret `env:"LEADS_WEBHOOK_TOKEN" placeholder:"TOKEN" help:"Bearer token for lead webhooks of tools that can't sign; several, separated by spaces, while rotating."`
	HubSpotSecret      Secret `name:"hubspot-client-secret" env:"HUBSPOT_CLIENT_SECRET" placeholder:"SECRET" help:"Client secret of the HubSpot app whose workflows send leads."`

	FeedbackWebhookSecret Secret `env:"FEEDBACK_WEBHOOK_SECRET" placeholder:"whsec_…" help:"Secret that signs feedback webhooks; several, separated by spaces, while rotating."`

	OpenAIAPIKey  Secret `name:"openai-api-key" env:"OPENAI_API_KEY" placeholder:"KEY" help:"Key of the language model's server."`
	OpenAIBaseURL string `name:"openai-base-url" env:"OPENAI_BASE_URL" placeholder:"URL" help:"Any OpenAI-compatible server."`
	OpenAIModel   string `name:"openai-model" env:"OPENAI_MODEL" placeholder:"NAME" help:"The language model to ask."`

	LogLevel  string `env:"LOG_LEVEL" default:"info" help:"debug, info, warn or error."`
	LogFormat string `env:"LOG_FORMAT" placeholder:"text|json" help:"text or json. Default: text on a terminal, else json."`
	DataDir   string `env:"DATA_DIR" default:"data" help:"Where an embedded Redis keeps its data."`
}

// Secret is text that is never printed, logged or encoded; string(s) is the
// only way to it.
type Secret string

const hidden = "[hidden]"

// Format keeps the secret out of every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// String says whether there is a secret, not which.
func (s Secret) String() string {
	if s == "" {
		return ""
	}

	return hidden
}

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Check reports everything that is wrong with the settings at once, by the
// names of the environment variables. No error holds a value, since any of
// them may be a secret in the wrong place.
func (s Settings) Check() error {
	return errors.Join(
		checkToken("SLACK_BOT_TOKEN", s.SlackBotToken, botToken),
		checkToken("SLACK_APP_TOKEN", s.SlackAppToken, appToken),
		checkWebURL("SLACK_API_URL", s.SlackAPIURL),
		checkRedisURL(s.RedisURL),
		checkAddress("HTTP_ADDR", s.HTTPAddr),
		checkWebURL("PUBLIC_URL", s.PublicURL),
		checkWebhookSecrets("LEADS_WEBHOOK_SECRET", s.LeadsWebhookSecret),
		checkWebhookSecrets("FEEDBACK_WEBHOOK_SECRET", s.FeedbackWebhookSecret),
		checkTokens("LEADS_WEBHOOK_TOKEN", s.LeadsWebhookToken),
		checkWebURL("OPENAI_BASE_URL", s.OpenAIBaseURL),
		checkOneOf("LOG_LEVEL", s.LogLevel, "debug", "info", "warn", "error"),
		checkOneOf("LOG_FORMAT", s.LogFormat, "", "text", "json"),
	)
}

// tokenKind is one of Slack's kinds of token, told apart by its prefix.
type tokenKind struct {
	prefix, name, setting, where string
}

var (
	botToken = tokenKind{"xoxb-", "a bot token", "SLACK_BOT_TOKEN", "OAuth & Permissions in the app's settings"}
	appToken = tokenKind{"xapp-", "an app-level token", "SLACK_APP_TOKEN", "Basic Information, App-Level Tokens in the app's settings, with the scope connections:write"}
)

var tokenForm = regexp.MustCompile(`^x[a-z]+-[A-Za-z0-9-]+$`)

func checkToken(name string, token Secret, want tokenKind) error {
	text := string(token)
	get := fmt.Sprintf("take the one that begins with %s from %s", want.prefix, want.where)
	switch {
	case text == "":
		return fmt.Errorf("%s is not set; %s", name, get)
	case strings.Trim(text, " \t\r\n\"'") != text:
		return fmt.Errorf("%s has spaces or quotes around it; set it without them", name)
	case strings.HasPrefix(text, want.prefix) && tokenForm.MatchString(text):
		return nil
	}

	for _, other := range []tokenKind{botToken, appToken} {
		if other != want && strings.HasPrefix(text, other.prefix) {
			return fmt.Errorf("%s holds %s, which belongs in %s; %s", name, other.name, other.setting, get)
		}
	}

	if strings.HasPrefix(text, "xoxp-") {
		return fmt.Errorf("%s holds a user token (xoxp-); %s", name, get)
	}

	return fmt.Errorf("%s is not %s; %s", name, want.name, get)
}

func checkWebURL(name, text string) error {
	if text == "" {
		return nil
	}

	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s must be a web address such as https://example.com, without ? or #", name)
	}

	return nil
}

// embeddedRedis, as REDIS_URL, has the program start a Redis of its own.
const embeddedRedis = "embedded"

func checkRedisURL(secret Secret) error {
	const forms = "such as redis://localhost:6379/0, rediss:// for TLS, or unix:///run/redis.sock"
	switch text := string(secret); text {
	case "":
		return fmt.Errorf("REDIS_URL is not set; give the address of Redis or Valkey, %s, or %s to try Smarketer without one", forms, embeddedRedis)
	case embeddedRedis:
		return nil
	default:
		u, err := url.Parse(text)
		hasPlace := err == nil && (u.Scheme == "unix" && u.Path != "" ||
			(u.Scheme == "redis" || u.Scheme == "rediss") && u.Host != "")
		if !hasPlace {
			return fmt.Errorf("REDIS_URL must be an address %s, or %s; a password with special characters must be percent-encoded", forms, embeddedRedis)
		}

		return nil
	}
}

func checkAddress(name, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}

	if err != nil {
		return fmt.Errorf("%s must be a port such as :8080, or an address with a port such as 127.0.0.1:8080", name)
	}

	return nil
}

// minWebhookSecret is the least that Standard Webhooks asks for, in bytes.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
const minWebhookSecret = 24

func checkWebhookSecrets(name string, secrets Secret) error {
	var errs []error
	for i, text := range strings.Fields(string(secrets)) {
		encoded, prefixed := strings.CutPrefix(text, "whsec_")
		key, err := base64.StdEncoding.DecodeString(encoded)
		problem := ""
		switch {
		case !prefixed:
			problem = "must begin with whsec_"
		case err != nil:
			problem = "must be base64 after whsec_"
		case len(key) < minWebhookSecret:
			problem = fmt.Sprintf("is too short: %d bytes, and %d are the least", len(key), minWebhookSecret)
		default:
			continue
		}

		errs = append(errs, fmt.Errorf(`%s: secret %d %s; make one with: echo "whsec_$(openssl rand -base64 32)"`, name, i+1, problem))
	}

	return errors.Join(errs...)
}

// minToken is the least length of a bearer token, in characters, so that it can't
// be guessed.
const minToken = 32

func checkTokens(name string, tokens Secret) error {
	var errs []error
	for i, text := range strings.Fields(string(tokens)) {
		if len(text) < minToken {
			errs = append(errs, fmt.Errorf("%s: token %d is too short: %d characters, and %d are the least; make one with: openssl rand -hex 32", name, i+1, len(text), minToken))
		}
	}

	return errors.Join(errs...)
}

func checkOneOf(name, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}

	named := slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" })
	return fmt.Errorf("%s must be one of %s", name, strings.Join(named, ", "))
}
