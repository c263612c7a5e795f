package app

import (
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/people"
	"smarketer/store/turns/turnrepo"
)

// Repos are what is kept of each domain in one workspace.
type Repos struct {
	Turns    *turnrepo.Repo
	Assets   *contentrepo.Repo
	Feedback *feedbackrepo.Repo
	Leads    *leadrepo.Repo
	People   *people.Repo
}

// NewRepos returns the repositories of a workspace.
func NewRepos(s *store.Store) Repos {
	turns := turnrepo.New(s)
	r := Repos{Turns: turns, Assets: contentrepo.New(s, turns), Leads: leadrepo.New(s, turns)}
	r.Feedback = feedbackrepo.New(s, r.Assets)
	r.People = people.New(s, r.Leads, r.Assets, r.Feedback)
	return r
}
