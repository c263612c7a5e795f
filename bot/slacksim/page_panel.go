package slacksim

import "net/http"

// Panel is a side pane that the host program adds to the page, such as a form
// that sends something to its bot from outside Slack. A button in the top bar
// opens it.
type Panel struct {
	Title string `json:"title"` // heading of the pane, and the button's label
	Icon  string `json:"icon"`  // SVG path data of the button's picture: 20×20, drawn as one line

	// Handler serves /panel/, with the prefix cut off. It is guarded as the page
	// is: other websites can't call it, and a POST must be JSON.
	//
	// GET /panel.js must return a JavaScript module whose default export is a
	// function, possibly async, that returns the pane's content: a DOM node or an
	// array of them. It is called once, when the pane first opens. It may import
	// the page's own modules, such as /page/dom.js, and use the page's classes.
	Handler http.Handler `json:"-"`
}

// panel serves the host program's pane, if there is one.
func (s *Server) panel() http.Handler {
	if s.opts.Panel == nil {
		return http.NotFoundHandler()
	}

	return http.StripPrefix("/panel", jsonOnly(s.opts.Panel.Handler))
}
