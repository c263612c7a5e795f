package lead

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/hours"
)

var rulesNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func acmeLead() Lead {
	return Lead{
		ID: "L-31", ExternalID: "crm-9", Source: "website", Email: "rosa@acme.example", Name: "Rosa Diaz", Title: "Head of Operations",
		Company: "Acme", Domain: "acme.example", Country: "DE", Industry: "retail", Employees: 120, Score: 71.5,
		Interest: "pricing", OwnerEmail: "raj@ours.example", URL: "https://crm.example/9",
		Attributes: map[string]string{"plan": "trial", "seats": "40"},
		Touches: []Touch{
			{At: rulesNow.Add(-72 * time.Hour), Kind: "webinar", Title: "Stock without tears"},
			{At: rulesNow.Add(-36 * time.Hour), Kind: "form", Title: "Pricing", URL: "https://ours.example/pricing"},
		},
	}
}

func mustCompile(t require.TestingT, spec RuleSpec) *Rules {
	rules, err := CompileRules(spec)
	require.NoError(t, err)
	return rules
}

func oneRule(when string) RuleSpec {
	return RuleSpec{Qualify: []QualifySpec{{Name: "rule", When: when}}}
}

func TestRuleConditions(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		when string
		want bool
	}{
		{`true`, true},
		{`false`, false},
		{`lead.employees >= 50`, true},
		{`lead.employees >= 120.5`, false},
		{`lead.score > 70 and lead.country in ["DE", "AT", "CH"]`, true},
		{`lead.industry != "retail" || lead.source == "website"`, true},
		{`lower(lead.title) contains "head of"`, true},
		{`not (lead.email endsWith "@gmail.com")`, true},
		{`lead.domain matches "^acme[.]"`, true},
		{`lead.id == "crm-9" && lead.owner_email != "" && lead.name != "" && lead.company == "Acme"`, true},
		{`lead.url startsWith "https://crm." && lead.interest == "pricing"`, true},
		{`lead.attributes["plan"] == "trial"`, true},
		{`lead.attributes.plan == "trial"`, true},
		{`lead.attributes["none such"] == ""`, true},
		{`int(lead.attributes["seats"]) > 39`, true},
		{`days_since_touch == 1.5`, true},
		{`days_since_touch < 1`, false},
		{`any(touches, .kind == "webinar")`, true},
		{`count(touches, .kind == "form" and now - .at < duration("48h")) == 1`, true},
		{`touches | filter(.title contains "Pricing") | count(.url != "") > 1`, false},
		{`len(touches) >= 2 and last(touches).kind == "form"`, true},
		{`now.Weekday().String() == "Friday"`, true},
		{`now > date("2026-11-01")`, true},
	} {
		t.Run(test.when, func(t *testing.T) {
			t.Parallel()
			decision := mustCompile(t, oneRule(test.when)).Qualify(acmeLead(), rulesNow)
			require.Empty(t, decision.Faulty)
			require.Equal(t, test.want, decision.Qualified)
		})
	}
}

func TestRuleConditionsOnABareLead(t *testing.T) {
	t.Parallel()

	for when, want := range map[string]bool{
		`days_since_touch > 36500`:         true,
		`len(touches) == 0`:                true,
		`lead.attributes["plan"] == ""`:    true,
		`all(touches, .kind == "form")`:    true,
		`lead.employees > 0`:               false,
		`lead.email == "" or lead.score>0`: true,
	} {
		decision := mustCompile(t, oneRule(when)).Qualify(Lead{}, rulesNow)
		require.Empty(t, decision.Faulty, when)
		require.Equal(t, want, decision.Qualified, when)
	}
}

func TestQualify(t *testing.T) {
	t.Parallel()
	fault := "seats: can't be worked out for this lead (at character 1)"

	size := QualifySpec{Name: "50 employees or more", When: "lead.employees >= 50"}
	region := QualifySpec{Name: "in our region", When: `lead.country == "US"`}
	seats := QualifySpec{Name: "seats", When: `int(lead.attributes["plan"]) > 5`}
	for _, test := range []struct {
		name  string
		rules []QualifySpec
		want  Decision
	}{
		{"no rules", nil, Decision{Qualified: true}},
		{"all hold", []QualifySpec{size}, Decision{Qualified: true, Passed: []string{size.Name}}},
		{"one doesn't", []QualifySpec{size, region}, Decision{Passed: []string{size.Name}, Held: []string{"not: in our region"}, Missed: []string{region.Name}}},
		{"one doesn't, in words", []QualifySpec{size, {Name: "in our region", When: region.When, Held: "not in the States"}},
			Decision{Passed: []string{size.Name}, Held: []string{"not in the States"}, Missed: []string{region.Name}}},
		{"one fails", []QualifySpec{seats, size}, Decision{Passed: []string{size.Name}, Held: []string{"can't tell: seats"}, Missed: []string{seats.Name}, Faulty: []string{fault}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, mustCompile(t, RuleSpec{Qualify: test.rules}).Qualify(acmeLead(), rulesNow))
		})
	}
}

