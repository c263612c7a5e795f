package content

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"smarketer/store"
)

// File is a file to import: where it is, and what it holds or why it can't be
// read.
type File struct {
	Path string
	Body []byte
	Err  error
}

// Imported tells what became of one file.
type Imported struct {
	Path string
	ID   string
	Done store.Outcome // empty with an error
	Err  error         // names the line where there is one
}

// Import brings in files one by one. A bad file is reported and the others are
// imported; it ends early only when the store can't be reached. reviewEvery
// tells how long an approval lasts that names no date.
func Import(ctx context.Context, s *store.Store, files iter.Seq[File], now time.Time,
	reviewEvery func(store.AssetKind) time.Duration, dry bool, report func(Imported)) error {
	slugs := map[string]string{}
	for f := range files {
		done := Imported{Path: f.Path, Err: f.Err}
		in, err := readImport(f, now, reviewEvery)
		if err == nil && slugs[in.Asset.Slug] != "" {
			err = fmt.Errorf("id %q is also in %s; every asset needs an id of its own", in.Asset.Slug, slugs[in.Asset.Slug])
		}
		if err != nil {
			done.Err = err
			report(done)
			continue
		}
		slugs[in.Asset.Slug] = f.Path
		if done.ID, done.Done, err = s.ImportAsset(ctx, in, dry); err != nil {
			return fmt.Errorf("import %s: %w", f.Path, err)
		}
		report(done)
	}
	return nil
}

func readImport(f File, now time.Time, reviewEvery func(store.AssetKind) time.Duration) (store.Import, error) {
	if f.Err != nil {
		return store.Import{}, f.Err
	}
	asset, version, err := ParseFile(f.Body)
	if err != nil {
		return store.Import{}, err
	}
	day := now.Add(reviewEvery(asset.Kind)).UTC().Truncate(24 * time.Hour)
	return store.Import{Asset: asset, Version: version, ReviewBy: day}, nil
}

// Export goes through the newest version of every asset as a file named after
// its slug. It ends after the first error.
func Export(ctx context.Context, s *store.Store) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		ids, err := s.AssetIDs(ctx)
		if err != nil {
			yield(File{}, err)
			return
		}
		slices.Sort(ids)
		for _, id := range ids {
			f, err := exportOne(ctx, s, id)
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

func exportOne(ctx context.Context, s *store.Store, id string) (File, error) {
	a, err := s.Asset(ctx, id)
	if err != nil {
		return File{}, err
	}
	v, err := s.Version(ctx, id, a.Latest)
	if err != nil {
		return File{}, err
	}
	body, err := FormatFile(a, v)
	return File{Path: a.Slug + ".md", Body: body}, err
}
