package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mayImport says which of our packages each of our packages may import. It is
// the house's one rule about directions: from the program to the rooms, from
// the rooms to the core, and from everywhere to the store.
var mayImport = map[string][]string{
	"store":         {},
	"store/backoff": {},
	"store/follow":  {"store", "store/backoff"},
	"store/search":  {"store/follow"},
	"store/themes":  {"store", "store/follow", "store/search"},
	"prompts":       {"store"},

	"bot":          {"store"},
	"bot/content":  {"bot", "store", "store/search"},
	"bot/feedback": {"bot", "prompts", "store", "store/search", "store/themes"},
	"bot/lead":     {"bot", "store", "store/search"},
	"bot/status":   {"bot", "store"},
	"bot/deliver":  {"bot", "store"},
	"bot/intake":   {"bot", "store"},
	"bot/webhook":  {"store"},
	"bot/slacksim": {},

	"bot/slacksim/conformance": {}, "bot/slacksim/window": {},

	"cmd/smarketer/app": {"bot", "bot/content", "bot/deliver", "bot/feedback", "bot/intake", "bot/lead", "bot/status", "bot/webhook",
		"prompts", "store", "store/search", "store/themes"},
	"cmd/smarketer/sample": {"bot/content", "bot/slacksim", "cmd/smarketer/app", "store"},
	"cmd/smarketer": {"bot/content", "bot/deliver", "bot/feedback", "bot/lead", "bot/slacksim", "cmd/smarketer/app", "cmd/smarketer/sample",
		"store"},
	"bot/bottest/roomtest": {"bot", "bot/slacksim", "store"},
	"bot/bottest":          {"bot/slacksim", "cmd/smarketer/app", "cmd/smarketer/sample", "store"},
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "smarketer/...").Output()
	require.NoError(t, err)
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], "smarketer/")
		allowed, known := mayImport[name]
		require.True(t, known, "the package %s is new: say in mayImport what it may import", name)
		seen++
		for _, path := range fields[1:] {
			if ours, ok := strings.CutPrefix(path, "smarketer/"); ok {
				require.True(t, slices.Contains(allowed, ours), "%s must not import %s", name, ours)
			}
		}
	}
	require.Equal(t, len(mayImport), seen, "mayImport names a package that is gone")
}
