package slacksim

type historyArgs struct {
	Channel string `json:"channel" slack:"required"`
	page
	Oldest    string `json:"oldest"`
	Latest    string `json:"latest"`
	Inclusive bool   `json:"inclusive"`
	Metadata  bool   `json:"include_all_metadata"`
}

type historyResult struct {
	Messages []Message   `json:"messages"`
	HasMore  bool        `json:"has_more"`
	Pins     int         `json:"pin_count"`
	Metadata *metadataOf `json:"response_metadata,omitempty"`
}

// window reads a page of a list; next is where the following page begins.
func (a historyArgs) window(list []*post, usual int, newest bool) (historyResult, error) {
	limit, err := a.limit(usual)
	if err != nil {
		return historyResult{}, err
	}

	at, err := a.after()
	if err != nil {
		return historyResult{}, err
	}

	for name, ts := range map[string]string{"oldest": a.Oldest, "latest": a.Latest, "cursor": at} {
		if ts != "" && ts != "0" && !isTS(ts) && !isTS(ts+".000000") {
			return historyResult{}, &Invalid{"invalid_ts_" + name, []Problem{{"/" + name, "must be a ts such as 1712345678.123456"}}}
		}
	}

	oldest, latest := a.Oldest, a.Latest
	if at != "" && newest {
		latest, a.Inclusive = at, false
	} else if at != "" {
		oldest, a.Inclusive = at, false
	}

	part, more := window(list, oldest, latest, a.Inclusive, limit, newest)
	out := historyResult{Messages: []Message{}, HasMore: more}
	for _, p := range part {
		out.Messages = append(out.Messages, p.wire(a.Metadata))
	}

	if more {
		next := cursor(part[len(part)-1].TS)
		out.Metadata = &metadataOf{NextCursor: &next}
	}

	return out, nil
}

func (s *Server) conversationsHistory(c *call, a historyArgs) (historyResult, error) {
	in, err := s.readable(c, a.Channel, "history")
	if err != nil {
		return historyResult{}, err
	}

	return a.window(in.top, 100, true)
}

type repliesArgs struct {
	historyArgs
	TS string `json:"ts" slack:"required"`
}

func (s *Server) conversationsReplies(c *call, a repliesArgs) (historyResult, error) {
	in, err := s.readable(c, a.Channel, "history")
	if err != nil {
		return historyResult{}, err
	}

	p, ok := in.find(a.TS)
	if !ok {
		return historyResult{}, failure("thread_not_found")
	}

	if p.isReply() {
		p = in.byTS[p.ThreadTS]
	}

	if p.thread == nil {
		return a.window([]*post{p}, maxPage, false)
	}

	return a.window(p.thread, maxPage, false)
}
