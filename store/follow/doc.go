/*
Package follow keeps a view, which a replica holds in memory, in step with the
records in the store: the search index with the assets, the themes with the
feedback.

A view is loaded once and then updated from the store's feed, so that a change
made on any replica arrives within milliseconds. It is loaded anew every hour,
in case a change was missed, and whenever the feed has been trimmed or restored
past the place that the view had come to. What fails is tried again, less and
less often.

	follow.go    View, Feed, Follower and its loop
*/
package follow
