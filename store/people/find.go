package people

import (
	"context"
	"maps"
	"slices"
	"strings"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
)

// Repo finds, forgets and prints people's data in one workspace.
type Repo struct {
	store    *store.Store
	leads    *leadrepo.Repo
	assets   *contentrepo.Repo
	feedback *feedbackrepo.Repo
}

// New returns people's data in a workspace, of which the repositories have
// theirs.
func New(s *store.Store, leads *leadrepo.Repo, assets *contentrepo.Repo, pieces *feedbackrepo.Repo) *Repo {
	return &Repo{s, leads, assets, pieces}
}

// unsent is what messages are called that have not been sent.
const unsent = "a message on its way"

// indexes say nothing that a record doesn't.
var indexes = []string{"lead:identity", "gaps"}

// place is where an address stands.
type place struct {
	key  string // without the workspace's root
	name string // for people: "F-7", [unsent], or else the key; "" for an index
	ref  string // of its record, "" for none
}

// placeOf tells what a key holds.
func placeOf(key string) place {
	if id := leadrepo.LeadOfKey(key); id != "" {
		return place{key, id, lead.Ref(id)}
	}

	for _, begin := range []string{feedback.Ref("F-"), content.GapRef("G-"), content.Ref("C-")} {
		if strings.HasPrefix(key, begin) {
			_, id, _ := strings.Cut(key, ":")
			return place{key, id, key}
		}
	}

	switch {
	case key == store.ItemsKey:
		return place{key, unsent, ""}
	case slices.Contains(indexes, key):
		return place{key, "", ""}
	}

	return place{key, key, ""}
}

// places finds every place where an address stands, in the order of their keys.
// It reads the whole workspace.
func (r *Repo) places(ctx context.Context, a Address) ([]place, error) {
	var keys []string
	err := r.store.Walk(ctx, func(d *store.Dump) error {
		look := func(key string, texts ...string) {
			if slices.ContainsFunc(texts, a.In) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		for key, hash := range d.Hashes {
			look(key, slices.Collect(maps.Keys(hash))...)
			look(key, slices.Collect(maps.Values(hash))...)
		}

		for key, zset := range d.ZSets {
			look(key, slices.Collect(maps.Keys(zset))...)
		}

		for key, set := range d.Sets {
			look(key, set...)
		}

		for key, text := range d.Strings {
			look(key, text)
		}

		return nil
	})

	slices.Sort(keys)
	places := make([]place, len(keys))
	for i, key := range keys {
		places[i] = placeOf(key)
	}

	return places, err
}

// leadsOf are the leads of the person with an address, among the places where it
// stands.
func (r *Repo) leadsOf(ctx context.Context, places []place, email string) ([]string, error) {
	var ids []string
	for _, p := range places {
		if leadrepo.LeadOfKey(p.key) == "" || slices.Contains(ids, p.name) {
			continue
		}

		theirs, err := r.leads.IsOf(ctx, p.name, email)
		if err != nil {
			return nil, err
		}

		if theirs {
			ids = append(ids, p.name)
		}
	}

	return ids, nil
}
