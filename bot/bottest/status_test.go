package bottest_test

import (
	"testing"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
)

func TestAdminSeesHowTheBotIsDoing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Person(ada).In(random).Types("/smarketer status").Sees("Smarketer is up", "2 connections", "knows 23 approved pieces", "Could not be delivered: none")
	s.Person(raj).In(random).Types("/smarketer status").Sees("Only people in the admin role can do this")
}

func TestAdminDealsWithMessagesThatCannotBeDelivered(t *testing.T) {
	t.Parallel()
	s := bottest.Start(t, bottest.Options{Redis: redis, Bare: true, Change: func(w *slacksim.Workspace) {
		for i := range w.Channels {
			if w.Channels[i].ID == leads {
				w.Channels[i].Private, w.Channels[i].Name = true, "leads-private"
			}
		}
	}, Config: privateLeads})
	admin := s.Person(ada)
	s.Sends(newLead)
	admin.InDirect().Sees("I couldn't deliver a message to <#C0LEADS>", "I can't see that channel")
	s.Delivered() // admins are told just before the message is given up
	list := admin.In(random).Types("/smarketer status").Sees("Could not be delivered: 1", "The card of L-1", "channel_not_found")
	list.Clicks("Send again")
	s.Delivered()
	list = admin.In(random).Types("/smarketer status").Sees("Could not be delivered: 1")
	list.Clicks("Discard")
	admin.In(random).Types("/smarketer status").Sees("Could not be delivered: none")
}

// privateLeads names the leads channel by its ID, as private channels have to
// be named.
func privateLeads(c *app.Config) {
	c.Channels.Leads = leads
	for i := range c.Leads.Routes {
		if c.Leads.Routes[i].Channel == "#leads" {
			c.Leads.Routes[i].Channel = leads
		}
	}
}
