package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/bot/bottest/golden"
	leadroom "smarketer/bot/lead"
	"smarketer/store/content"
	"smarketer/store/hours"
	"smarketer/store/lead"
)

func TestConfigMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"mistakes", "words", "syntax"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := LoadConfig(filepath.Join("testdata", name+".yaml"))
			require.Error(t, err)
			golden.Text(t, name+".golden", err.Error()+"\n")
		})
	}
}

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	text, err := defaultConfig().YAML()
	require.NoError(t, err)
	golden.Text(t, "defaults.golden", text)

	empty, problems := decodeConfig([]byte("# nothing but a comment\n"))
	require.Empty(t, problems)
	require.Equal(t, defaultConfig(), empty)
	headings, problems := decodeConfig([]byte("channels:\nroles:\nhours:\nleads: {qualify: }\ncontent:\n"))
	require.Empty(t, problems)
	require.Equal(t, defaultConfig(), headings)
}

func TestLoadConfig(t *testing.T) {
	t.Parallel()
	config, err := LoadConfig(filepath.Join("testdata", "full.yaml"))
	require.NoError(t, err)
	require.Equal(t, Config{
		Channels: channelsConfig{Leads: "#leads", Feedback: "#messaging-feedback", Content: "C0CONTENT"},
		Roles: rolesConfig{
			Sales:     roleConfig{Usergroups: []string{"sales", "S0SALES"}},
			Marketing: roleConfig{Usergroups: []string{"marketing"}, Users: []string{"U0MIA"}},
			Admin:     roleConfig{Users: []string{"U0ADA"}},
		},
		Hours: hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "16:00",
			Holidays: []string{"2026-12-25"}},
		Leads: leadsConfig{
			RuleSpec: lead.RuleSpec{
				Qualify: []lead.QualifySpec{{Name: "50 employees or more", When: "lead.employees >= 50", Held: "fewer than 50 employees"}},
				Routes: []lead.RouteSpec{
					{Name: "enterprise", When: "lead.employees >= 1000", Channel: "#leads-enterprise", Assign: lead.AssignRoundRobin, Owners: []lead.OwnerSpec{{User: "U0RAJ", Weight: 2, Cap: 5}, {User: "U0LEA"}},
						Hours:   hours.Spec{Timezone: "America/New_York", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "16:00", Holidays: []string{"2026-12-25"}},
						Manager: "U0ADA", SLA: lead.SLASpec{Claim: hours.WorkingTime(5 * time.Minute)}},
					{Name: "everyone else", When: "true"},
				},
				SLA: lead.SLASpec{Claim: hours.WorkingTime(10 * time.Minute), Contact: hours.WorkingTime(90 * time.Minute)},
			},
			ReturnReasons: []leadroom.ReturnReason{{Name: "no budget", Nurture: true, Next: "we keep in touch"}, {Name: "other"}},
		},
		Content:  contentConfig{ReviewEvery: map[string]span{"default": span(90 * day), "battlecard": span(30 * day)}, DecideWithin: hours.WorkingTime(8 * time.Hour)},
		Commands: commandsConfig{Feedback: "/sm-feedback", Content: "/content", Lead: "/lead"},
	}, config)

	require.Equal(t, 30*day, config.ReviewEvery(content.Battlecard))
	require.Equal(t, 90*day, config.ReviewEvery(content.Email))
	require.Equal(t, "#leads", config.leadRules().Channel)
	require.True(t, config.workingHours().Open(time.Date(2026, 11, 20, 14, 59, 0, 0, time.UTC)))
	require.False(t, config.workingHours().Open(time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)))
}

func TestLoadConfigOfTheSample(t *testing.T) {
	t.Parallel()
	config, err := LoadConfig(filepath.Join("..", "sample", "smarketer.yaml"))
	require.NoError(t, err)
	require.NotEqual(t, defaultConfig(), config)
	requireRoundTrip(t, config)
}

// TestLoadConfigWithoutAFile changes the working directory, so it can't run
// beside others.
func TestLoadConfigWithoutAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	config, err := LoadConfig("")
	require.NoError(t, err)
	require.Equal(t, defaultConfig(), config)
	_, err = LoadConfig("smarketer.yaml")
	require.ErrorIs(t, err, os.ErrNotExist, "a file that is named must be there")

	require.NoError(t, os.WriteFile("smarketer.yaml", []byte("channels: {leads: inbound}"), 0o600))
	config, err = LoadConfig("")
	require.NoError(t, err)
	require.Equal(t, "#inbound", config.Channels.Leads)
}

