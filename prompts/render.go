package prompts

import (
	"embed"
	"strings"
	"text/template"
)

//go:embed *.tmpl
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "*.tmpl"))

// render fills in a named template.
func render(name string, data any) (string, error) {
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}

	return b.String(), nil
}

// fence returns a line to put before and after texts that people wrote: tildes,
// one more than the longest run of them in any of the texts, and at least three.
// So no text can end its block and go on as if it were ours.
func fence(texts ...string) string {
	longest := 2
	for _, text := range texts {
		run := 0
		for _, r := range text {
			if r != '~' {
				run = 0
				continue
			}

			run++
			longest = max(longest, run)
		}
	}

	return strings.Repeat("~", longest+1)
}
