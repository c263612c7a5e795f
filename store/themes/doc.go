/*
Package themes sees patterns in what the field says: what works and what fails,
by asset, persona, stage and competitor, and which phrases come up again and
again. It counts; no language model is asked.

	x, err := themes.New(themes.Options{Feed: s, Feedback: pieces})
	go x.Follow(ctx)                  // loads a year of feedback, then follows the feed
	report, ok := x.Report(30)        // !ok: it is still loading

# Map

	themes.go    what others use: Index, Report, Theme
	table.go     feedback in little memory: numbers for words, and for who spoke
	count.go     one report for each window, all in one pass
	phrases.go   phrases as numbers; which of them say the same
	follow.go    keeping in step with the store, by package follow

# How it counts

What weighs is people, reps and those who answered elsewhere: one who says a
thing ten times is one, and both numbers are shown. Survey answers and win-loss
notes count as reps do.

A theme is a phrase of one to three words, by their stems, without the words
that say nothing by themselves, that stands in pieces of at least two people.
A phrase within a longer one is left out when at least half of its people say
the longer one; otherwise the longer one is.

# How it keeps up

Counting goes through a year of feedback, which takes a second or two for
100,000 pieces, so nobody who asks waits for it: the index counts whenever
something has changed, and hands out the last report. After counting it rests
ten times as long as that took, so that one core is busy with it for a tenth of
its time. With 1,000 pieces a report is a fraction of a second old at the most,
with 100,000 about half a minute.
*/
package themes
