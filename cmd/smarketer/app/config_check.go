package app

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	_ "time/tzdata"
	"unicode"
	"unicode/utf8"

	leadroom "smarketer/bot/lead"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/hours"
	"smarketer/store/lead"
)

// IDs as Slack makes them.
var (
	channelID   = regexp.MustCompile(`^[CG][A-Z0-9]{2,20}$`)
	userID      = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)
	usergroupID = regexp.MustCompile(`^S[A-Z0-9]{2,20}$`)
)

// usergroupHandle is what follows the @: lower-case, without spaces.
var usergroupHandle = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Nd}._-]{1,80}$`)

// commandName is what the app manifest accepts: a slash and at most 31
// characters.
var commandName = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

// ownCommand always works, whatever the other names are.
const ownCommand = "/smarketer"

// reservedCommands are Slack's own; it refuses a whole manifest that has one.
var reservedCommands = []string{"away", "collapse", "dnd", "expand", "feed", "join", "leave", "me", "msg", "mute", "open",
	"pro", "remind", "search", "shortcuts", "shrug", "status", "topic"}

// check finds what is wrong with values of the right type, and brings channels
// into one form.
func (d *configDecoder) check(c *Config) {
	d.checkChannel("channels.leads", &c.Channels.Leads)
	d.checkChannel("channels.feedback", &c.Channels.Feedback)
	d.checkChannel("channels.content", &c.Channels.Content)
	d.checkRole("roles.sales", c.Roles.Sales)
	d.checkRole("roles.marketing", c.Roles.Marketing)
	d.checkRole("roles.admin", c.Roles.Admin)
	d.checkHours(c.Hours)
	d.checkLeads(c)
	d.checkContent(c.Content)
	d.checkCommands(c.Commands)
	d.checkWebhooks(c.Webhooks)
}

// checkChannel accepts a channel's name, with its # or without, and its ID.
func (d *configDecoder) checkChannel(path string, channel *string) {
	name := strings.TrimPrefix(*channel, "#")
	switch {
	case channelID.MatchString(*channel):
	case isChannelName(name):
		*channel = "#" + name
	default:
		d.report(path, `must be a channel's name such as "#leads", in lower case and without spaces, or its ID such as C0LEADS, not %q`, *channel)
	}
}

// isChannelName holds a name to Slack's rules: at most 80 characters, no
// capitals, no spaces, no punctuation but - and _.
func isChannelName(name string) bool {
	forbidden := func(r rune) bool {
		return unicode.IsUpper(r) || !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number) && r != '-' && r != '_'
	}
	return name != "" && utf8.RuneCountInString(name) <= 80 && utf8.ValidString(name) && !strings.ContainsFunc(name, forbidden)
}

func (d *configDecoder) checkRole(path string, role roleConfig) {
	for i, group := range role.Usergroups {
		if !usergroupID.MatchString(group) && !usergroupHandle.MatchString(group) {
			d.report(fmt.Sprintf("%s.usergroups[%d]", path, i), "must be a user group's handle such as sales, without the @, or its ID such as S0SALES, not %q", group)
		}
	}

	d.checkOnce(path+".usergroups", role.Usergroups)
	d.checkUsers(path+".users", role.Users)
}

func (d *configDecoder) checkUsers(path string, users []string) {
	for i, user := range users {
		d.checkUser(fmt.Sprintf("%s[%d]", path, i), user)
	}

	d.checkOnce(path, users)
}

func (d *configDecoder) checkUser(path, user string) {
	if !userID.MatchString(user) {
		d.report(path, "must be a user ID such as U0MIA, not %q; Slack shows it under a person's profile, More, Copy member ID", user)
	}
}

func (d *configDecoder) checkOwners(path string, owners []lead.OwnerSpec, hours hours.Spec) {
	var users []string
	for i := range owners {
		d.checkUser(fmt.Sprintf("%s.owners[%d]", path, i), owners[i].User)
		fillHours(&owners[i].Hours, hours)
		users = append(users, owners[i].User)
	}

	d.checkOnce(path+".owners", users)
}

