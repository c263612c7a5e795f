package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// used is one use of the first version of an asset.
func used(asset, what, by string, at time.Time) Use {
	return Use{Asset: asset, Version: 1, What: what, By: by, N: 1, At: at}
}

func TestUsesAreCounted(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	id := mustImport(t, s, approved("a", "x"))
	pulls := used(id, Pulls, "U0RAJ", start)
	pulls.N, pulls.Personas, pulls.Stages = 2, []string{"CFO", " ceo "}, []string{"demo"}
	require.NoError(t, s.CountUses(t.Context(), nil))
	require.NoError(t, s.CountUses(t.Context(), []Use{pulls, used(id, Pulls, "U0LEA", start), used(id, Pulls, "", start)}))
	require.NoError(t, s.ShareAsset(t.Context(), "op", "C1", used(id, Shares, "U0LEA", start.Add(time.Minute))))
	require.ErrorIs(t, s.ShareAsset(t.Context(), "op", "C2", used(id, Shares, "U0LEA", start)), ErrDuplicate, "delivered twice")
	require.ErrorIs(t, s.ShareAsset(t.Context(), "op2", "C1", used(id, Shares, "U0LEA", start)), ErrDuplicate, "a double click")
	all := everything(t, s)
	require.Equal(t, map[string]string{"pulls:1": "4", "shares:1": "1"}, all.Hashes["tally:"+id])
	require.Equal(t, map[string]string{
		"pulls": "4", "shares": "1", "pulls:persona:cfo": "2", "pulls:persona:ceo": "2", "pulls:stage:demo": "2",
	}, all.Hashes["tallies"])
	require.Equal(t, map[string]float64{id: 4}, all.ZSets["most:pulls"])
}

func TestWhoUsedAVersion(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	id := mustImport(t, s, approved("a", "x"))
	for i, person := range []string{"U0ONE", "U0TWO", "U0THREE"} {
		require.NoError(t, s.CountUses(t.Context(), []Use{used(id, Pulls, person, start.Add(time.Duration(i)*time.Hour))}))
	}
	require.NoError(t, s.ShareAsset(t.Context(), "", "C1", used(id, Shares, "U0ONE", start.Add(9*time.Hour))))
	require.NoError(t, s.CountUses(t.Context(), []Use{used(id, Pulls, "U0ONE", start)}), "what comes late doesn't turn the clock back")
	by := func() map[string]float64 { return everything(t, s).ZSets["used:by:"+id+":1"] }
	at := func(d time.Duration) float64 { return float64(start.Add(d).UnixMilli()) }
	require.Equal(t, map[string]float64{"U0TWO": at(time.Hour), "U0THREE": at(2 * time.Hour), "U0ONE": at(9 * time.Hour)}, by())

	fake.Advance(usesKept + 90*time.Minute)
	require.NoError(t, s.CountUses(t.Context(), []Use{used(id, Pulls, "U0NEW", fake.Now())}))
	require.Equal(t, map[string]float64{
		"U0THREE": at(2 * time.Hour), "U0ONE": at(9 * time.Hour), "U0NEW": float64(fake.Now().UnixMilli()),
	}, by(), "after 90 days it is forgotten")
}

func TestWhatAPersonUses(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	var ids []string
	for i := range 60 {
		ids = append(ids, mustImport(t, s, approved(fmt.Sprintf("s%d", i), "x")))
		use := used(ids[i], Pulls, "U0RAJ", start.Add(time.Duration(i)*time.Minute))
		use.N = 100 - i
		require.NoError(t, s.CountUses(t.Context(), []Use{use}))
	}
	mustImport(t, s, draft("s59", "x")) // no longer approved
	names := func(found []Served, err error) (names []string) {
		require.NoError(t, err)
		for _, a := range found {
			names = append(names, a.ID)
		}
		return names
	}
	require.Equal(t, []string{ids[58], ids[57], ids[56]}, names(s.RecentUses(t.Context(), "U0RAJ", 3)))
	require.Equal(t, []string{ids[0], ids[1]}, names(s.OftenUsed(t.Context(), "U0RAJ", 2)))
	require.Len(t, names(s.RecentUses(t.Context(), "U0RAJ", 100)), recentKept-1)
	require.Empty(t, names(s.RecentUses(t.Context(), "U0NEW", 3)))
}

