package intake

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const token = "q3Jk9vX2mP7sT4wZ8bN1cD6fG5hL0aYe"

// withToken is a request of a tool that can't sign.
func withToken(scheme, token, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/leads", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", scheme+" "+token)
	return r
}

func TestBearerTokens(t *testing.T) {
	t.Parallel()

	d := openDoor(t, taken)
	d.Tokens = []string{"an older token that is being replaced", token}
	for _, c := range []struct {
		name    string
		request *http.Request
		status  int
	}{
		{"a token", withToken("Bearer", token, ada), 202},
		{"in lower case", withToken("bearer", token, ada), 202},
		{"the older one", withToken("Bearer", d.Tokens[0], ada), 202},
		{"another", withToken("Bearer", token+"x", ada), 401},
		{"none", withToken("Bearer", "", ada), 401},
		{"another scheme", withToken("Basic", token, ada), 401},
		{"a signature beside it", d.signed(ada), 202},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := d.answers(c.request)
			require.Equal(t, c.status, w.Code, w.Body)
			require.NotContains(t, w.Body.String(), token)
		})
	}

	d.Secrets = nil
	require.Equal(t, 202, d.answers(withToken("Bearer", token, ada)).Code, "a token alone opens the webhook")
	require.Equal(t, 401, d.answers(d.signed(ada)).Code)
	d.Tokens = nil
	require.Equal(t, 404, d.answers(withToken("Bearer", token, ada)).Code)
}

// TestSlowStrangersKeepNobodyOut has more strangers send a body slowly than
// requests are worked on at once.
func TestSlowStrangersKeepNobodyOut(t *testing.T) {
	t.Parallel()
	d := openDoor(t, taken)
	server := httptest.NewUnstartedServer(d.Handler())
	server.Start()
	defer server.Close()

	for range requestsAtOnce + 20 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()

		_, err = io.WriteString(conn, "POST /webhooks/leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
		require.NoError(t, err)
	}

	// All of them are inside once as many bodies are being read.
	require.Eventually(t, func() bool { return len(d.bodies) == requestsAtOnce+20 }, waitFor, tick)
	w := d.answers(d.signed(ada))
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	require.Empty(t, d.slots)
}
