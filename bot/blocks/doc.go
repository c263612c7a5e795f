// Package blocks builds what people see in Slack, within Slack's limits and
// whatever people typed. It knows neither the bot nor its rooms.
//
//	text.go      text: escaping, cleaning, length, cutting, counts, times
//	link.go      permalinks, mentions, links
//	plain.go     what people wrote in Slack, as they read it
//	blocks.go    blocks of messages and views, and the limits
//	menus.go     choices, overflow menus, and what their values mean
//	inputs.go    inputs of modals
//	markdown.go  Markdown the way Slack formats it
//	diff.go      what changed from one wording to another
//
// What people wrote is shown by [Words], [Quote], [Line] or [RichText], which
// show it exactly; in mrkdwn it must go through [Escape].
package blocks
