package slacksim

// Workspace is who and what is there when the simulation starts. JSON and YAML use
// the same names. What is left out gets a default: IDs, tokens, a team, an app.
type Workspace struct {
	Team       Team        `json:"team" yaml:"team"`
	App        App         `json:"app" yaml:"app"`
	Users      []User      `json:"users" yaml:"users"`
	Channels   []Channel   `json:"channels" yaml:"channels"`
	Usergroups []Usergroup `json:"usergroups" yaml:"usergroups"`
	Messages   []Seed      `json:"messages" yaml:"messages"`
}

// Team is the workspace itself.
type Team struct {
	ID     string `json:"id" yaml:"id"`
	Name   string `json:"name" yaml:"name"`
	Domain string `json:"domain" yaml:"domain"` // of <domain>.slack.com
}

// App is the one installed app, as its manifest describes it.
type App struct {
	ID        string     `json:"id" yaml:"id"`
	Name      string     `json:"name" yaml:"name"`
	BotUserID string     `json:"bot_user_id" yaml:"bot_user_id"`
	BotID     string     `json:"bot_id" yaml:"bot_id"`
	BotToken  string     `json:"bot_token" yaml:"bot_token"`   // xoxb-…
	AppToken  string     `json:"app_token" yaml:"app_token"`   // xapp-…
	BotScopes []string   `json:"bot_scopes" yaml:"bot_scopes"` // default: [DefaultBotScopes]
	AppScopes []string   `json:"app_scopes" yaml:"app_scopes"` // default: connections:write
	Commands  []Command  `json:"commands" yaml:"commands"`
	Shortcuts []Shortcut `json:"shortcuts" yaml:"shortcuts"`
	Events    []string   `json:"events" yaml:"events"` // subscriptions, such as app_home_opened
}

// Command is a slash command of the app.
type Command struct {
	Name        string `json:"name" yaml:"name"` // with the slash
	Description string `json:"description" yaml:"description"`
	Hint        string `json:"hint" yaml:"hint"`
}

// Shortcut is an entry in the menu of a message or in the global one.
type Shortcut struct {
	Type        string `json:"type" yaml:"type"` // "message" or "global"
	Name        string `json:"name" yaml:"name"`
	CallbackID  string `json:"callback_id" yaml:"callback_id"`
	Description string `json:"description" yaml:"description"`
}

// User is a member of the workspace.
type User struct {
	ID       string `json:"id" yaml:"id"`
	Name     string `json:"name" yaml:"name"`
	RealName string `json:"real_name" yaml:"real_name"`
	Title    string `json:"title" yaml:"title"`
	Email    string `json:"email" yaml:"email"`
	TZ       string `json:"tz" yaml:"tz"` // default: Europe/London
	Bot      bool   `json:"bot" yaml:"bot"`
	Deleted  bool   `json:"deleted" yaml:"deleted"`
	Color    string `json:"color" yaml:"color"` // six hexadecimal digits
}

// Channel is a public or private channel.
type Channel struct {
	ID       string   `json:"id" yaml:"id"`
	Name     string   `json:"name" yaml:"name"`
	Topic    string   `json:"topic" yaml:"topic"`
	Private  bool     `json:"private" yaml:"private"`
	Archived bool     `json:"archived" yaml:"archived"`
	Members  []string `json:"members" yaml:"members"` // user IDs
}

// Usergroup is a group that can be mentioned together.
type Usergroup struct {
	ID     string   `json:"id" yaml:"id"`
	Handle string   `json:"handle" yaml:"handle"`
	Name   string   `json:"name" yaml:"name"`
	Users  []string `json:"users" yaml:"users"` // user IDs
}

// Seed is a message that is there from the start.
type Seed struct {
	Channel string `json:"channel" yaml:"channel"` // ID
	User    string `json:"user" yaml:"user"`       // ID
	Text    string `json:"text" yaml:"text"`
}
