package prompts

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/sashabaranov/go-openai"
)

var (
	// ErrUnavailable means that no answer came: no connection, no time left,
	// a rate limit, or a server that failed or refused the request.
	ErrUnavailable = errors.New("language model unavailable")
	// ErrBadAnswer means that an answer came and can't be used: cut short,
	// declined, too large, or wrong even after one attempt at repair.
	ErrBadAnswer = errors.New("no usable answer from the language model")
)

// What stands in for an empty field of Config.
const (
	DefaultModel   = openai.GPT6Luna // OpenAI's small model
	DefaultTimeout = 8 * time.Second
)

// maxResponse is how many bytes of a response are read. A model's reasoning
// may ride along with its answer, so this is far above maxAnswer.
const maxResponse = 1 << 20

// Config says which model to ask, and where. BaseURL or APIKey is needed.
type Config struct {
	APIKey     string          // sent as a bearer token; may be empty for a server of one's own
	BaseURL    string          // such as "http://localhost:11434/v1"; empty means OpenAI's
	Model      string          // empty means DefaultModel
	Timeout    time.Duration   // for a whole task, with its retries and repair; 0 means DefaultTimeout
	HTTPClient *http.Client    // nil means one with Go's default transport
	Clock      clockwork.Clock // nil means the real one
	Log        *slog.Logger    // nil means no log
}

// Client asks one model on one server. It is safe for concurrent use.
type Client struct {
	api     *openai.Client
	model   string
	timeout time.Duration
	clock   clockwork.Clock
	log     *slog.Logger
	format  atomic.Int32 // the first responseFormat that the server accepted
}

// New returns a client, without calling the server.
func New(cfg Config) (*Client, error) {
	if cfg.APIKey == "" && cfg.BaseURL == "" {
		return nil, errors.New("no language model: set an API key, or the base URL of an OpenAI-compatible server")
	}

	if cfg.Timeout < 0 {
		return nil, fmt.Errorf("language model timeout %v: must not be negative", cfg.Timeout)
	}

	apiConfig := openai.DefaultConfig(cfg.APIKey)
	if cfg.BaseURL != "" {
		// The URL isn't quoted in the error: it may hold a password.
		u, err := url.Parse(cfg.BaseURL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, errors.New(`language model base URL: must look like "https://host/v1"`)
		}

		apiConfig.BaseURL = cfg.BaseURL
	}

	apiConfig.HTTPClient = limitedClient{cmp.Or(cfg.HTTPClient, &http.Client{})}
	if cfg.Clock == nil {
		cfg.Clock = clockwork.NewRealClock()
	}

	return &Client{
		api:     openai.NewClientWithConfig(apiConfig),
		model:   cmp.Or(cfg.Model, DefaultModel),
		timeout: cmp.Or(cfg.Timeout, DefaultTimeout),
		clock:   cfg.Clock,
		log:     cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)),
	}, nil
}

// limitedClient reads at most maxResponse bytes of a response; beyond that,
// reading fails with *http.MaxBytesError.
type limitedClient struct{ *http.Client }

func (c limitedClient) Do(req *http.Request) (*http.Response, error) {
	resp, err := c.Client.Do(req)
	if err != nil {
		return nil, err
	}

	resp.Body = http.MaxBytesReader(nil, resp.Body, maxResponse)
	return resp, nil
}
