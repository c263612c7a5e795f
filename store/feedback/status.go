package feedback

import (
	"slices"
	"time"
)

// Status is where a piece of feedback stands with marketing.
type Status string

// Feedback goes new → triaged → planned → actioned, or to declined.
const (
	New      Status = "new"
	Triaged  Status = "triaged"
	Planned  Status = "planned"
	Actioned Status = "actioned"
	Declined Status = "declined"
)

// Statuses lists every status, from the first to the last.
var Statuses = []Status{New, Triaged, Planned, Actioned, Declined}

// moves lists the ways on from each status. What is closed may be planned
// again when more is heard.
var moves = map[Status][]Status{
	New:      {Triaged, Planned, Actioned, Declined},
	Triaged:  {Planned, Actioned, Declined},
	Planned:  {Actioned, Declined},
	Actioned: {Planned},
	Declined: {Planned},
}

// To lists the statuses that may follow this one.
func (s Status) To() []Status { return slices.Clone(moves[s]) }

// Closed reports whether marketing is done with a piece of this status.
func (s Status) Closed() bool { return s == Actioned || s == Declined }

// Step is something that marketing did with a piece of feedback: a change of
// its status, or a question to its reporter.
type Step struct {
	Status Status    `json:"status"` // the one after it
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"` // why it was declined; what else there is to say
	Result string    `json:"result,omitempty"` // what came of it: a version of an asset, "C-12@4"

	Question string    `json:"question,omitempty"`
	Answer   string    `json:"answer,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
}

// withoutQuestion is the step as another reporter's piece takes it, whom the
// question wasn't for.
func (s Step) withoutQuestion() Step {
	s.Question, s.Answer, s.Answered = "", "", time.Time{}
	return s
}
