package lead

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzCompileRules(f *testing.F) {
	for _, seed := range []string{
		`lead.employees >= 50`, `any(touches, .kind == "form")`, `lead.attributes["x"] in ["a"]`, `days_since_touch < 7 ? true : false`,
		`touches | filter(# != nil) | len() > 1`, `now - touches[0].at > duration("1h")`, `lead.email matches "^a+$"`, `1/0 == 1`, `"\u`, "((((", `{}[""]`,
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, when string) {
		rules, err := CompileRules(RuleSpec{Qualify: []QualifySpec{{Name: "q", When: when}}, Routes: []RouteSpec{{Name: "r", When: when, Channel: "#r"}}})
		if err != nil {
			ruleErr, ok := errors.AsType[*RuleError](err)
			require.True(t, ok, "every mistake says where it is")
			require.Equal(t, "qualify[0].when", ruleErr.Field)
			require.NotEmpty(t, ruleErr.Message)
			return
		}

		for _, lead := range []Lead{acmeLead(), {}} {
			decision := rules.Qualify(lead, rulesNow)
			require.Equal(t, 1, len(decision.Passed)+len(decision.Held))
			require.Equal(t, decision.Qualified, rules.Route(lead, rulesNow).Name == "r", "the same condition, the same answer")
		}
	})
}

func hundredRules() RuleSpec {
	var spec RuleSpec
	for i := range 25 {
		spec.Qualify = append(spec.Qualify,
			QualifySpec{Name: fmt.Sprintf("size %d", i), When: fmt.Sprintf("lead.employees >= %d", i)},
			QualifySpec{Name: fmt.Sprintf("country %d", i), When: fmt.Sprintf(`lead.country in ["DE", "C%d"]`, i)},
			QualifySpec{Name: fmt.Sprintf("touched %d", i), When: fmt.Sprintf("any(touches, .kind == 'form') and days_since_touch < %d", i+2)},
			QualifySpec{Name: fmt.Sprintf("attribute %d", i), When: fmt.Sprintf(`lead.attributes["plan"] == "trial" or lead.score > %d`, i)})
	}

	return spec
}

func BenchmarkQualifyHundredRules(b *testing.B) {
	rules := mustCompile(b, hundredRules())
	lead := acmeLead()
	require.True(b, rules.Qualify(lead, rulesNow).Qualified)
	b.ReportAllocs()

	for b.Loop() {
		rules.Qualify(lead, rulesNow)
	}

	b.ReportMetric(float64(b.N)*100/b.Elapsed().Seconds(), "rules/s")
}
