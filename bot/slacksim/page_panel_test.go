package slacksim_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestPanelOfTheHostProgram(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	s := startPage(t, slacksim.Options{Panel: &slacksim.Panel{Title: "Echo", Icon: "M4 10h12", Handler: mux}})

	_, _, state := pageRequest(t, s, http.MethodGet, "/ui/state", "")
	require.Contains(t, state, `"panel":{"title":"Echo","icon":"M4 10h12"}`)

	status, header, answer := pageRequest(t, s, http.MethodPost, "/panel/echo", `{"a":1}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, `{"a":1}`, answer)
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")

	status, _, _ = pageRequest(t, s, http.MethodPost, "/panel/echo", "a=1", "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusUnsupportedMediaType, status, "a form of another site")
	status, _, _ = pageRequest(t, s, http.MethodPost, "/panel/echo", `{}`, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, status)
}

func TestNoPanel(t *testing.T) {
	t.Parallel()
	s := startPage(t, slacksim.Options{})
	_, _, state := pageRequest(t, s, http.MethodGet, "/ui/state", "")
	require.Contains(t, state, `"panel":null`)
	status, _, _ := pageRequest(t, s, http.MethodPost, "/panel/echo", `{}`)
	require.Equal(t, http.StatusNotFound, status)
}
