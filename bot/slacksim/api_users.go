package slacksim

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

type authTestResult struct {
	URL    string `json:"url"`
	Team   string `json:"team"`
	User   string `json:"user,omitempty"`
	TeamID string `json:"team_id"`
	UserID string `json:"user_id,omitempty"`
	BotID  string `json:"bot_id,omitempty"`
	AppID  string `json:"app_id,omitempty"`
	Name   string `json:"app_name,omitempty"`

	IsEnterpriseInstall bool `json:"is_enterprise_install"`
}

func (s *Server) authTest(c *call, _ struct{}) (authTestResult, error) {
	w := s.state.workspace
	out := authTestResult{URL: "https://" + w.Team.Domain + ".slack.com/", Team: w.Team.Name, TeamID: w.Team.ID}
	if c.token == appToken {
		out.AppID, out.Name = w.App.ID, w.App.Name
		return out, nil
	}

	out.User, out.UserID, out.BotID = s.state.members[w.App.BotUserID].Name, w.App.BotUserID, w.App.BotID
	return out, nil
}

type apiTestArgs struct {
	Error string `json:"error"`
}

func (s *Server) apiTest(_ *call, a apiTestArgs) (struct{}, error) {
	if a.Error != "" {
		return struct{}{}, failure(a.Error)
	}

	return struct{}{}, nil
}

