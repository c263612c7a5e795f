package content

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
)

// everySeason is how long an approval lasts in these tests.
func everySeason(content.Kind) time.Duration { return 90 * 24 * time.Hour }

// imports brings files in and returns what became of them by path.
func imports(t *testing.T, s *contentrepo.Repo, now time.Time, dry bool, files ...File) map[string]string {
	t.Helper()
	got := map[string]string{}
	require.NoError(t, Import(t.Context(), s, slices.Values(files), now, everySeason, dry, func(i Imported) {
		got[i.Path] = strings.TrimSpace(fmt.Sprintf("%s %s", i.ID, i.Done))
		if i.Err != nil {
			got[i.Path] = i.Err.Error()
		}
	}))
	return got
}

func asFile(path, text string) File { return File{Path: path, Body: []byte(text)} }

// simple is a file with few words.
func simple(slug, status, body string) File {
	return asFile(slug+".md", fmt.Sprintf("---\nid: %s\ntitle: %s\nkind: email\ntopics: [pricing]\nstatus: %s\n---\n%s\n", slug, slug, status, body))
}

func TestImport(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	s := newAssets(t, clock)
	bring := func(files ...File) map[string]string { return imports(t, s, clock.Now(), false, files...) }

	require.Equal(t, map[string]string{
		"a.md": "C-1 new", "b.md": "C-2 new", "bad.md": "line 1: the file must begin with front matter between two lines of \"---\"", "gone.md": "no such file",
	}, bring(simple("a", "approved", "First words"), simple("b", "draft", "Not yet"), asFile("bad.md", "?"), File{Path: "gone.md", Err: errors.New("no such file")}))
	require.Equal(t, map[string]string{"a.md": "C-1 unchanged", "b.md": "C-2 unchanged"}, bring(simple("a", "approved", "First words"), simple("b", "draft", "Not yet")))

	served, err := s.Servable(t.Context(), "C-1", "C-2")
	require.NoError(t, err)
	require.Len(t, served, 1, "a draft is not served")
	require.Equal(t, time.Date(2027, 2, 19, 0, 0, 0, 0, time.UTC), served[0].Version.ReviewBy, "ninety days on")

	clock.Advance(24 * time.Hour)
	require.Equal(t, map[string]string{"a.md": "C-1 unchanged"}, bring(simple("a", "approved", "First words")), "a day later the same file is still no news")
	require.Equal(t, map[string]string{"a.md": "C-1 new version"}, bring(simple("a", "approved", "Other words")))
	require.Equal(t, map[string]string{"b.md": "C-2 updated"}, bring(simple("b", "approved", "Not yet")))
	old, err := s.Version(t.Context(), "C-1", 1)
	require.NoError(t, err)
	require.Equal(t, content.Retired, old.Status)

	require.Equal(t, map[string]string{"a.md": "C-1 updated"}, bring(simple("a", "draft", "Other words")))
	served, err = s.Servable(t.Context(), "C-1")
	require.NoError(t, err)
	require.Empty(t, served, "what is a draft again is not served")
}

func TestImportRefusesTheSameIDTwice(t *testing.T) {
	t.Parallel()
	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	again := simple("a", "draft", "Two")
	again.Path = "copy of a.md"
	require.Equal(t, map[string]string{
		"a.md": "C-1 new", "copy of a.md": `id "a" is also in a.md; every asset needs an id of its own`,
	}, imports(t, s, noon, false, simple("a", "draft", "One"), again))
	left := simple("b", "draft", "Two")
	left.Path = "b.next.md"
	require.Equal(t, map[string]string{
		"b.md": "C-2 new", "b.next.md": "this draft says the same as the approved words in b.md; one of the two files is left over",
	}, imports(t, s, noon, false, simple("b", "approved", "Two"), left), "a draft left over from before it was approved withdraws nothing")
}

func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	require.Equal(t, map[string]string{"a.md": "new"}, imports(t, s, noon, true, simple("a", "approved", "One")))
	ids, err := s.AssetIDs(t.Context())
	require.NoError(t, err)
	require.Empty(t, ids)
	imports(t, s, noon, false, simple("a", "approved", "One"))
	require.Equal(t, map[string]string{"a.md": "C-1 new version"}, imports(t, s, noon, true, simple("a", "approved", "Two")))
	require.Equal(t, map[string]string{"a.md": "C-1 unchanged"}, imports(t, s, noon, false, simple("a", "approved", "One")))
}

