package intake

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	d := openDoor(t, taken)
	down := errors.New("redis at 10.0.0.7 says no")
	d.Checks = map[string]func(context.Context) error{
		"redis": func(context.Context) error { return down },
		"slack": func(context.Context) error { return nil },
	}
	w := d.answers(httptest.NewRequest(http.MethodGet, "/readyz", nil))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.JSONEq(t, `{"redis":"not ready","slack":"ok"}`, w.Body.String(), "details are for the log")

	down = nil
	w = d.answers(httptest.NewRequest(http.MethodGet, "/readyz", nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"redis":"ok","slack":"ok"}`, w.Body.String())

	require.Equal(t, 200, d.answers(httptest.NewRequest(http.MethodGet, "/healthz", nil)).Code)
	require.Equal(t, 405, d.answers(httptest.NewRequest(http.MethodGet, "/webhooks/leads", nil)).Code)
	require.Equal(t, 404, d.answers(httptest.NewRequest(http.MethodGet, "/", nil)).Code)
}

func TestReadinessDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	d := openDoor(t, taken)
	d.Checks = map[string]func(context.Context) error{"redis": func(ctx context.Context) error {
		_, bounded := ctx.Deadline()
		require.True(t, bounded)
		return context.DeadlineExceeded
	}}
	require.Equal(t, 503, d.answers(httptest.NewRequest(http.MethodGet, "/readyz", nil)).Code)
}