// page is a cursor and a limit, as all lists take them.
type page struct {
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

const maxPage = 1000

// slice returns one page of a list and the cursor of the next.
func slice[T any](p page, list []T, usual int) ([]T, *metadataOf, error) {
	limit, err := p.limit(usual)
	if err != nil {
		return nil, nil, err
	}

	from, err := p.offset()
	if err != nil || from > len(list) {
		return nil, nil, failure("invalid_cursor")
	}

	to, next := min(from+limit, len(list)), ""
	if to < len(list) {
		next = cursor(strconv.Itoa(to))
	}

	return list[from:to], &metadataOf{NextCursor: &next}, nil
}

func (p page) limit(usual int) (int, error) {
	switch {
	case p.Limit == 0:
		return usual, nil
	case p.Limit < 1 || p.Limit > maxPage:
		return 0, failure("invalid_limit")
	}

	return p.Limit, nil
}

func (p page) offset() (int, error) {
	at, err := p.after()
	if at == "" || err != nil {
		return 0, err
	}

	n, err := strconv.Atoi(at)
	if n < 0 {
		return 0, failure("invalid_cursor")
	}

	return n, err
}

func cursor(at string) string { return base64.StdEncoding.EncodeToString([]byte("next:" + at)) }

// after returns what a cursor was made from.
func (p page) after() (string, error) {
	if p.Cursor == "" {
		return "", nil
	}

	raw, err := base64.StdEncoding.DecodeString(p.Cursor)
	at, ok := strings.CutPrefix(string(raw), "next:")
	if err != nil || !ok {
		return "", failure("invalid_cursor")
	}

	return at, nil
}

type userObject struct {
	ID       string  `json:"id"`
	TeamID   string  `json:"team_id"`
	Name     string  `json:"name"`
	Deleted  bool    `json:"deleted"`
	Color    string  `json:"color,omitempty"`
	RealName string  `json:"real_name,omitempty"`
	TZ       string  `json:"tz,omitempty"`
	TZLabel  string  `json:"tz_label,omitempty"`
	TZOffset int     `json:"tz_offset"`
	Profile  profile `json:"profile"`
	IsBot    bool    `json:"is_bot"`
	IsApp    bool    `json:"is_app_user"`
	IsAdmin  bool    `json:"is_admin"`
	IsOwner  bool    `json:"is_owner"`
	Updated  int64   `json:"updated"`
}

type profile struct {
	Title       string `json:"title"`
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Email       string `json:"email,omitempty"`
	BotID       string `json:"bot_id,omitempty"`
	APIAppID    string `json:"api_app_id,omitempty"`
	Image48     string `json:"image_48"`
	Team        string `json:"team"`
}

func (st *state) userObject(c *call, u User) userObject {
	w := st.workspace
	zone, err := time.LoadLocation(u.TZ)
	if err != nil {
		zone = time.UTC // New refuses unknown zones
	}

	label, offset := st.clock.Now().In(zone).Zone()
	out := userObject{
		ID: u.ID, TeamID: w.Team.ID, Name: u.Name, Deleted: u.Deleted, Color: u.Color, RealName: u.RealName,
		TZ: u.TZ, TZLabel: label, TZOffset: offset, IsBot: u.Bot,
		Profile: profile{
			Title: u.Title, RealName: u.RealName, DisplayName: u.Name, Team: w.Team.ID,
			Image48: "https://" + w.Team.Domain + ".slack.com/avatar/" + u.ID + "-48.png",
		},
	}
	if c.has("users:read.email") {
		out.Profile.Email = u.Email
	}

	if u.ID == w.App.BotUserID {
		out.Profile.BotID, out.Profile.APIAppID = w.App.BotID, w.App.ID
	}

	return out
}

type usersListArgs struct {
	page
	Locale  bool  `json:"include_locale"`
	Present *bool `json:"presence"`
}

type usersListResult struct {
	Members  []userObject `json:"members"`
	CacheTS  int64        `json:"cache_ts"`
	Metadata *metadataOf  `json:"response_metadata"`
}

func (s *Server) usersList(c *call, a usersListArgs) (usersListResult, error) {
	part, next, err := slice(a.page, s.state.workspace.Users, maxPage)
	if err != nil {
		return usersListResult{}, err
	}

	members := make([]userObject, len(part))
	for i, u := range part {
		members[i] = s.state.userObject(c, u)
	}

	return usersListResult{members, s.opts.Clock.Now().Unix(), next}, nil
}

type userArgs struct {
	User   string `json:"user" slack:"required"`
	Locale bool   `json:"include_locale"`
}

type userResult struct {
	User userObject `json:"user"`
}

func (s *Server) usersInfo(c *call, a userArgs) (userResult, error) {
	m, ok := s.state.members[a.User]
	if !ok {
		return userResult{}, failure("user_not_found")
	}

	return userResult{s.state.userObject(c, m.User)}, nil
}

type emailArgs struct {
	Email string `json:"email" slack:"required"`
}

func (s *Server) usersLookupByEmail(c *call, a emailArgs) (userResult, error) {
	users := s.state.workspace.Users
	i := slices.IndexFunc(users, func(u User) bool { return strings.EqualFold(u.Email, a.Email) && !u.Deleted })
	if i < 0 {
		return userResult{}, failure("users_not_found")
	}

	return userResult{s.state.userObject(c, users[i])}, nil
}

type usergroupObject struct {
	ID          string   `json:"id"`
	TeamID      string   `json:"team_id"`
	IsUsergroup bool     `json:"is_usergroup"`
	Name        string   `json:"name"`
	Handle      string   `json:"handle"`
	DateDelete  int64    `json:"date_delete"`
	UserCount   *int     `json:"user_count,omitempty"`
	Users       []string `json:"users,omitempty"`
}

type usergroupsArgs struct {
	Count    bool `json:"include_count"`
	Users    bool `json:"include_users"`
	Disabled bool `json:"include_disabled"`
}

type usergroupsResult struct {
	Usergroups []usergroupObject `json:"usergroups"`
}

func (s *Server) usergroupsList(_ *call, a usergroupsArgs) (usergroupsResult, error) {
	out := usergroupsResult{Usergroups: []usergroupObject{}}
	for _, g := range s.state.workspace.Usergroups {
		o := usergroupObject{ID: g.ID, TeamID: s.state.workspace.Team.ID, IsUsergroup: true, Name: g.Name, Handle: g.Handle}
		if a.Users {
			o.Users = g.Users
		}

		if a.Count {
			n := len(g.Users)
			o.UserCount = &n
		}

		out.Usergroups = append(out.Usergroups, o)
	}

	return out, nil
}

type usergroupUsersArgs struct {
	Usergroup string `json:"usergroup" slack:"required"`
	Disabled  bool   `json:"include_disabled"`
}

type usergroupUsersResult struct {
	Users []string `json:"users"`
}

func (s *Server) usergroupsUsersList(_ *call, a usergroupUsersArgs) (usergroupUsersResult, error) {
	groups := s.state.workspace.Usergroups
	i := slices.IndexFunc(groups, func(g Usergroup) bool { return g.ID == a.Usergroup })
	if i < 0 {
		return usergroupUsersResult{}, failure("no_such_subteam")
	}

	return usergroupUsersResult{append([]string{}, groups[i].Users...)}, nil
}
