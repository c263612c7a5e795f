package contentrepo

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
)

// used is one use of the first version of an asset.
func used(asset, what, by string, at time.Time) content.Use {
	return content.Use{Asset: asset, Version: 1, What: what, By: by, N: 1, At: at}
}

func TestUsesAreCounted(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := mustImport(t, s, approved("a", "x"))
	pulls := used(id, content.Pulls, "U0RAJ", start)
	pulls.N, pulls.Personas, pulls.Stages = 2, []string{"CFO", " ceo "}, []string{"demo"}

	require.NoError(t, s.CountUses(t.Context(), nil))
	require.NoError(t, s.CountUses(t.Context(), []content.Use{pulls, used(id, content.Pulls, "U0LEA", start), used(id, content.Pulls, "", start)}))
	require.NoError(t, s.Share(t.Context(), "op", "C1", used(id, content.Shares, "U0LEA", start.Add(time.Minute))))
	require.ErrorIs(t, s.Share(t.Context(), "op", "C2", used(id, content.Shares, "U0LEA", start)), errs.ErrDuplicate, "delivered twice")
	require.ErrorIs(t, s.Share(t.Context(), "op2", "C1", used(id, content.Shares, "U0LEA", start)), errs.ErrDuplicate, "a double click")
	all := everything(t, s)
	require.Equal(t, map[string]string{"pulls:1": "4", "shares:1": "1"}, all.Hashes["tally:"+id])
	require.Equal(t, map[string]string{
		"pulls": "4", "shares": "1", "pulls:persona:cfo": "2", "pulls:persona:ceo": "2", "pulls:stage:demo": "2",
	}, all.Hashes["tallies"])
	require.Equal(t, map[string]float64{id: 4}, all.ZSets["most:pulls"])
}

func TestWhoUsedAVersion(t *testing.T) {
	t.Parallel()

	s, fake := newWorkspace(t)
	id := mustImport(t, s, approved("a", "x"))
	for i, person := range []string{"U0ONE", "U0TWO", "U0THREE"} {
		require.NoError(t, s.CountUses(t.Context(), []content.Use{used(id, content.Pulls, person, start.Add(time.Duration(i)*time.Hour))}))
	}

	require.NoError(t, s.Share(t.Context(), "", "C1", used(id, content.Shares, "U0ONE", start.Add(9*time.Hour))))
	require.NoError(t, s.CountUses(t.Context(), []content.Use{used(id, content.Pulls, "U0ONE", start)}), "what comes late doesn't turn the clock back")
	by := func() map[string]float64 { return everything(t, s).ZSets["used:by:"+id+":1"] }
	at := func(d time.Duration) float64 { return float64(start.Add(d).UnixMilli()) }
	require.Equal(t, map[string]float64{"U0TWO": at(time.Hour), "U0THREE": at(2 * time.Hour), "U0ONE": at(9 * time.Hour)}, by())

	fake.Advance(content.UsesKept + 90*time.Minute)
	require.NoError(t, s.CountUses(t.Context(), []content.Use{used(id, content.Pulls, "U0NEW", fake.Now())}))
	require.Equal(t, map[string]float64{
		"U0THREE": at(2 * time.Hour), "U0ONE": at(9 * time.Hour), "U0NEW": float64(fake.Now().UnixMilli()),
	}, by(), "after 90 days it is forgotten")
}

func TestWhatAPersonUses(t *testing.T) {
	t.Parallel()

	s, _ := newWorkspace(t)
	var ids []string
	for i := range 60 {
		ids = append(ids, mustImport(t, s, approved(fmt.Sprintf("s%d", i), "x")))
		use := used(ids[i], content.Pulls, "U0RAJ", start.Add(time.Duration(i)*time.Minute))
		use.N = 100 - i
		require.NoError(t, s.CountUses(t.Context(), []content.Use{use}))
	}

	mustImport(t, s, draft("s59", "x")) // no longer approved
	names := func(found []content.Served, err error) (names []string) {
		require.NoError(t, err)

		for _, a := range found {
			names = append(names, a.ID)
		}

		return names
	}
	require.Equal(t, []string{ids[58], ids[57], ids[56]}, names(s.RecentUses(t.Context(), "U0RAJ", 3)))
	require.Equal(t, []string{ids[0], ids[1]}, names(s.OftenUsed(t.Context(), "U0RAJ", 2)))
	require.Len(t, names(s.RecentUses(t.Context(), "U0RAJ", 100)), content.RecentKept-1)
	require.Empty(t, names(s.RecentUses(t.Context(), "U0NEW", 3)))
}

