package content

import (
	"context"
	"iter"
	"slices"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/search"
)

// Library shows the store's assets to the search index.
type Library struct {
	Assets *contentrepo.Repo
	Feed   *store.Store
}

// loadBatch is how many assets are read at once.
const loadBatch = 200

// Documents reads every servable asset.
func (l Library) Documents(ctx context.Context) iter.Seq2[search.Document, error] {
	return func(yield func(search.Document, error) bool) {
		ids, err := l.Assets.AssetIDs(ctx)
		if err != nil {
			yield(search.Document{}, err)
			return
		}

		for batch := range slices.Chunk(ids, loadBatch) {
			served, err := l.Assets.Servable(ctx, batch...)
			if err != nil {
				yield(search.Document{}, err)
				return
			}

			for _, a := range served {
				if !yield(document(a), nil) {
					return
				}
			}
		}
	}
}

// Document reads one asset; false says that it is not servable.
func (l Library) Document(ctx context.Context, id string) (search.Document, bool, error) {
	served, err := l.Assets.Servable(ctx, id)
	if err != nil || len(served) == 0 {
		return search.Document{}, false, err
	}

	return document(served[0]), true, nil
}

func document(a content.Served) search.Document {
	return search.Document{
		ID: a.ID, Title: a.Version.Title, Body: a.Version.Body, Kind: string(a.Kind),
		Topics: a.Topics, Personas: a.Personas, Stages: a.Stages, Industries: a.Industries, Channels: a.Channels,
		Works: a.Tally.Works, Mixed: a.Tally.Mixed, Fails: a.Tally.Fails, ApprovedAt: a.Version.ApprovedAt,
	}
}