func TestUnused(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	old, usedLate, retired := mustImport(t, s, approved("a", "x")), mustImport(t, s, approved("b", "x")), mustImport(t, s, approved("c", "x"))
	mustImport(t, s, draft("d", "x"))
	mustImport(t, s, draft("c", "x"))
	require.NoError(t, s.CountUses(t.Context(), []Use{used(usedLate, Pulls, "U0RAJ", start.Add(48*time.Hour)), used(retired, Pulls, "U0RAJ", start)}))
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
	s, _ := newStore(t)
	id := mustImport(t, s, approved("a", "x"))
	piece := Feedback{Asset: id, Version: 1, Verdict: Works, Reporter: "U0RAJ", Persona: "cfo", Stage: "demo"}
	_, err := s.AddVerdict(t.Context(), "one", piece)
	require.NoError(t, err)
	piece.Reporter, piece.Stage = "U0LEA", ""
	_, err = s.AddVerdict(t.Context(), "two", piece)
	require.NoError(t, err)
	all := everything(t, s)
	require.Equal(t, map[string]string{"works:1": "2", "works:1:persona:cfo": "2", "works:1:stage:demo": "1"}, all.Hashes["tally:"+id])
	require.Equal(t, map[string]string{"works": "2", "works:persona:cfo": "2", "works:stage:demo": "1"}, all.Hashes["tallies"])
	require.Equal(t, map[string]float64{id: 2}, all.ZSets["most:works"])
}

func TestStats(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	a, b := mustImport(t, s, approved("a", "x")), mustImport(t, s, approved("b", "x"))
	shared := used(a, Shares, "U0RAJ", start)
	shared.Personas = []string{"cfo"}
	require.NoError(t, s.CountUses(t.Context(), []Use{shared, used(b, Pulls, "U0RAJ", start), used(b, Pulls, "U0LEA", start), used(a, Pulls, "U0RAJ", start)}))
	for i, piece := range []Feedback{
		{Asset: a, Verdict: Works, Reporter: "U1", Persona: "cfo"}, {Asset: a, Verdict: Works, Reporter: "U2", Persona: "ceo"},
		{Asset: a, Verdict: Fails, Reporter: "U3", Persona: "cfo", Stage: "demo"}, {Asset: b, Verdict: Mixed, Reporter: "U1"},
	} {
		piece.Version = 1
		_, err := s.AddVerdict(t.Context(), fmt.Sprint(i), piece)
		require.NoError(t, err)
	}
	stats, err := s.AssetStats(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, AssetStats{
		Versions: map[int]Counts{1: {Pulls: 1, Shares: 1, Tally: Tally{Works: 2, Fails: 1}}},
		Personas: []Labelled{{"cfo", Counts{Tally: Tally{Works: 1, Fails: 1}}}, {"ceo", Counts{Tally: Tally{Works: 1}}}},
		Stages:   []Labelled{{"demo", Counts{Tally: Tally{Fails: 1}}}},
	}, stats)
	library, err := s.LibraryStats(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, LibraryStats{
		Total:    Counts{Pulls: 3, Shares: 1, Tally: Tally{Works: 2, Mixed: 1, Fails: 1}},
		Personas: []Labelled{{"cfo", Counts{Shares: 1, Tally: Tally{Works: 1, Fails: 1}}}, {"ceo", Counts{Tally: Tally{Works: 1}}}},
		Stages:   []Labelled{{"demo", Counts{Tally: Tally{Fails: 1}}}},
		Most:     map[string][]Ranked{Pulls: {{b, 2}}, Shares: {{a, 1}}, string(Works): {{a, 2}}, string(Fails): {{a, 1}}},
	}, library)
	none, err := s.AssetStats(t.Context(), "C-99")
	require.NoError(t, err)
	require.Empty(t, none.Versions)
}

func TestVersionsNewestFirst(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
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
	none, err := s.Versions(t.Context(), Asset{ID: "C-9"}, 2)
	require.NoError(t, err)
	require.Empty(t, none)
}