func TestFaultsHoldNoPersonalData(t *testing.T) {
	t.Parallel()

	for _, when := range []string{`int(lead.email) > 0`, `date(lead.name) > now`, `duration(lead.title) > duration("1h")`, `touches[5].title == lead.name`} {
		decision := mustCompile(t, oneRule(when)).Qualify(acmeLead(), rulesNow)
		require.Len(t, decision.Faulty, 1, when)
		require.NotRegexp(t, "(?i)rosa|diaz|head", decision.Faulty[0])
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	berlin := hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon"}, From: "09:00", To: "17:00"}
	inBerlin, err := hours.New(berlin)
	require.NoError(t, err)
	spec := RuleSpec{Channel: "#leads", SLA: SLASpec{Claim: hours.WorkingTime(time.Hour), Contact: hours.WorkingTime(2 * time.Hour)}, Routes: []RouteSpec{
		{Name: "by seats", When: `int(lead.attributes["seats"]) >= 500`, Channel: "#big"},
		{Name: "enterprise", When: "lead.employees >= 1000", Channel: "#enterprise", Assign: AssignRoundRobin, Owners: []OwnerSpec{{User: "U0RAJ", Weight: 2}},
			Hours: berlin, Manager: "U0ADA", SLA: SLASpec{Claim: hours.WorkingTime(5 * time.Minute)}},
		{Name: "German", When: `lead.country == "DE"`},
	}}
	usual := SLA{Claim: time.Hour, Contact: 2 * time.Hour}

	german := Route{Name: "German", When: `lead.country == "DE"`, Channel: "#leads", Assign: AssignClaim, SLA: usual}
	failed := german
	failed.Faulty = []string{"by seats: can't be worked out for this lead (at character 1)"}
	for _, test := range []struct {
		name   string
		change func(*Lead)
		want   Route
	}{
		{"the first that matches, with all that it says", func(l *Lead) { l.Employees = 2000 }, Route{
			Name: "enterprise", When: "lead.employees >= 1000", Channel: "#enterprise", Assign: AssignRoundRobin, Manager: "U0ADA", Hours: inBerlin,
			Owners: []Owner{{OwnerSpec{User: "U0RAJ", Weight: 2}, inBerlin}}, SLA: SLA{Claim: 5 * time.Minute, Contact: 2 * time.Hour}}},
		{"what a route leaves out", func(*Lead) {}, german},
		{"none matches", func(l *Lead) { l.Country = "" }, Route{Channel: "#leads", Assign: AssignClaim, SLA: usual}},
		{"one fails", func(l *Lead) { l.Attributes["seats"] = "many" }, failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			lead := acmeLead()
			test.change(&lead)
			require.Equal(t, test.want, mustCompile(t, spec).Route(lead, rulesNow))
		})
	}

	rules := mustCompile(t, spec)
	require.Equal(t, german, rules.Named("German"))
	require.Equal(t, Route{Channel: "#leads", Assign: AssignClaim, SLA: usual}, rules.Named("one that is gone from the configuration"))
	require.Len(t, rules.Routes(), 4)
}

func TestCompileRulesReportsEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := CompileRules(RuleSpec{
		Qualify: []QualifySpec{
			{Name: "size", When: "lead.employes >= 50"},
			{Name: "size", When: "lead.employees >= "},
			{When: "true"},
			{Name: "empty", When: " "},
		},
		Routes: []RouteSpec{
			{Name: "nobody", When: "true", Assign: AssignRoundRobin},
			{Name: "odd", When: "lead.country ==\n 5", Assign: "random"},
			{Name: "idle owners", When: "true", Owners: []OwnerSpec{{User: "U0RAJ"}}},
			{Name: "asleep", When: "true", Assign: AssignRoundRobin, Hours: hours.Spec{Timezone: "Berlin", Days: []string{"mo"}, From: "09:00", To: "17:00"},
				Owners: []OwnerSpec{{Weight: -1}, {User: "U0LEA", Cap: -1, Hours: hours.Spec{Timezone: "UTC", Days: []string{"mon"}, From: "9", To: "17:00"}}}},
		},
	})
	require.EqualError(t, err, `qualify[0].when (size): a lead has no field "employes"; did you mean "employees"? (at character 6)
qualify[1].when (size): unexpected token EOF (at character 18)
qualify[1].name: "size" is the name of an earlier one; give each its own
qualify[2].name: is missing; people read it beside the lead
qualify[3].when (empty): is empty; write true to match every lead
routes[0].owners (nobody): round_robin needs owners: user IDs such as [U0RAJ]
routes[1].when (odd): invalid operation: == (mismatched types string and int) (at character 14)
routes[1].assign (odd): "random" is unknown; write claim, round_robin or crm_owner
routes[2].owners (idle owners): only round_robin and crm_owner have owners; set assign, or leave the owners out
routes[3].owners[0].user (asleep): is missing: a user ID such as U0RAJ
routes[3].hours.timezone (asleep): must be the name of a timezone, such as Europe/Berlin or UTC, not "Berlin"
routes[3].hours.days[0] (asleep): must be one of mon, tue, wed, thu, fri, sat, sun, not "mo"
routes[3].owners[0].weight (asleep): must be a whole number from 1 to 100
routes[3].owners[1].hours.from (asleep): must be a time of day such as "09:00", not "9"
routes[3].owners[1].cap (asleep): must be the number of leads a day, such as 5`)
	first, ok := errors.AsType[*RuleError](err)
	require.True(t, ok)
	require.Equal(t, "qualify[0].when", first.Field)
}

