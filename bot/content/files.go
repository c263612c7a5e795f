package content

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"smarketer/bot"
	"smarketer/store"
)

// MaxBody is how long the copy of an asset may be, in characters: what one
// Slack message can show whole.
const MaxBody = 10_000

// frontMatter is what stands above the copy in a file.
type frontMatter struct {
	ID         string   `yaml:"id"`
	Title      string   `yaml:"title"`
	Kind       string   `yaml:"kind"`
	Topics     []string `yaml:"topics,flow,omitempty"`
	Personas   []string `yaml:"personas,flow,omitempty"`
	Stages     []string `yaml:"stages,flow,omitempty"`
	Industries []string `yaml:"industries,flow,omitempty"`
	Channels   []string `yaml:"channels,flow,omitempty"`
	Owner      string   `yaml:"owner,omitempty"`
	Status     string   `yaml:"status"`
	ReviewBy   string   `yaml:"review_by,omitempty"`
	Claims     []string `yaml:"claims,omitempty"`
}

const fence = "---"

// ParseFile reads an asset from a Markdown file with YAML front matter.
// Errors name what is wrong with their line.
func ParseFile(file []byte) (store.Asset, store.Version, error) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(file), "\ufeff"), "\r\n", "\n")
	rest, ok := strings.CutPrefix(text, fence+"\n")
	head, body, closed := strings.Cut(rest, "\n"+fence+"\n")
	if !ok || !closed {
		return store.Asset{}, store.Version{}, fmt.Errorf("line 1: the file must begin with front matter between two lines of %q", fence)
	}
	var fm frontMatter
	decoder := yaml.NewDecoder(strings.NewReader("\n" + head)) // the fence is line 1
	decoder.KnownFields(true)
	if err := decoder.Decode(&fm); err != nil {
		return store.Asset{}, store.Version{}, fmt.Errorf("front matter: %w", err)
	}
	asset, version, field, err := fm.asset(strings.TrimSpace(body))
	if err != nil {
		return store.Asset{}, store.Version{}, fmt.Errorf("line %d: %w", lineOf(head, field), err)
	}
	return asset, version, nil
}

// lineOf finds a field in front matter; the body follows it.
func lineOf(head, field string) int {
	lines := strings.Split(head, "\n")
	if field == "body" {
		return len(lines) + 3
	}
	return 2 + max(0, slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, field+":") }))
}

// asset checks the front matter. With an error comes the field that it is
// about.
func (fm frontMatter) asset(body string) (store.Asset, store.Version, string, error) {
	a := store.Asset{
		Slug: fm.ID, Kind: store.AssetKind(fm.Kind), Topics: fm.Topics, Personas: fm.Personas, Stages: fm.Stages,
		Industries: fm.Industries, Channels: fm.Channels, Owner: fm.Owner,
	}
	v := store.Version{Title: bot.Clean(fm.Title), Body: bot.Clean(body), Claims: fm.Claims, Status: store.VersionStatus(fm.Status)}
	if strings.HasPrefix(fm.Owner, "U") || strings.HasPrefix(fm.Owner, "W") {
		v.Author = fm.Owner
		if v.Status == store.Approved {
			v.ApprovedBy = fm.Owner
		}
	}
	switch {
	case !isSlug(fm.ID):
		return a, v, "id", fmt.Errorf("id %q must be a slug: lower-case letters, digits and hyphens, at most 100", fm.ID)
	case v.Title == "" || bot.Length(v.Title) > bot.MaxHeader:
		return a, v, "title", fmt.Errorf("title must have 1 to %d characters", bot.MaxHeader)
	case !slices.Contains(store.AssetKinds, a.Kind):
		return a, v, "kind", fmt.Errorf("kind %q is not one of %s", fm.Kind, kinds())
	case v.Status != store.Draft && v.Status != store.Approved:
		return a, v, "status", fmt.Errorf("status %q must be draft or approved", fm.Status)
	case v.Body == "" || bot.Length(v.Body) > MaxBody:
		return a, v, "body", fmt.Errorf("the copy must have 1 to %d characters", MaxBody)
	}
	for _, c := range fm.Claims {
		if c == "" || !strings.Contains(v.Body, c) {
			return a, v, "claims", fmt.Errorf("claim %q does not occur in the copy", c)
		}
	}
	if fm.ReviewBy != "" {
		day, err := time.Parse(time.DateOnly, fm.ReviewBy)
		if err != nil {
			return a, v, "review_by", fmt.Errorf("review_by %q must be a date such as 2027-03-01", fm.ReviewBy)
		}
		v.ReviewBy = day
	}
	return a, v, "", nil
}

func isSlug(s string) bool {
	ok := func(r rune) bool { return (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') || r == '-' }
	return s != "" && len(s) <= 100 && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0
}

func kinds() string {
	names := make([]string, len(store.AssetKinds))
	for i, k := range store.AssetKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// FormatFile writes an asset as [ParseFile] reads it.
func FormatFile(a store.Asset, v store.Version) ([]byte, error) {
	fm := frontMatter{
		ID: a.Slug, Title: v.Title, Kind: string(a.Kind), Topics: a.Topics, Personas: a.Personas, Stages: a.Stages,
		Industries: a.Industries, Channels: a.Channels, Owner: a.Owner, Status: string(v.Status), Claims: v.Claims,
	}
	if v.Status != store.Approved {
		fm.Status = string(store.Draft)
	}
	if !v.ReviewBy.IsZero() {
		fm.ReviewBy = v.ReviewBy.Format(time.DateOnly)
	}
	head, err := yaml.Marshal(fm)
	if err != nil {
		return nil, fmt.Errorf("write the front matter of %s: %w", a.Slug, err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s%s\n%s\n", fence, head, fence, v.Body)
	return b.Bytes(), nil
}
