package contentrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
)

// approved is a one-liner to import, with something to say.
func approved(slug, body string) content.Import {
	return content.Import{
		Asset:   content.Asset{Slug: slug, Kind: content.OneLiner, Topics: []string{"pricing"}},
		Version: content.Version{Title: "Title of " + slug, Body: body, Status: content.Approved, Author: "U0MIA"},
	}
}

func draft(slug, body string) content.Import {
	in := approved(slug, body)
	in.Version.Status = content.Draft
	return in
}

func mustImport(t require.TestingT, s *workspace, in content.Import) string {
	id, _, err := s.Import(testContext(t), in, false)
	require.NoError(t, err)
	return id
}

// servedOf reads what is served of an asset; nil when nothing is.
func servedOf(t require.TestingT, s *workspace, id string) *content.Served {
	served, err := s.Servable(testContext(t), id)
	require.NoError(t, err)

	if len(served) == 0 {
		return nil
	}

	return &served[0]
}

func TestImportOneAfterAnother(t *testing.T) {
	t.Parallel()
	until := start.AddDate(0, 3, 0).Truncate(24 * time.Hour)

	dated := func(in content.Import, day time.Time) content.Import { in.Version.ReviewBy = day; return in }
	routine := func(in content.Import, day time.Time) content.Import { in.ReviewBy = day; return in }
	refiled := func(in content.Import) content.Import { in.Asset.Topics = []string{"pricing", "security"}; return in }
	for _, test := range []struct {
		name     string
		first    content.Import
		second   content.Import
		done     content.Outcome
		latest   int
		live     int // number of the version that is served, 0 for none
		reviewBy time.Time
	}{
		{"the same again", approved("a", "x"), approved("a", "x"), content.Unchanged, 1, 1, time.Time{}},
		{"other words", approved("a", "x"), approved("a", "y"), content.NewVersion, 2, 2, time.Time{}},
		{"other words, not approved yet", approved("a", "x"), draft("a", "y"), content.NewVersion, 2, 1, time.Time{}},
		{"approved at last", draft("a", "x"), approved("a", "x"), content.Updated, 1, 1, time.Time{}},
		{"approved no longer", approved("a", "x"), draft("a", "x"), content.Updated, 1, 0, time.Time{}},
		{"a draft again", draft("a", "x"), draft("a", "x"), content.Unchanged, 1, 0, time.Time{}},
		{"filed elsewhere", approved("a", "x"), refiled(approved("a", "x")), content.Updated, 1, 1, time.Time{}},
		{"to look at again on a day", approved("a", "x"), dated(approved("a", "x"), until), content.Updated, 1, 1, until},
		{"a routine day is for new words", approved("a", "x"), routine(approved("a", "x"), until), content.Unchanged, 1, 1, time.Time{}},
		{"new words get the routine day", approved("a", "x"), routine(approved("a", "y"), until), content.NewVersion, 2, 2, until},
		{"freshly approved words, too", draft("a", "x"), routine(approved("a", "x"), until), content.Updated, 1, 1, until},
		{"a day of their own goes first", draft("a", "x"), routine(dated(approved("a", "y"), until), until.AddDate(1, 0, 0)), content.NewVersion, 2, 2, until},
		{"the routine day stays", routine(approved("a", "x"), until), routine(approved("a", "x"), until.AddDate(0, 0, 9)), content.Unchanged, 1, 1, until},
		{"drafts have no day", draft("a", "x"), routine(draft("a", "y"), until), content.NewVersion, 2, 0, time.Time{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, fake := newWorkspace(t)
			id, done, err := s.Import(t.Context(), test.first, false)
			require.NoError(t, err)
			require.Equal(t, content.Created, done)
			require.Equal(t, "C-1", id)
			fake.Advance(time.Hour)

			before := everything(t, s)
			again, would, err := s.Import(t.Context(), test.second, true)
			require.NoError(t, err)
			require.Equal(t, test.done, would)
			require.Equal(t, id, again)
			require.Equal(t, before, everything(t, s), "a dry run writes nothing")

			again, done, err = s.Import(t.Context(), test.second, false)
			require.NoError(t, err)
			require.Equal(t, test.done, done)
			require.Equal(t, id, again)
			asset, err := s.Asset(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, test.latest, asset.Latest)
			require.Equal(t, test.live, asset.Approved)
			require.Equal(t, test.second.Asset.Topics, asset.Topics)
			version, err := s.Version(t.Context(), id, asset.Latest)
			require.NoError(t, err)
			require.True(t, version.SameWords(test.second.Version))
			require.Equal(t, test.reviewBy, version.ReviewBy)

			if served := servedOf(t, s, id); test.live == 0 {
				require.Nil(t, served)
			} else {
				require.Equal(t, test.live, served.Version.Number)
				require.Equal(t, content.VersionRef(id, test.live), served.VersionRef())
			}

			if test.latest == 2 && test.live == 2 && test.first.Version.Status == content.Approved {
				old, err := s.Version(t.Context(), id, 1)
				require.NoError(t, err)
				require.Equal(t, content.Retired, old.Status)
				require.Equal(t, start, old.ApprovedAt, "history stays as it was")
			}

			_, done, err = s.Import(t.Context(), test.second, false)
			require.NoError(t, err)
			require.Equal(t, content.Unchanged, done, "an import can be repeated")
		})
	}
}

