package app

import (
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/turns/turnrepo"
)

// Repos are what is kept of each domain in one workspace.
type Repos struct {
	Turns    *turnrepo.Repo
	Assets   *contentrepo.Repo
	Feedback *feedbackrepo.Repo
	Leads    *leadrepo.Repo
}

// NewRepos returns the repositories of a workspace.
func NewRepos(s *store.Store) Repos {
	turns := turnrepo.New(s)
	assets := contentrepo.New(s, turns)
	return Repos{Turns: turns, Assets: assets, Feedback: feedbackrepo.New(s, assets), Leads: leadrepo.New(s, turns)}
}
