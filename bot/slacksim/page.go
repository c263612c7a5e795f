package slacksim

import (
	"embed"
	"io/fs"
	"net/http"
)

// pageFiles are the page's own modules and styles; there is no build step.
//
//go:embed page
var pageFiles embed.FS

// pagePolicy lets the page load only its own files, and pictures that bots show.
// Nothing inline runs, so that a message can never become a script.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// page serves the page that people use the workspace with, and under /ui/ what
// the page asks for. A panel of the host program is under /panel/.
func (s *Server) page() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil { // impossible: the folder is compiled in
		panic(err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "index.html")
	})
	mux.Handle("GET /page/", http.StripPrefix("/page/", http.FileServerFS(files)))
	mux.Handle("/ui/", s.pageAPI())
	mux.Handle("/panel/", s.panel())
	return withPageHeaders(mux)
}

func withPageHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		// Compiled-in files have no date to compare, and another build may serve others.
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