func requireRoundTrip(t require.TestingT, config Config) {
	text, err := config.YAML()
	require.NoError(t, err)
	again, problems := decodeConfig([]byte(text))
	require.Empty(t, problems, text)
	require.Equal(t, config, again, text)
}

func TestConfigRoundTrips(t *testing.T) {
	t.Parallel()
	words := rapid.StringMatching(`[#"':{}\[\],&*!|>%@ a-zé0-9\n-]{1,20}`).Filter(func(s string) bool { return strings.TrimSpace(s) != "" })
	users := rapid.SliceOfNDistinct(rapid.StringMatching(`U[A-Z0-9]{2,9}`), 1, 3, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		config := defaultConfig()
		config.Channels.Leads = "#" + rapid.StringMatching(`[a-zé0-9_-]{1,80}`).Draw(t, "channel")

		config.Roles.Admin.Users = users.Draw(t, "admins")
		config.Content.ReviewEvery["email"] = span(rapid.Int64Range(1, int64(maxSpan)).Draw(t, "review"))
		config.Leads.SLA.Claim = hours.WorkingTime(rapid.Int64Range(1, int64(maxSpan)).Draw(t, "claim"))
		for _, name := range rapid.SliceOfNDistinct(words, 0, 3, rapid.ID[string]).Draw(t, "rules") {
			config.Leads.Qualify = append(config.Leads.Qualify, lead.QualifySpec{Name: name, When: "lead.score > 1 or\n  true"})
			config.Leads.Routes = append(config.Leads.Routes, lead.RouteSpec{Name: name, When: "true", Assign: lead.AssignRoundRobin, Owners: ownersOf(users.Draw(t, "owners"), rapid.IntRange(0, 100).Draw(t, "weight"))})
		}

		if rapid.Bool().Draw(t, "with hours") {
			config.Hours = defaultHours()
			config.Hours.Timezone = rapid.SampledFrom([]string{"UTC", "Asia/Kathmandu"}).Draw(t, "zone")
		}

		requireRoundTrip(t, config)
	})
}

func ownersOf(users []string, weight int) []lead.OwnerSpec {
	var owners []lead.OwnerSpec
	for _, user := range users {
		owners = append(owners, lead.OwnerSpec{User: user, Weight: weight, Cap: weight / 2})
	}

	return owners
}

func TestParseSpanAndWorkingTime(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]time.Duration{"90d": 90 * day, "1d12h": 36 * time.Hour, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute} {
		got, err := parseSpan(text)
		require.NoError(t, err)
		require.Equal(t, span(want), got, text)
	}

	for _, text := range []string{"", "d", "90", "-5m", "-5d", "0d", "0s", "5", "1.5d", "5d-1h", "5m3d", "99999999d", "60000d", "2000000h", "90 d", "fortnight"} {
		_, err := parseSpan(text)
		require.ErrorContains(t, err, `must be a length of time such as "90d" or "12h"`, text)
	}

	var working hours.WorkingTime
	err := working.UnmarshalText([]byte("1d"))
	require.EqualError(t, err, `is working time and has no days; write hours, such as "8h", not "1d"`)
	err = working.UnmarshalText([]byte("-1h"))
	require.EqualError(t, err, `must be a length of time such as "5m" or "1h30m", not "-1h"`)
}

func FuzzDecodeConfig(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	require.NoError(f, err)
	require.NotEmpty(f, files)

	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}

	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("leads: {qualify: [{name: !!binary x, when: ? }]}\n--- \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		config, problems := decodeConfig(text)
		lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 2
		for _, problem := range problems {
			require.Positive(t, problem.line)
			require.Positive(t, problem.column)
			require.NotEmpty(t, problem.message)

			if !strings.ContainsAny(string(text), "\u0085\u2028\u2029\ufffd") { // which YAML counts as line ends, or UTF-16
				require.LessOrEqual(t, problem.line, lines)
			}
		}

		if len(problems) == 0 {
			requireRoundTrip(t, config)
		}
	})
}
