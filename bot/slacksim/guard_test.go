package slacksim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// What another website could make a person's browser send.
func TestOtherWebsitesAreRefused(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{})
	for _, c := range []struct {
		name, method, path, host string
		headers                  []string
		status                   int
	}{
		{name: "the page", method: http.MethodGet, path: "/", status: http.StatusOK},
		{name: "by another name of this machine", method: http.MethodGet, path: "/", host: "localhost:1234", status: http.StatusOK},
		{name: "from a container", method: http.MethodPost, path: "/api/api.test", host: "host.docker.internal:8642", status: http.StatusOK},
		{name: "a website's name pointed here", method: http.MethodGet, path: "/ui/state", host: "evil.example.com", status: http.StatusForbidden},
		{name: "with a port", method: http.MethodGet, path: "/control/faults", host: "evil.example.com:8642", status: http.StatusForbidden},
		{name: "calling the Web API", method: http.MethodPost, path: "/api/api.test", host: "127.0.0.1.evil.com", status: http.StatusForbidden},
		{name: "another origin posting faults", method: http.MethodPost, path: "/control/faults", headers: []string{"Origin", "https://evil.com"}, status: http.StatusForbidden},
		{name: "another site's form to the Web API", method: http.MethodPost, path: "/api/api.test", headers: []string{"Sec-Fetch-Site", "cross-site"}, status: http.StatusForbidden},
		{name: "another origin clearing faults", method: http.MethodDelete, path: "/control/faults", headers: []string{"Sec-Fetch-Site", "cross-site"}, status: http.StatusForbidden},
		{name: "faults with a charset", method: http.MethodPost, path: "/control/faults", headers: []string{"Content-Type", "application/json; charset=utf-8"}, status: http.StatusOK},
		{name: "faults as a form", method: http.MethodPost, path: "/control/faults", headers: []string{"Content-Type", "text/plain"}, status: http.StatusUnsupportedMediaType},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(s.ctx, c.method, s.URL()+c.path, strings.NewReader("{}"))
			require.NoError(t, err)
			r.Host = c.host
			r.Header.Set("Content-Type", "application/json")

			for i := 0; i < len(c.headers); i += 2 {
				r.Header.Set(c.headers[i], c.headers[i+1])
			}

			resp, err := s.client.Do(r)
			require.NoError(t, err)
			defer resp.Body.Close()

			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, c.status, resp.StatusCode, string(body))
		})
	}
}