func TestCompileRulesRefuses(t *testing.T) {
	t.Parallel()

	for _, test := range []struct{ name, when, want string }{
		{"a misspelt name", `leed.employees > 5`, `unknown name "leed"; did you mean "lead"? (at character 1)`},
		{"a misspelt touch", `any(touches, .knd == "form")`, `a touch has no field "knd"; did you mean "kind"? (at character 15)`},
		{"a field like no other", `lead.favourite_colour == ""`, `a lead has no field "favourite_colour"; there are id, source, email, name, title, company, domain, country, industry, employees, score, interest, owner_email, url, attributes (at character 6)`},
		{"a misspelt function", `lenn(touches) > 5`, `unknown name "lenn"; did you mean "len"? (at character 1)`},
		{"no condition", `lead.employees`, `expected bool, but got int`},
		{"a text for a number", `lead.attributes["seats"] > 5`, `invalid operation: > (mismatched types string and int) (at character 26)`},
		{"the second line", "true and\nlead.foo", `a lead has no field "foo"; there are id, source, email, name, title, company, domain, country, industry, employees, score, interest, owner_email, url, attributes (at line 2, character 6)`},
		{"a bad pattern", `lead.email matches "["`, "error parsing regexp: missing closing ]: `[` (at character 12)"},
		{"a pattern that came with the lead", `lead.email matches lead.title`, `the pattern after matches must be a text in quotes (at character 12)`},
		{"another clock", `now() > now`, `write now, without brackets (at character 1)`},
		{"a loop in a loop", `all(touches, any(touches, .kind == "form"))`, `a loop within a loop can't be used in rules (at character 14)`},
		{"a range", `lead.employees in 1..999999`, `ranges can't be used in rules; compare with <= and >= (at character 20)`},
		{"a variable", `let a = lead.title + lead.title; a == ""`, `variables can't be used in rules (at character 5)`},
		{"a bomb", `repeat(lead.title, 1000000) == ""`, `repeat can't be used in rules (at character 1)`},
		{"growth by mapping", `len(map([lead.title], # + #)) > 0`, `map can't be used in rules (at character 5)`},
		{"several expressions", `true; false`, `a rule is one expression, without semicolons (at character 1)`},
		{"too long", strings.Repeat(" ", 2000) + "true", `is too long: 2000 characters are the most; split it into several rules`},
		{"too complicated", strings.Repeat("true and ", 150) + "true", `is too complicated; split it into several rules`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := CompileRules(oneRule(test.when))
			require.EqualError(t, err, "qualify[0].when (rule): "+test.want)
		})
	}
}

// TestRulesAtTheirWorst runs the dearest rule that the limits let through.
func TestRulesAtTheirWorst(t *testing.T) {
	t.Parallel()

	when := "count(touches, " + strings.Repeat(`.title matches "(a|aa)+$" or `, 30) + "false) == 0"
	lead := acmeLead()
	lead.Touches = nil
	for range MaxTouches {
		lead.Touches = append(lead.Touches, Touch{Title: strings.Repeat("a", 200) + "!"})
	}

	require.True(t, mustCompile(t, oneRule(when)).Qualify(lead, rulesNow).Qualified)
}

func TestRulesFromManyGoroutines(t *testing.T) {
	t.Parallel()

	rules := mustCompile(t, hundredRules())
	var group sync.WaitGroup
	results := make([]Decision, 8)
	for i := range results {
		group.Go(func() { results[i] = rules.Qualify(acmeLead(), rulesNow) })
	}

	group.Wait()

	for _, result := range results {
		require.Equal(t, results[0], result)
	}
}
