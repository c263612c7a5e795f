package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	leadroom "smarketer/bot/lead"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/lead"
)

type rulesCommand struct {
	Test rulesTest `cmd:"" help:"Show what the rules would do with the leads of a CSV file. Needs neither Slack nor Redis."`
}

type rulesTest struct {
	ConfigFile string `name:"config" env:"SMARKETER_CONFIG" placeholder:"FILE" help:"The configuration. Default: smarketer.yaml if there is one."`
	leadFile
}

// Run prints a line for each lead, and what each rule and each route did.
func (c *rulesTest) Run(to streams) error {
	config, err := app.LoadConfig(c.ConfigFile)
	if err != nil {
		return err
	}

	rules, err := config.Rules()
	if err != nil {
		return err
	}

	t := trial{rules: rules, held: map[string]int{}, alone: map[string]int{}, faulty: map[string]int{}, routes: map[string]int{}}
	out := tabwriter.NewWriter(to.out, 0, 0, 2, ' ', 0)
	now := time.Now()
	bad, err := c.read(to, "testing", func(line int, in lead.Lead) error {
		trial, err := leadroom.Try(rules, in, now)
		if err == nil {
			t.count(trial)
			fmt.Fprintf(out, "line %d\t%s\t%s\n", line, in.ExternalID, trialWords(trial))
		}

		return err
	})
	if err != nil {
		return err
	}

	t.write(out)
	if err := out.Flush(); err != nil {
		return err
	}

	if bad > 0 {
		return fmt.Errorf("rows not tested: %d", bad)
	}

	return nil
}

func trialWords(o leadroom.Trial) string {
	words := "held: " + strings.Join(o.Held, "; ")
	faulty := o.Faulty
	if o.Qualified {
		words = fmt.Sprintf("open: %s, %s, %s", cmp.Or(o.Route.Name, noRoute), o.Route.Channel, o.Route.Assign)
		faulty = o.Route.Faulty
	}

	if len(faulty) > 0 {
		words += " [failed: " + strings.Join(faulty, "; ") + "]"
	}

	return words
}

// noRoute stands for the way of leads that no route matches.
const noRoute = "no route"

// trial counts what the rules did.
type trial struct {
	rules               *lead.Rules
	all, open           int
	held, alone, faulty map[string]int // by rule; alone: where it was the only one
	routes              map[string]int
}

func (t *trial) count(o leadroom.Trial) {
	t.all++
	if o.Qualified {
		t.open++
		t.routes[o.Route.Name]++
	}

	for _, name := range o.Missed {
		t.held[name]++
		if len(o.Missed) == 1 {
			t.alone[name]++
		}

		if slices.ContainsFunc(o.Faulty, func(fault string) bool { return strings.HasPrefix(fault, name+": ") }) {
			t.faulty[name]++
		}
	}
}

func (t *trial) write(out io.Writer) {
	fmt.Fprintf(out, "\n%d leads: %d open, %d held\n", t.all, t.open, t.all-t.open)
	for i, rule := range t.rules.Qualifications() {
		if i == 0 {
			fmt.Fprintf(out, "\nrule\tmet\tholds\talone\tfailed\n")
		}

		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\n", rule.Name, t.all-t.held[rule.Name], t.held[rule.Name], t.alone[rule.Name], t.faulty[rule.Name])
	}

	fmt.Fprintf(out, "\nroute\tleads\tchannel\n")
	for _, route := range t.rules.Routes() {
		fmt.Fprintf(out, "%s\t%d\t%s\n", cmp.Or(route.Name, noRoute), t.routes[route.Name], route.Channel)
	}
}
