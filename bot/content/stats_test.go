package content

import (
	"fmt"
	"strings"
	"testing"

	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/content"
)

func counts(n int) content.Counts {
	return content.Counts{Pulls: 40 * n, Shares: 3 * n, Tally: content.Tally{Works: 12 * n, Mixed: n, Fails: 2 * n}}
}

func TestStatsViews(t *testing.T) {
	t.Parallel()
	a := content.Asset{ID: "C-12", Latest: 3, Approved: 3}
	old := content.Version{Number: 2, Title: "Prices", Status: content.Retired, Author: "U0RAJ", ApprovedBy: "U0MIA", ApprovedAt: noon}
	versions := []content.Version{normal().Version, old, {Number: 1, Title: hostile, Status: content.Rejected}}
	stats := content.AssetStats{
		Versions: map[int]content.Counts{3: counts(1), 2: counts(20)},
		Personas: []content.Labelled{{Label: "cfo", Counts: counts(1)}, {Label: "מנהל", Counts: counts(2)}}, Stages: []content.Labelled{{Label: hostile, Counts: counts(1)}},
	}
	roomtest.Message(t, "stats_piece", pieceStatsView(a, versions, stats))
	roomtest.Message(t, "stats_piece_new", pieceStatsView(a, versions[:1], content.AssetStats{}))
	roomtest.Modal(t, "history", historyView(a, versions, stats))

	library := content.LibraryStats{
		Total: counts(1000), Personas: stats.Personas, Stages: stats.Stages,
		Most: map[string][]content.Ranked{content.Pulls: {{Asset: "C-12", N: 40}, {Asset: "C-1", N: 2}}, string(content.Fails): {{Asset: "C-1", N: 2}}},
	}
	roomtest.Message(t, "stats_library", libraryStatsView(library, map[string]string{"C-12": hostile}))
	roomtest.Message(t, "stats_library_new", libraryStatsView(content.LibraryStats{}, nil))
}

func TestTheLongestStatsFit(t *testing.T) {
	t.Parallel()
	a := content.Asset{ID: "C-999999999", Latest: 1000}

	var versions []content.Version
	stats := content.AssetStats{Versions: map[int]content.Counts{}}
	for i := range historyKept {
		v := longest("C-1", "word").Version
		v.Number = 1000 - i
		versions = append(versions, v)
		stats.Versions[v.Number] = counts(1_000_000)
		stats.Personas = append(stats.Personas, content.Labelled{Label: strings.Repeat(fmt.Sprint(i), 300), Counts: counts(1_000_000)})
	}

	stats.Stages = stats.Personas
	roomtest.Modal(t, "history_longest", historyView(a, versions, stats))
	m := pieceStatsView(a, versions, stats)

	body, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}

	roomtest.Valid(t, body)
}

func TestPickerView(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "picker", offerView([]content.Served{normal(), minimal()}, []content.Served{piece("C-7", content.Version{Number: 1, Title: hostile})}))
	roomtest.Message(t, "picker_new", offerView(nil, nil))

	var many []content.Served
	for range offered {
		many = append(many, longest("C-999999999", blocks.Cut(hostile, 80)))
	}

	roomtest.Message(t, "picker_longest", offerView(many, many))
}