func TestDryImportOfSomethingNew(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id, done, err := s.Import(t.Context(), approved("a", "x"), true)
	require.NoError(t, err)
	require.Equal(t, content.Created, done)
	require.Empty(t, id)
	ids, err := s.AssetIDs(t.Context())
	require.NoError(t, err)
	require.Empty(t, ids)
	_, err = s.AssetBySlug(t.Context(), "a")
	require.ErrorIs(t, err, errs.ErrNotFound)
}

func TestTwoImportsOfOneSlugMakeOneAsset(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)

	const racers = 16
	type result struct {
		id   string
		done content.Outcome
		err  error
	}
	results := make(chan result, racers)
	for range racers {
		replica := another(s)
		go func() {
			id, done, err := replica.Import(t.Context(), approved("a", "x"), false)
			results <- result{id, done, err}
		}()
	}

	outcomes, ids := map[content.Outcome]int{}, map[string]bool{}
	for range racers {
		r := <-results
		require.NoError(t, r.err)
		outcomes[r.done]++
		ids[r.id] = true
	}

	require.Equal(t, map[content.Outcome]int{content.Created: 1, content.Unchanged: racers - 1}, outcomes)
	require.Len(t, ids, 1)
}

func TestServedUntilTheEndOfItsDay(t *testing.T) {
	t.Parallel()
	s, fake := newWorkspace(t)
	in := approved("a", "x")
	in.Version.ReviewBy = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	dated, free, unapproved := mustImport(t, s, in), mustImport(t, s, approved("b", "x")), mustImport(t, s, draft("c", "x"))
	served := func() []string {
		var ids []string
		got, err := s.Servable(t.Context(), unapproved, free, dated, "C-99")
		require.NoError(t, err)

		for _, a := range got {
			ids = append(ids, a.ID)
		}

		return ids
	}
	require.Equal(t, []string{free, dated}, served(), "in the order asked for")
	fake.Advance(time.Date(2026, 11, 21, 23, 59, 59, 0, time.UTC).Sub(fake.Now()))
	require.Equal(t, []string{free, dated}, served())
	fake.Advance(time.Second)
	require.Equal(t, []string{free}, served())
	none, err := s.Servable(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestReadingWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustImport(t, s, approved("a", "x"))
	_, err := s.Asset(t.Context(), "C-9")
	require.ErrorIs(t, err, errs.ErrNotFound)
	_, err = s.Version(t.Context(), "C-1", 2)
	require.ErrorIs(t, err, errs.ErrNotFound)
	id, err := s.AssetBySlug(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "C-1", id)
}

func TestWhatWasDecidedInSlackStays(t *testing.T) {
	t.Parallel()
	refiled := func(in content.Import) content.Import { in.Asset.Topics = []string{"pricing", "security"}; return in }
	propose := func(t *testing.T, s *workspace, id, body string) int {
		_, v, err := s.Propose(t.Context(), "", content.Suggestion{
			Asset: id, Version: content.Version{Title: "Title of a", Body: body}, By: "U0RAJ", Purpose: content.Purpose{Kind: content.OneLiner, Topics: []string{"pricing"}},
			Channel: "C9", Deciders: []string{"U0MIA"}, RemindAt: start.Add(time.Hour),
		})
		require.NoError(t, err)
		return v.Number
	}

	approve := func(t *testing.T, s *workspace, id string) {
		_, _, err := s.Approve(t.Context(), "", id, propose(t, s, id, "y"), "U0MIA", time.Time{})
		require.NoError(t, err)
	}
	retire := func(t *testing.T, s *workspace, id string) {
		_, _, err := s.Retire(t.Context(), "", id, 1, "U0MIA", "old")
		require.NoError(t, err)
	}
	reject := func(t *testing.T, s *workspace, id string) {
		_, _, err := s.Reject(t.Context(), "", id, propose(t, s, id, "y"), "U0MIA", "no")
		require.NoError(t, err)
	}
	for _, test := range []struct {
		name   string
		first  content.Import
		decide func(t *testing.T, s *workspace, id string)
		again  content.Import
		done   content.Outcome
		status content.Status // of the newest version
		live   int
	}{
		{"a draft that was edited and approved", draft("a", "x"), approve, draft("a", "x"), content.Unchanged, content.Approved, 2},
		{"the words that were approved, still a draft in the file", draft("a", "x"), approve, draft("a", "y"), content.Unchanged, content.Approved, 2},
		{"and filed elsewhere", draft("a", "x"), approve, refiled(draft("a", "y")), content.Updated, content.Approved, 2},
		{"a piece that was retired", approved("a", "x"), retire, approved("a", "x"), content.Unchanged, content.Retired, 0},
		{"retired and filed elsewhere", approved("a", "x"), retire, refiled(approved("a", "x")), content.Updated, content.Retired, 0},
		{"retired and exported", approved("a", "x"), retire, draft("a", "x"), content.Unchanged, content.Retired, 0},
		{"retired, and approved by other words", approved("a", "x"), retire, approved("a", "z"), content.NewVersion, content.Approved, 2},
		{"a proposal that was rejected", draft("a", "x"), reject, draft("a", "y"), content.Unchanged, content.Rejected, 0},
		{"a rejected one that a file approves after all", draft("a", "x"), reject, approved("a", "y"), content.Updated, content.Approved, 2},
		{"a proposal in review", draft("a", "x"), func(t *testing.T, s *workspace, id string) { propose(t, s, id, "y") }, draft("a", "y"), content.Unchanged, content.InReview, 0},
		{"in review is decided in Slack", draft("a", "x"), func(t *testing.T, s *workspace, id string) { propose(t, s, id, "y") }, approved("a", "y"), content.Unchanged, content.InReview, 0},
		{"an approved version under a draft", approved("a", "x"), func(t *testing.T, s *workspace, id string) { propose(t, s, id, "y") }, refiled(approved("a", "x")), content.Updated, content.InReview, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newWorkspace(t)
			id := mustImport(t, s, test.first)
			test.decide(t, s, id)
			_, done, err := s.Import(t.Context(), test.again, false)
			require.NoError(t, err)
			require.Equal(t, test.done, done)
			asset, err := s.Asset(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, test.live, asset.Approved)
			newest, err := s.Version(t.Context(), id, asset.Latest)
			require.NoError(t, err)
			require.Equal(t, test.status, newest.Status)
		})
	}
}

func TestApprovalIsToldOnce(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := mustImport(t, s, approved("pitch", "one"))
	mustImport(t, s, approved("pitch", "two"))
	mustImport(t, s, draft("pitch", "two"))

	var events []string
	for _, entry := range feedOf(t, s) {
		if entry != "asset "+content.Ref(id) {
			events = append(events, entry)
		}
	}

	require.Equal(t, []string{
		"content.approved version:C-1@1", "content.approved version:C-1@2", "content.retired version:C-1@2",
	}, events)
}
