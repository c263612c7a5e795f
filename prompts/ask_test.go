package prompts

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
)

// ownWords are all that an error may say of an answer.
var ownWords = regexp.MustCompile(`^(it must be one JSON object with exactly the fields asked for|` +
	`field "(asset|verdict|account|competitor|persona|stage)" has the wrong type|` +
	`"(asset|verdict|account|competitor|persona|stage)" must (be|have) [a-zA-Z0-9 ,'"-]+)$`)

// Whatever a model says, hints that pass are ones that a person may be shown.
func FuzzAnswer(f *testing.F) {
	for _, said := range []string{
		goodAnswer, "```json\n" + goodAnswer + "\n```", goodAnswer + goodAnswer, "{", "}{", "{}", "null", `{"asset":"C-99"}`,
		`{"account":"[email-1]"}`, `{"persona":"a\u0000b"}`, `{"verdict":"none","asset":"none"}`, `{"account":{"account":1}}`,
	} {
		f.Add(said, line)
	}

	f.Add(`{"account":"[phone-2]","persona":"[email-1]"}`, "jane@acme.com +44 20 7946 0018")
	f.Fuzz(func(t *testing.T, said, line string) {
		task, err := feedbackTask(line, candidates)
		require.NoError(t, err)

		h, err := decode[FeedbackHints](said)
		if err == nil {
			err = task.check(&h)
		}

		if err != nil {
			for complaint := range strings.SplitSeq(err.Error(), "\n") {
				require.Regexp(t, ownWords, complaint)
			}

			return
		}

		require.Contains(t, []string{"", "C-12", "C-31"}, h.Asset)
		require.Contains(t, []content.Verdict{"", content.Works, content.Mixed, content.Fails}, h.Verdict)
		require.Contains(t, line, h.Account)
		require.Contains(t, line, h.Competitor)

		for _, field := range []string{h.Account, h.Competitor, h.Persona, h.Stage} {
			require.LessOrEqual(t, utf8.RuneCountInString(field), maxName)
			require.False(t, slices.ContainsFunc([]rune(field), unicode.IsControl))
		}
	})
}