// hoursOfAll are the working hours that those of a route or a person complete.
// Where they are wrong themselves, what follows from that isn't reported.
func (c *Config) hoursOfAll() hours.Spec {
	all := c.Hours
	if _, err := hours.New(all); err != nil {
		all = defaultHours()
		all.Timezone = "UTC"
	} else if all.IsZero() {
		all = defaultHours()
	}

	return all
}

// fillHours takes over from other working hours what these leave out.
func fillHours(hours *hours.Spec, from hours.Spec) {
	if hours.IsZero() {
		return
	}

	hours.Timezone, hours.From, hours.To = cmp.Or(hours.Timezone, from.Timezone), cmp.Or(hours.From, from.From), cmp.Or(hours.To, from.To)
	if len(hours.Days) == 0 {
		hours.Days = from.Days
	}

	if len(hours.Holidays) == 0 {
		hours.Holidays = from.Holidays
	}
}

func (d *configDecoder) checkOnce(path string, list []string) {
	for i, item := range list {
		if slices.Contains(list[:i], item) {
			d.report(fmt.Sprintf("%s[%d]", path, i), "%q is listed twice", item)
		}
	}
}

func (d *configDecoder) checkHours(spec hours.Spec) {
	_, err := hours.New(spec)
	for _, mistake := range allErrors[*errs.Invalid](err) {
		d.report("hours."+mistake.Field, "%s", mistake.Message)
	}
}

func (d *configDecoder) checkLeads(c *Config) {
	for i := range c.Leads.Routes {
		route, path := &c.Leads.Routes[i], fmt.Sprintf("leads.routes[%d]", i)
		if route.Channel != "" {
			d.checkChannel(path+".channel", &route.Channel)
		}

		hours := c.hoursOfAll()
		fillHours(&route.Hours, hours)
		if !route.Hours.IsZero() {
			hours = route.Hours
		}

		d.checkOwners(path, route.Owners, hours)
		if route.Manager != "" {
			d.checkUser(path+".manager", route.Manager)
		}
	}

	for _, mistake := range leadroom.CheckReturnReasons(c.Leads.ReturnReasons) {
		d.report("leads."+mistake.Field, "%s", mistake.Message)
	}

	rules := c.Leads.RuleSpec // without working hours, which may be wrong themselves
	rules.Channel = c.Channels.Leads
	_, err := lead.CompileRules(rules)
	for _, mistake := range allErrors[*lead.RuleError](err) {
		d.report("leads."+mistake.Field, "%s", mistake.Problem())
	}
}

func (d *configDecoder) checkContent(c contentConfig) {
	known := []string{defaultReview}
	for _, kind := range content.Kinds {
		known = append(known, string(kind))
	}

	for _, kind := range slices.Sorted(maps.Keys(c.ReviewEvery)) {
		if path := "content.review_every." + kind; !slices.Contains(known, kind) {
			d.reportAt(d.keys[path], path, "unknown kind of asset; %s", nearestKey(kind, known))
		}
	}
}

func (d *configDecoder) checkCommands(commands commandsConfig) {
	users := map[string]string{ownCommand: "Smarketer itself"}
	for _, command := range []struct{ path, name string }{
		{"commands.feedback", commands.Feedback}, {"commands.content", commands.Content}, {"commands.lead", commands.Lead},
	} {
		switch user, taken := users[command.name]; {
		case !commandName.MatchString(command.name):
			d.report(command.path, `must be a slash and at most 31 lower-case letters, digits, - or _, such as "/feedback", not %q`, command.name)
		case slices.Contains(reservedCommands, command.name[1:]):
			d.report(command.path, `%s belongs to Slack itself, which then refuses the app; choose another name, such as "/sm-%s"`, command.name, command.name[1:])
		case taken:
			d.report(command.path, "%s is taken by %s; each command needs a name of its own", command.name, user)
		default:
			users[command.name] = command.path
		}
	}
}

// allErrors returns every error of a type in a tree of joined errors.
func allErrors[T error](err error) []T {
	var found []T
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			found = append(found, allErrors[T](part)...)
		}
	} else if one, ok := errors.AsType[T](err); ok {
		found = append(found, one)
	}

	return found
}
