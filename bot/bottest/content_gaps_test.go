package bottest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const soc = "zzyzx attestation"

func TestMarketingHearsWhatIsMissingAndEveryoneWhoAskedHearsBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, colleague, marketer := s.Person(raj).In(emea), s.Person(lea).In(emea), s.Person(mia).In(contentDesk)

	nothing := rep.Types("/content " + soc).Sees("There is no approved copy for “" + soc + "”")
	nothing.Clicks("Ask marketing").Sees("Marketing has it as *G-")
	asked := nothing.Clicks("Ask marketing").Sees("Marketing has it as *G-")
	asked.Clicks("Say what for…").SeesModal("Ask marketing").Submits(map[string]string{"context": "Their security team asks before the demo"})
	rep.Sees("marketing sees it with G-")
	colleague.Types("/content attestations zzyzx").Sees("There is no approved copy").Clicks("Ask marketing").Sees("Marketing has it")

	s.Delivered()
	card := marketer.Sees("Copy is wanted", "2 people asked, searched 2 times by 2 people", "Their security team asks")
	rep.Types("/content gaps").Sees("Only people in marketing can do this")
	list := s.Person(mia).In(random).Types("/content gaps").Sees("attestations zzyzx", "2 people asked")

	form := list.Clicks("Close with copy…").SeesModal("Which copy answers it?", "2 people who asked")

	found := form.Searches("asset", "pricing in one line")
	var pricing string
	for label, value := range found {
		if strings.Contains(label, "Pricing in one line") {
			pricing = value
		}
	}

	require.NotEmpty(t, pricing, found)
	second := card.As(s.Person(ada)).Clicks("Decline…").SeesModal("Decline G-")

	require.Empty(t, form.Submits(map[string]string{"asset": pricing}))
	s.Person(mia).In(random).Sees("is closed with C-")
	errors := second.Submits(map[string]string{"reason": "Not ours"})
	require.Contains(t, errors["reason"], "has closed G-", "who comes second learns who was first")

	s.Delivered()

	for _, who := range []string{raj, lea} {
		s.Person(who).InDirect().Sees("You asked for copy for", "Pricing in one line")
	}

	marketer.Sees("Copy was wanted", "closed it with C-")
	rep.Types("/content "+soc).Sees("Pricing in one line", "£95 a site a month")
}

func TestADeclinedGapSaysWhy(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	rep.Types("/content " + soc).Sees("There is no approved copy").Clicks("Ask marketing").Sees("Marketing has it")
	s.Delivered()
	card := s.Person(mia).In(contentDesk).Sees("Copy is wanted", "one person asked")
	card.Clicks("Decline…").SeesModal("Why?").Submits(map[string]string{"reason": "We don't sell there"})
	s.Person(mia).In(contentDesk).Sees("is declined")
	s.Delivered()
	s.Person(raj).InDirect().Sees("decided not to write it: We don't sell there")
	s.Person(mia).In(contentDesk).Sees("Copy was wanted", "declined it")
	rep.Types("/content " + soc).Sees("decided not to write it: We don't sell there")
}

func TestCopyWrittenForAGapClosesIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	rep.Types("/content " + soc).Sees("There is no approved copy").Clicks("Ask marketing").Sees("Marketing has it")
	s.Delivered()
	card := s.Person(mia).In(contentDesk).Sees("Copy is wanted")
	form := card.Clicks("Write it").SeesModal(soc)
	require.Empty(t, form.Submits(map[string]string{"title": "Our attestation", "kind": "one-liner", "body0": "We are audited each year."}))
	s.Person(mia).In(contentDesk).SeesPrivately("C-")
	s.Delivered()
	proposal := s.Person(ada).In(contentDesk).Sees("Our attestation")
	proposal.Clicks("Approve").SeesPrivately("is approved as version 1")
	s.Delivered()
	s.Person(mia).InDirect().Sees("<@U0ADA> approved your copy")
	s.Person(raj).InDirect().Sees("You asked for copy for", "Our attestation", "We are audited each year.")
}

func TestPickingCopyOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	rep.Types("/content").Sees("What do you need copy for?", "for:cfo")
	rep.Types("/content pricing in one line").Sees("Approved copy for")
	s.WaitFor("the pull is counted", func() bool {
		used, err := s.Assets.RecentUses(t.Context(), raj, 10)
		require.NoError(t, err)
		return len(used) > 0
	})
	rep.Types("/content").Sees("You used these last", "Pricing in one line")
}

func TestHistoryAndNumbersOfAPiece(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	answer := rep.Types("/content pricing in one line").Sees("Pricing in one line")
	answer.Clicks("Worked").Sees("worked for you")
	answer.Clicks("Share here")
	s.Person(lea).In(emea).Sees("<@U0RAJ> shared")
	id, err := s.Assets.AssetBySlug(t.Context(), "pricing-in-one-line")
	require.NoError(t, err)
	rep.Types("/content stats "+id).Sees("Pricing in one line", "version", "shared 1, worked 1")
	rep.Types("/content stats").Sees("The library's numbers", "Shared most", id)
	rep.Types("/content stats pricing").Sees("Tell me which piece")
	answer.Clicks("History").SeesModal(id+" history", "Version 1", "shared once", "1 worked")
}
