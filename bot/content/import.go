package content

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
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
	Done content.Outcome // empty with an error
	Err  error           // names the line where there is one
}

// Import brings in files one by one. A bad file is reported and the others are
// imported; it ends early only when the store can't be reached. reviewEvery
// tells how long an approval lasts that names no date. An asset may have two
// files, as [Export] writes them: its approved version, and after it a draft
// of the next.
func Import(ctx context.Context, assets *contentrepo.Repo, files iter.Seq[File], now time.Time,
	reviewEvery func(content.Kind) time.Duration, dry bool, report func(Imported)) error {
	seen := map[string]source{} // by slug
	for f := range files {
		done := Imported{Path: f.Path, Err: f.Err}
		in, err := readImport(f, now, reviewEvery)
		if first, twice := seen[in.Asset.Slug]; err == nil && twice {
			err = first.admits(in)
		}

		if err != nil {
			done.Err = err
			report(done)
			continue
		}

		seen[in.Asset.Slug] = source{f.Path, in.Version}
		if done.ID, done.Done, err = assets.Import(ctx, in, dry); err != nil {
			return fmt.Errorf("import %s: %w", f.Path, err)
		}

		report(done)
	}

	return nil
}

// source is the file that an asset is in.
type source struct {
	path    string
	version content.Version
}

// admits says what is wrong with a second file for the same asset: it may hold
// a draft of what comes after the approved words.
func (first source) admits(in content.Import) error {
	if first.version.Status != content.Approved || in.Version.Status != content.Draft {
		return fmt.Errorf("id %q is also in %s; every asset needs an id of its own", in.Asset.Slug, first.path)
	}

	if first.version.SameWords(in.Version) {
		return fmt.Errorf("this draft says the same as the approved words in %s; one of the two files is left over", first.path)
	}

	return nil
}

func readImport(f File, now time.Time, reviewEvery func(content.Kind) time.Duration) (content.Import, error) {
	if f.Err != nil {
		return content.Import{}, f.Err
	}

	asset, version, err := ParseFile(f.Body)
	if err != nil {
		return content.Import{}, err
	}

	day := now.Add(reviewEvery(asset.Kind)).UTC().Truncate(24 * time.Hour)
	return content.Import{Asset: asset, Version: version, ReviewBy: day}, nil
}

// NextFile ends the name of the file that holds the draft of an asset's next
// version, beside the one with its approved version. It comes later in the
// order of names.
const NextFile = ".next.md"

// Export goes through all assets as files named after their slugs: the approved
// version, and the newest in a file of its own where that is a draft or in
// review. Of an asset without an approved version there is the newest, as a
// draft. It ends after the first error.
func Export(ctx context.Context, assets *contentrepo.Repo) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		ids, err := assets.AssetIDs(ctx)
		if err != nil {
			yield(File{}, err)
			return
		}

		slices.Sort(ids)
		for _, id := range ids {
			files, err := exportOne(ctx, assets, id)
			if err != nil {
				yield(File{}, err)
				return
			}

			for _, f := range files {
				if !yield(f, nil) {
					return
				}
			}
		}
	}
}

func exportOne(ctx context.Context, assets *contentrepo.Repo, id string) ([]File, error) {
	a, err := assets.Asset(ctx, id)
	if err != nil {
		return nil, err
	}

	newest, err := assets.Version(ctx, id, a.Latest)
	if err != nil {
		return nil, err
	}

	if a.Approved == 0 || a.Approved == a.Latest {
		body, err := FormatFile(a, newest)
		return []File{{Path: a.Slug + ".md", Body: body}}, err
	}

	approved, err := assets.Version(ctx, id, a.Approved)
	if err != nil {
		return nil, err
	}

	body, err := FormatFile(a, approved)
	if err != nil {
		return nil, err
	}

	files := []File{{Path: a.Slug + ".md", Body: body}}
	if pending := newest.Status == content.Draft || newest.Status == content.InReview; pending && !newest.SameWords(approved) {
		body, err = FormatFile(a, newest)
		files = append(files, File{Path: a.Slug + NextFile, Body: body})
	}

	return files, err
}
