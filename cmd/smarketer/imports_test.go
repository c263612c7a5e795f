package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// floors are the packages of the house from the ground up. A package imports
// what is on floors below its own, and of its own floor only what beside says.
// So imports run one way: from the program to the rooms, from the rooms to what
// rooms need, and from everywhere to the store; rooms never import each other.
var floors = [][]string{
	// Pure: types and rules. Nothing here knows Redis or Slack; see pure.
	{"store/errs", "store/backoff"},
	{"store/hours", "store/turns"},
	{"store/content", "store/lead", "store/feedback"},
	// State in Redis: the engine, and a repository for each domain.
	{"store"},
	{"store/turns/turnrepo"},
	{"store/content/contentrepo", "store/lead/leadrepo", "store/feedback/feedbackrepo", "store/webhooks"},
	{"store/follow"},
	{"store/people", "store/search", "store/themes"},
	{"store/check"},
	// What rooms need.
	{"bot/blocks", "prompts"},
	{"bot"},
	{"bot/socket", "bot/directory"},
	// The rooms; Slack and other systems, in and out.
	{"bot/content", "bot/feedback", "bot/lead", "bot/status", "bot/deliver", "bot/intake", "bot/webhook"},
	// The program.
	{"cmd/smarketer/app"},
	{"cmd/smarketer/sample"},
	{"cmd/smarketer"},
}

// beside are imports within a floor.
var beside = map[string][]string{
	"store/feedback":              {"store/content"},
	"store/feedback/feedbackrepo": {"store/content/contentrepo"},
	"store/themes":                {"store/search"},
}

// apart are packages on no floor, with what they may import: the simulated
// Slack, which knows nothing of ours, and what tests share.
var apart = map[string][]string{
	"bot/slacksim": {}, "bot/slacksim/conformance": {}, "bot/slacksim/window": {},
	"bot/bottest/roomtest": {"*"}, "bot/bottest": {"*"}, "bot/bottest/golden": {}, "bot/bottest/harness": {}, "store/storetest/cutter": {}, "store/storetest": {"store", "store/check", "store/errs"},
}

// pure packages import none of foreign, also not through others.
var (
	pure    = []string{"store/errs", "store/backoff", "store/hours", "store/turns", "store/content", "store/lead", "store/feedback"}
	foreign = []string{"github.com/redis/go-redis", "github.com/slack-go/slack", "github.com/sashabaranov/go-openai", "smarketer/bot", "net/http"}
)

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "smarketer/...").Output()
	require.NoError(t, err)

	floorOf := map[string]int{}
	for n, names := range floors {
		for _, name := range names {
			floorOf[name] = n
		}
	}

	seen := map[string]bool{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}

		name := strings.TrimPrefix(p.ImportPath, "smarketer/")
		seen[name] = true
		floor, known := floorOf[name]
		allowed, isApart := apart[name]
		require.True(t, known || isApart, "the package %s is new: say in floors where it belongs", name)

		for _, path := range p.Imports {
			ours, ok := strings.CutPrefix(path, "smarketer/")
			if !ok || slices.Contains(allowed, ours) || slices.Contains(allowed, "*") {
				continue
			}

			below, onFloor := floorOf[ours]
			_, isApart := apart[ours]
			require.True(t, onFloor || isApart, "the package %s is new: say in floors where it belongs", ours)

			inSight := ours == "bot/slacksim" && strings.HasPrefix(name, "cmd/") // the demo brings it along
			require.True(t, inSight || known && onFloor && below < floor || slices.Contains(beside[name], ours), "%s must not import %s", name, ours)
		}

		if slices.Contains(pure, name) {
			for _, path := range p.Deps {
				for _, f := range foreign {
					require.False(t, strings.HasPrefix(path, f), "%s is pure and must not import %s", name, path)
				}
			}
		}
	}

	for name := range floorOf {
		require.True(t, seen[name], "floors names %s, which is gone", name)
	}
}
