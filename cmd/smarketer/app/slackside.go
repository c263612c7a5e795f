package app

import (
	"slices"

	"smarketer/bot"
	"smarketer/store"
)

// members names who has which role.
func (c Config) members() map[store.Role]bot.Members {
	of := func(r roleConfig) bot.Members { return bot.Members{Users: r.Users, Usergroups: r.Usergroups} }
	return map[store.Role]bot.Members{
		store.Sales: of(c.Roles.Sales), store.Marketing: of(c.Roles.Marketing), store.Admin: of(c.Roles.Admin),
	}
}

// channelNames lists every channel that the configuration names, once.
func (c Config) channelNames() []string {
	names := []string{c.Channels.Leads, c.Channels.Feedback, c.Channels.Content}
	for _, r := range c.Leads.Routes {
		names = append(names, r.Channel)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}
