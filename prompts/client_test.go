package prompts

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNew(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		cfg  Config
		want string // part of the error, "" for none
	}{
		"key alone":        {Config{APIKey: "key"}, ""},
		"server alone":     {Config{BaseURL: "http://localhost:11434/v1"}, ""},
		"neither":          {Config{Model: "m"}, "set an API key"},
		"no scheme":        {Config{BaseURL: "localhost:11434/v1"}, "base URL"},
		"another scheme":   {Config{BaseURL: "ftp://host/v1"}, "base URL"},
		"negative timeout": {Config{APIKey: "key", Timeout: -1}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			c, err := New(tc.cfg)
			if tc.want != "" {
				require.ErrorContains(t, err, tc.want)
				return
			}

			require.NoError(t, err)
			require.Equal(t, DefaultModel, c.model)
			require.Equal(t, DefaultTimeout, c.timeout)
		})
	}
}

func TestNewKeepsAPasswordOutOfItsError(t *testing.T) {
	t.Parallel()
	_, err := New(Config{BaseURL: "ftp://user:hunter2@host/v1"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}

func TestKeyIsSentOnlyWhenThereIsOne(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct{ key, want string }{
		"key":    {"key", "Bearer key"},
		"no key": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeServer(t, says(goodAnswer))
			c, _ := newTestClient(t, f, func(cfg *Config) { cfg.APIKey = tc.key })
			_, err := c.ExtractFeedback(t.Context(), line, candidates)
			require.NoError(t, err)
			require.Equal(t, tc.want, f.received()[0].header.Get("Authorization"))
		})
	}
}
