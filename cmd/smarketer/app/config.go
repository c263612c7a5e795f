package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	leadroom "smarketer/bot/lead"
	"smarketer/store/content"
	"smarketer/store/hours"
	"smarketer/store/lead"
)

// defaultConfigFile is read when no file is named and this one is there.
const defaultConfigFile = "smarketer.yaml"

// Config is what the configuration file says, checked, and with defaults where
// it says nothing.
type Config struct {
	Channels channelsConfig  `yaml:"channels"`
	Roles    rolesConfig     `yaml:"roles"`
	Hours    hours.Spec      `yaml:"hours,omitempty"` // around the clock when left out
	Leads    leadsConfig     `yaml:"leads"`
	Content  contentConfig   `yaml:"content"`
	Commands commandsConfig  `yaml:"commands"`
	Webhooks []WebhookConfig `yaml:"webhooks,omitempty"` // whom to tell what happens
}

// channelsConfig says where Smarketer speaks: names with their #, or IDs.
type channelsConfig struct {
	Leads    string `yaml:"leads"`
	Feedback string `yaml:"feedback"`
	Content  string `yaml:"content"`
}

type rolesConfig struct {
	Sales     roleConfig `yaml:"sales"`
	Marketing roleConfig `yaml:"marketing"`
	Admin     roleConfig `yaml:"admin"`
}

// roleConfig names who has a role: the members of user groups, and people.
type roleConfig struct {
	Usergroups []string `yaml:"usergroups,flow"` // handles without their @, or IDs
	Users      []string `yaml:"users,flow"`      // user IDs
}

type leadsConfig struct {
	lead.RuleSpec `yaml:",inline"`
	// ReturnReasons are those that sales chooses from when it gives a lead back.
	ReturnReasons []leadroom.ReturnReason `yaml:"return_reasons"`
	// Retention is how long leads are kept that nobody works on; for ever when
	// it is left out.
	Retention span `yaml:"retention,omitempty"`
}

type contentConfig struct {
	// ReviewEvery is how long an approval lasts, by kind of asset; "default" is
	// for the kinds that are not named.
	ReviewEvery map[string]span `yaml:"review_every"`
	// DecideWithin is how long somebody may take to decide on a proposal before
	// they are reminded, and again before the others are told.
	DecideWithin hours.WorkingTime `yaml:"decide_within"`
}

// commandsConfig has the names of the slash commands, with their slash.
type commandsConfig struct {
	Feedback string `yaml:"feedback"`
	Content  string `yaml:"content"`
	Lead     string `yaml:"lead"`
}

// defaultReview is the key in review_every for the kinds that are not named.
const defaultReview = "default"

func defaultConfig() Config {
	return Config{
		Channels: channelsConfig{Leads: "#leads", Feedback: "#messaging-feedback", Content: "#content"},
		Leads: leadsConfig{RuleSpec: lead.RuleSpec{
			SLA: lead.SLASpec{Claim: hours.WorkingTime(5 * time.Minute), Contact: hours.WorkingTime(time.Hour)},
		}, ReturnReasons: leadroom.DefaultReturnReasons()},
		Content:  contentConfig{ReviewEvery: map[string]span{defaultReview: span(90 * day), string(content.Battlecard): span(30 * day)}, DecideWithin: hours.WorkingTime(8 * time.Hour)},
		Commands: commandsConfig{Feedback: "/feedback", Content: "/content", Lead: "/lead"},
	}
}

// defaultHours fills what a file leaves out that has working hours. There is no
// usual timezone: a wrong one would go unnoticed for long.
func defaultHours() hours.Spec {
	return hours.Spec{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:30"}
}

// LoadConfig reads a configuration file and reports all its mistakes at once,
// as a [*configError]. With no path it reads [defaultConfigFile], and returns
// the defaults when there is none.
func LoadConfig(path string) (Config, error) {
	name := path
	if name == "" {
		name = defaultConfigFile
	}

	text, err := os.ReadFile(name)
	if path == "" && errors.Is(err, fs.ErrNotExist) {
		return defaultConfig(), nil
	}

	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}

	return ParseConfig(name, text)
}

// ParseConfig reads the text of a configuration; file is its name in errors.
// It reports all mistakes at once, as a [*configError].
func ParseConfig(file string, text []byte) (Config, error) {
	config, problems := decodeConfig(text)
	if len(problems) > 0 {
		return Config{}, &configError{file: file, problems: problems}
	}

	return config, nil
}

// YAML returns the configuration as a file would say it, with defaults. What
// it returns can be loaded again and means the same.
func (c Config) YAML() (string, error) {
	text, err := yaml.Dump(c, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return "", fmt.Errorf("writing the configuration: %w", err)
	}

	if c.workingHours().Always() {
		text = append(text, "# hours: not set, so time runs around the clock\n"...)
	}

	return string(text), nil
}

// workingHours returns the hours in which the time allowed for a lead runs.
func (c Config) workingHours() hours.Hours {
	hours, err := hours.New(c.Hours)
	if err != nil {
		panic(fmt.Sprintf("a configuration that was not checked: %v", err))
	}

	return hours
}

// leadRules returns the rules for leads with their default channel and hours.
func (c Config) leadRules() lead.RuleSpec {
	rules := c.Leads.RuleSpec
	rules.Channel, rules.Hours = c.Channels.Leads, c.workingHours()
	return rules
}

// Rules returns the rules for leads, ready to be applied.
func (c Config) Rules() (*lead.Rules, error) { return lead.CompileRules(c.leadRules()) }

// ReviewEvery returns how long an approval of this kind of asset lasts.
func (c Config) ReviewEvery(kind content.Kind) time.Duration {
	if every, ok := c.Content.ReviewEvery[string(kind)]; ok {
		return time.Duration(every)
	}

	return time.Duration(c.Content.ReviewEvery[defaultReview])
}

// configError is all that is wrong with a configuration file.
type configError struct {
	file     string
	problems []configProblem
}

// configProblem is one mistake, and where in the file it is.
type configProblem struct {
	line, column int    // from 1
	path         string // "leads.routes[0].when"; empty when it is about the whole file
	message      string
}

// Error has a line for each mistake, in a form that editors make a link of.
func (e *configError) Error() string {
	var text strings.Builder
	mistakes := "mistakes"
	if len(e.problems) == 1 {
		mistakes = "mistake"
	}

	fmt.Fprintf(&text, "the configuration has %d %s", len(e.problems), mistakes)

	for _, p := range e.problems {
		fmt.Fprintf(&text, "\n%s:%d:%d: ", e.file, p.line, p.column)
		if p.path != "" {
			fmt.Fprintf(&text, "%s: ", p.path)
		}

		text.WriteString(p.message)
	}

	return text.String()
}
