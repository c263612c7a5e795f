package slacksim

// methods is the Web API: every method the simulator knows, with its rate tier and
// the scope it needs, https://docs.slack.dev/reference/methods.
func methods() map[string]method {
	return map[string]method{
		"auth.test":             {tier: tierSpecial, run: does((*Server).authTest)},
		"api.test":              {tier: tierSpecial, run: does((*Server).apiTest)},
		"apps.connections.open": {tier: tierOpen, token: appToken, scope: "connections:write", run: does((*Server).openConnection)},

		"chat.postMessage":   {tier: tierPosting, scope: "chat:write", run: does((*Server).chatPostMessage)},
		"chat.postEphemeral": {tier: tier4, scope: "chat:write", run: does((*Server).chatPostEphemeral)},
		"chat.update":        {tier: tier3, scope: "chat:write", run: does((*Server).chatUpdate)},
		"chat.delete":        {tier: tier3, scope: "chat:write", run: does((*Server).chatDelete)},
		"chat.getPermalink":  {tier: tierSpecial, formOnly: true, run: does((*Server).chatGetPermalink)},

		"views.open":    {tier: tier4, run: does((*Server).viewsOpen)},
		"views.push":    {tier: tier4, run: does((*Server).viewsPush)},
		"views.update":  {tier: tier4, run: does((*Server).viewsUpdate)},
		"views.publish": {tier: tier4, run: does((*Server).viewsPublish)},

		"users.list":            {tier: tier2, scope: "users:read", formOnly: true, run: does((*Server).usersList)},
		"users.info":            {tier: tier4, scope: "users:read", formOnly: true, run: does((*Server).usersInfo)},
		"users.lookupByEmail":   {tier: tier3, scope: "users:read.email", formOnly: true, run: does((*Server).usersLookupByEmail)},
		"usergroups.list":       {tier: tier2, scope: "usergroups:read", formOnly: true, run: does((*Server).usergroupsList)},
		"usergroups.users.list": {tier: tier2, scope: "usergroups:read", formOnly: true, run: does((*Server).usergroupsUsersList)},

		"conversations.list":    {tier: tier2, formOnly: true, run: does((*Server).conversationsList)},
		"conversations.info":    {tier: tier3, formOnly: true, run: does((*Server).conversationsInfo)},
		"conversations.members": {tier: tier4, formOnly: true, run: does((*Server).conversationsMembers)},
		"conversations.open":    {tier: tier3, scope: "im:write", run: does((*Server).conversationsOpen)},
		"conversations.join":    {tier: tier3, scope: "channels:join", run: does((*Server).conversationsJoin)},
		"conversations.history": {tier: tier3, formOnly: true, run: does((*Server).conversationsHistory)},
		"conversations.replies": {tier: tier3, formOnly: true, run: does((*Server).conversationsReplies)},

		"files.getUploadURLExternal":   {tier: tier4, scope: "files:write", run: does((*Server).filesGetUploadURLExternal)},
		"files.completeUploadExternal": {tier: tier4, scope: "files:write", run: does((*Server).filesCompleteUploadExternal)},

		"reactions.add":    {tier: tier3, scope: "reactions:write", run: does((*Server).reactionsAdd)},
		"reactions.remove": {tier: tier3, scope: "reactions:write", run: does((*Server).reactionsRemove)},
	}
}