func TestUnused(t *testing.T) {
	t.Parallel()
	s, fake := newWorkspace(t)
	old, usedLate, retired := mustImport(t, s, approved("a", "x")), mustImport(t, s, approved("b", "x")), mustImport(t, s, approved("c", "x"))
	mustImport(t, s, draft("d", "x"))
	mustImport(t, s, draft("c", "x"))
	require.NoError(t, s.CountUses(t.Context(), []content.Use{used(usedLate, content.Pulls, "U0RAJ", start.Add(48*time.Hour)), used(retired, content.Pulls, "U0RAJ", start)}))
	fake.Advance(time.Hour)
	young := mustImport(t, s, approved("e", "x"))
	unused := func(since time.Time, offset int) []string {
		ids, err := s.Unused(t.Context(), since, offset, 10)
		require.NoError(t, err)
		return ids
	}
	require.Empty(t, unused(start, 0))
	require.Equal(t, []string{old}, unused(start.Add(time.Minute), 0))
	require.Equal(t, []string{old, young, usedLate}, unused(start.AddDate(1, 0, 0), 0))
	require.Equal(t, []string{usedLate}, unused(start.AddDate(1, 0, 0), 2))
	fake.Advance(time.Hour)
	mustImport(t, s, approved("a", "y"))
	require.Equal(t, []string{young, old}, unused(start.Add(24*time.Hour), 0), "approving is a new beginning")
}

func TestVerdictsAreCountedByPersonaAndStage(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := mustImport(t, s, approved("a", "x"))
	piece := content.Judged{Asset: id, Version: 1, Verdict: content.Works, Persona: "cfo", Stage: "demo"}
	judge(t, s, piece)
	piece.Stage = ""
	judge(t, s, piece)
	all := everything(t, s)
	require.Equal(t, map[string]string{"works:1": "2", "works:1:persona:cfo": "2", "works:1:stage:demo": "1"}, all.Hashes["tally:"+id])
	require.Equal(t, map[string]string{"works": "2", "works:persona:cfo": "2", "works:stage:demo": "1"}, all.Hashes["tallies"])
	require.Equal(t, map[string]float64{id: 2}, all.ZSets["most:works"])
}

func TestStats(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	a, b := mustImport(t, s, approved("a", "x")), mustImport(t, s, approved("b", "x"))
	shared := used(a, content.Shares, "U0RAJ", start)
	shared.Personas = []string{"cfo"}
	require.NoError(t, s.CountUses(t.Context(), []content.Use{shared, used(b, content.Pulls, "U0RAJ", start), used(b, content.Pulls, "U0LEA", start), used(a, content.Pulls, "U0RAJ", start)}))

	for _, piece := range []content.Judged{
		{Asset: a, Verdict: content.Works, Persona: "cfo"}, {Asset: a, Verdict: content.Works, Persona: "ceo"},
		{Asset: a, Verdict: content.Fails, Persona: "cfo", Stage: "demo"}, {Asset: b, Verdict: content.Mixed},
	} {
		piece.Version = 1
		judge(t, s, piece)
	}

	stats, err := s.AssetStats(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, content.AssetStats{
		Versions: map[int]content.Counts{1: {Pulls: 1, Shares: 1, Tally: content.Tally{Works: 2, Fails: 1}}},
		Personas: []content.Labelled{{Label: "cfo", Counts: content.Counts{Tally: content.Tally{Works: 1, Fails: 1}}}, {Label: "ceo", Counts: content.Counts{Tally: content.Tally{Works: 1}}}},
		Stages:   []content.Labelled{{Label: "demo", Counts: content.Counts{Tally: content.Tally{Fails: 1}}}},
	}, stats)
	library, err := s.LibraryStats(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, content.LibraryStats{
		Total:    content.Counts{Pulls: 3, Shares: 1, Tally: content.Tally{Works: 2, Mixed: 1, Fails: 1}},
		Personas: []content.Labelled{{Label: "cfo", Counts: content.Counts{Shares: 1, Tally: content.Tally{Works: 1, Fails: 1}}}, {Label: "ceo", Counts: content.Counts{Tally: content.Tally{Works: 1}}}},
		Stages:   []content.Labelled{{Label: "demo", Counts: content.Counts{Tally: content.Tally{Fails: 1}}}},
		Most:     map[string][]content.Ranked{content.Pulls: {{Asset: b, N: 2}}, content.Shares: {{Asset: a, N: 1}}, string(content.Works): {{Asset: a, N: 2}}, string(content.Fails): {{Asset: a, N: 1}}},
	}, library)
	none, err := s.AssetStats(t.Context(), "C-99")
	require.NoError(t, err)
	require.Empty(t, none.Versions)
}

func TestVersionsNewestFirst(t *testing.T) {
	t.Parallel()

	s, _ := newWorkspace(t)
	var id string
	for _, body := range []string{"x", "y", "z"} {
		id = mustImport(t, s, approved("a", body))
	}

	a, err := s.Asset(t.Context(), id)
	require.NoError(t, err)
	versions, err := s.Versions(t.Context(), a, 2)
	require.NoError(t, err)
	require.Len(t, versions, 2)
	require.Equal(t, []string{"z", "y"}, []string{versions[0].Body, versions[1].Body})
	none, err := s.Versions(t.Context(), content.Asset{ID: "C-9"}, 2)
	require.NoError(t, err)
	require.Empty(t, none)
}
