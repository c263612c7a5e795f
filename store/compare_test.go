package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompareNamesEveryDifference(t *testing.T) {
	t.Parallel()
	d := newDump()
	d.KnowsBegin("texts:")
	d.Hashes["texts:a"] = map[string]string{"N-1": "one", "N-2": "two", "N-9": "nine"}
	d.Hashes["texts:old"] = map[string]string{"N-1": "one"}
	d.Hashes["other"] = map[string]string{"N-1": "one"}

	want := Index{}
	want.Add("texts:a", "N-1", "one")
	want.Add("texts:a", "N-2", "too")
	want.Add("texts:a", "N-3", "three")
	want.Add("texts:new", "N-3", "three")
	d.CompareHashes(want, "texts:")

	var found []string
	for _, f := range d.Faults() {
		require.Nil(t, f.Mend)
		require.NotEmpty(t, f.Means)
		found = append(found, f.What.Error())
	}

	require.Equal(t, []string{
		`texts:a has "two" for "N-2" instead of "too"`,
		`texts:a lacks "N-3"`,
		`texts:a has "N-9", which doesn't belong there`,
		`texts:new lacks "N-3"`,
		`texts:old has "N-1", which doesn't belong there`,
	}, found)
}

func TestWhatAFaultShows(t *testing.T) {
	t.Parallel()
	d := newDump()
	d.Hashes["gaps"], d.Hashes["feedback:F-1"] = map[string]string{}, map[string]string{}
	d.KnowsBegin("lead:status:")

	for text, shown := range map[string]string{
		"L-31": "L-31", "C-12@3": "C-12@3", "U0RAJ": "U0RAJ", "C1|lead:L-9": "C1|lead:L-9", "lead.sla:L-1": "lead.sla:L-1",
		"0000000000000692": "0000000000000692", "1795512475800-0": "1795512475800-0", "feedback:F-7/planned": "feedback:F-7/planned",
		"gaps": "gaps", "feedback:F-1": "feedback:F-1", "lead:status:open": "lead:status:open", "": "",
		"ann@example.com": hidden, "Ann Smith": hidden, "ann": hidden, "ANN": hidden, "+44 20 7946 0000": hidden, "442079460000": hidden,
		"email\x00ann@example.com": hidden, "survey:ann": hidden, "L-1:ann@example.com": hidden, "https://example.com/L-1": hidden,
	} {
		d.faults = nil
		d.Fault("it holds %q", text)
		require.Equal(t, "it holds \""+shown+"\"", d.faults[0].Plain())
	}
}

func TestTheSameFaultIsKnownAgain(t *testing.T) {
	t.Parallel()
	d := newDump()
	d.Fault("%s counts %d of %s, and there are %d", "tally:C-1", 4, "works", 3)
	d.Fault("%s counts %d of %s, and there are %d", "tally:C-1", 5, "works", 4)
	d.Fault("%s counts %d of %s, and there are %d", "tally:C-2", 5, "works", 4)
	d.Fault("outbox: item %s", "0000000000000001")
	d.Fault("outbox: item %s", "0000000000000002")
	f := d.Faults()
	require.True(t, f[0].Same(f[1]), "the counter went on")
	require.False(t, f[0].Same(f[2]))
	require.False(t, f[3].Same(f[4]), "an item's number is its name")
}
