package search

import (
	"context"
	"iter"

	"smarketer/store/follow"
)

// Source is where the documents come from.
type Source interface {
	// Documents goes through all documents as they are now. It ends after the
	// first error.
	Documents(ctx context.Context) iter.Seq2[Document, error]

	// Document reads one document; false when it is not to be found by anyone.
	Document(ctx context.Context, id string) (Document, bool, error)
}

// Follow keeps the index in step with the source until the context ends, and
// returns the context's error. It loads everything, then takes in the documents
// that the feed names as they change; prefix is what their references in the
// feed begin with. See package follow for when everything is loaded again. Only
// one Follow may run at a time.
func (x *Index) Follow(ctx context.Context, feed follow.Feed, prefix string, source Source) error {
	return follow.Follower{
		Name:   "search",
		Prefix: prefix,
		Feed:   feed,
		View:   view{x, source},
		Clock:  x.clock,
		Log:    x.log,
	}.Run(ctx)
}

// view is the index as package follow sees it.
type view struct {
	index  *Index
	source Source
}

func (v view) Load(ctx context.Context) error {
	return v.index.Replace(v.source.Documents(ctx))
}

func (v view) Update(ctx context.Context, ids []string) error {
	for _, id := range ids {
		d, found, err := v.source.Document(ctx, id)

		switch {
		case err != nil:
			return err
		case found:
			v.index.Put(d)
		default:
			v.index.Remove(id)
		}
	}

	return nil
}