func TestImportEndsWhenTheStoreIsAway(t *testing.T) {
	t.Parallel()
	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Import(ctx, s, slices.Values([]File{simple("a", "draft", "One")}), noon, everySeason, false, func(Imported) { t.Error("nothing was imported") })
	require.ErrorContains(t, err, "import a.md")
}

// exported collects an export.
func exported(t *testing.T, s *contentrepo.Repo) []File {
	t.Helper()

	var files []File
	for f, err := range Export(t.Context(), s) {
		require.NoError(t, err)
		files = append(files, f)
	}

	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

func TestExportWritesWhatImportReads(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	here, there := newAssets(t, clock), newAssets(t, clock)
	imports(t, here, noon, false, asFile("pricing-in-one-line.md", pricing), simple("b", "approved", "One\n\n---\n\nTwo"), simple("c", "draft", "Three"))
	imports(t, here, noon, false, simple("b", "approved", "Other words"))
	files := exported(t, here)
	require.Equal(t, []string{"b.md", "c.md", "pricing-in-one-line.md"}, []string{files[0].Path, files[1].Path, files[2].Path})

	for path, done := range imports(t, here, noon.AddDate(0, 1, 0), false, files...) {
		require.Contains(t, done, "unchanged", path)
	}

	for path, done := range imports(t, there, noon, false, files...) {
		require.Contains(t, done, "new", path)
	}

	require.Equal(t, files, exported(t, there), "the other workspace exports the same")

	for path, done := range imports(t, there, noon, false, exported(t, there)...) {
		require.Contains(t, done, "unchanged", path)
	}
}

func TestAnApprovedVersionUnderADraftIsExported(t *testing.T) {
	t.Parallel()
	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	imports(t, s, noon, false, simple("a", "approved", "In use"))
	imports(t, s, noon, false, simple("a", "draft", "Not yet"))
	files := exported(t, s)
	require.Len(t, files, 2)
	require.Equal(t, "a.md", files[0].Path)
	require.Contains(t, string(files[0].Body), "\nIn use\n")
	require.Equal(t, "a.next.md", files[1].Path)
	require.Contains(t, string(files[1].Body), "\nNot yet\n")
	backwards := imports(t, newAssets(t, clockwork.NewFakeClockAt(noon)), noon, false, files[1], files[0])
	require.Contains(t, backwards["a.md"], "is also in a.next.md", "the draft comes second")
}

// TestExportsGoRound: what is exported changes nothing where it came from, and
// makes the same library elsewhere.
func TestExportsGoRound(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	rapid.Check(t, func(rt *rapid.T) {
		here, there := newAssets(t, clock), newAssets(t, clock)
		for range rapid.IntRange(1, 6).Draw(rt, "imports") {
			slug := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "slug")
			status := rapid.SampledFrom([]string{"approved", "draft"}).Draw(rt, "status")
			words := rapid.SampledFrom([]string{"One", "Two", "Three"}).Draw(rt, "words")
			imports(t, here, noon, false, simple(slug, status, words))

			if id, err := here.AssetBySlug(t.Context(), slug); err == nil && rapid.IntRange(0, 2).Draw(rt, "retire") == 0 {
				a, err := here.Asset(t.Context(), id)
				require.NoError(rt, err)

				if a.Approved > 0 {
					_, _, err = here.Retire(t.Context(), "", id, a.Approved, "U0MIA", "old")
					require.NoError(rt, err)
				}
			}
		}

		files := exported(t, here)
		for path, done := range imports(t, here, noon.AddDate(0, 1, 0), false, files...) {
			require.Contains(rt, done, "unchanged", path)
		}

		require.Equal(rt, files, exported(t, here))
		imports(t, there, noon, false, files...)
		require.Equal(rt, files, exported(t, there))
	})
}

func TestExportEndsAfterAnError(t *testing.T) {
	t.Parallel()
	s := newAssets(t, clockwork.NewFakeClockAt(noon))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	next, stop := iter.Pull2(Export(ctx, s))
	defer stop()

	_, err, ok := next()
	require.True(t, ok)
	require.Error(t, err)
	_, _, ok = next()
	require.False(t, ok)
}
