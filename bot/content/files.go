package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"smarketer/bot/blocks"
	"smarketer/store/content"
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
func ParseFile(file []byte) (content.Asset, content.Version, error) {
	if !utf8.Valid(file) {
		return content.Asset{}, content.Version{}, errors.New("line 1: the file is not in UTF-8; save it again in that encoding")
	}

	text := newlines.Replace(strings.TrimPrefix(string(file), "\ufeff")) + "\n"
	rest, ok := strings.CutPrefix(text, fence+"\n")
	// head begins with an empty line in place of the fence, so that lines count
	// as they do in the file.
	head, body, closed := strings.Cut("\n"+rest, "\n"+fence+"\n")
	if !ok || !closed {
		return content.Asset{}, content.Version{}, fmt.Errorf("line 1: the file must begin with front matter between two lines of %q", fence)
	}

	var fm frontMatter
	decoder := yaml.NewDecoder(strings.NewReader(head))
	decoder.KnownFields(true)
	if err := decoder.Decode(&fm); err != nil && !errors.Is(err, io.EOF) {
		return content.Asset{}, content.Version{}, inWords(err)
	}

	asset, version, field, err := fm.asset(body)
	if err != nil {
		return content.Asset{}, content.Version{}, fmt.Errorf("line %d: %w", lineOf(head, field), err)
	}

	return asset, version, nil
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// inWords says in plain words, and with their lines, what the YAML library
// objects to.
func inWords(err error) error {
	var all []*yaml.LoadError
	if several, ok := errors.AsType[*yaml.LoadErrors](err); ok {
		all = several.Errors
	} else if one, ok := errors.AsType[*yaml.LoadError](err); ok {
		all = append(all, one)
	}

	var problems []string
	for _, e := range all {
		problems = append(problems, fmt.Sprintf("line %d: %s", max(1, e.Mark.Line), yamlWords(e.Message)))
	}

	if problems == nil {
		return fmt.Errorf("line 1: the front matter can't be read: %w", err)
	}

	return errors.New(strings.Join(problems, "; "))
}

var unknownField = regexp.MustCompile(`^field (.*) not found in type`)

func yamlWords(message string) string {
	if m := unknownField.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("I don't know the field %q; there are %s", blocks.Cut(m[1], 60), fieldNames)
	}

	switch {
	case strings.HasSuffix(message, "into []string"):
		return "this must be a list, such as [pricing, security]"
	case strings.HasSuffix(message, "into string"):
		return "this must be a text; if it has a colon or brackets, put it in quotation marks"
	case strings.HasPrefix(message, "cannot construct"):
		return "the front matter must be fields with values, such as \"title: Pricing in one line\""
	}

	return "this is not YAML: " + message
}

const fieldNames = "id, title, kind, topics, personas, stages, industries, channels, owner, status, review_by and claims"

// lineOf finds a field in front matter; the body follows it.
func lineOf(head, field string) int {
	lines := strings.Split(head, "\n")
	if field == "body" {
		return len(lines) + 2
	}

	return max(1, 1+slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, field+":") }))
}

// asset checks the front matter. With an error comes the field that it is
// about.
func (fm frontMatter) asset(body string) (content.Asset, content.Version, string, error) {
	a := content.Asset{
		Slug: fm.ID, Kind: content.Kind(fm.Kind), Topics: tidy(fm.Topics), Personas: tidy(fm.Personas), Stages: tidy(fm.Stages),
		Industries: tidy(fm.Industries), Channels: tidy(fm.Channels), Owner: fm.Owner,
	}

	v := content.Version{
		Title: oneLine(fm.Title), Body: strings.TrimSpace(blocks.Clean(body)), Claims: fm.Claims, Status: content.Status(fm.Status),
	}

	if isUser(fm.Owner) {
		v.Author = fm.Owner
		if v.Status == content.Approved {
			v.ApprovedBy = fm.Owner
		}
	}

	switch {
	case !isSlug(fm.ID):
		return a, v, "id", fmt.Errorf("id %q must be a slug: lower-case letters, digits and hyphens, at most 100", blocks.Cut(fm.ID, 120))
	case v.Title == "" || blocks.Length(v.Title) > blocks.MaxHeader:
		return a, v, "title", fmt.Errorf("title must have 1 to %d characters", blocks.MaxHeader)
	case !slices.Contains(content.Kinds, a.Kind):
		return a, v, "kind", fmt.Errorf("kind %q is not one of %s", blocks.Cut(fm.Kind, 60), kinds())
	case v.Status != content.Draft && v.Status != content.Approved:
		return a, v, "status", fmt.Errorf("status %q must be draft or approved", blocks.Cut(fm.Status, 60))
	case fm.Owner != "" && !isUser(fm.Owner) && !isEmail(fm.Owner):
		return a, v, "owner", fmt.Errorf("owner %q must be a Slack user ID such as U0MIA, or an e-mail address", blocks.Cut(fm.Owner, 60))
	case v.Body == "" || blocks.Length(v.Body) > MaxBody:
		return a, v, "body", fmt.Errorf("the copy must have 1 to %d characters; it has %d", MaxBody, blocks.Length(v.Body))
	}

	for _, c := range fm.Claims {
		if strings.TrimSpace(c) == "" || !strings.Contains(v.Body, c) {
			return a, v, "claims", fmt.Errorf("claim %q does not occur in the copy", blocks.Cut(c, 120))
		}
	}

	if fm.ReviewBy != "" {
		day, err := time.Parse(time.DateOnly, fm.ReviewBy)
		if err != nil || day.Year() < 2000 {
			return a, v, "review_by", fmt.Errorf("review_by %q must be a date such as 2027-03-01", blocks.Cut(fm.ReviewBy, 60))
		}

		v.ReviewBy = day
	}

	return a, v, "", nil
}

// oneLine is a text on one line, without what people can't see.
func oneLine(text string) string { return strings.Join(strings.Fields(blocks.Clean(text)), " ") }

// tidy is a list of words without the empty ones.
func tidy(words []string) []string {
	var tidied []string
	for _, w := range words {
		if w = oneLine(w); w != "" {
			tidied = append(tidied, w)
		}
	}

	return tidied
}

var userID = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)

// isUser tells a Slack user ID from an e-mail address.
func isUser(id string) bool { return userID.MatchString(id) }

func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && len(text) <= 254
}

func isSlug(s string) bool {
	ok := func(r rune) bool { return (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') || r == '-' }
	return s != "" && len(s) <= 100 && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0
}

func kinds() string {
	names := make([]string, len(content.Kinds))
	for i, k := range content.Kinds {
		names[i] = string(k)
	}

	return strings.Join(names, ", ")
}

// FormatFile writes an asset as [ParseFile] reads it.
func FormatFile(a content.Asset, v content.Version) ([]byte, error) {
	fm := frontMatter{
		ID: a.Slug, Title: v.Title, Kind: string(a.Kind), Topics: a.Topics, Personas: a.Personas, Stages: a.Stages,
		Industries: a.Industries, Channels: a.Channels, Owner: a.Owner, Status: string(v.Status), Claims: v.Claims,
	}

	if v.Status != content.Approved {
		fm.Status = string(content.Draft)
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
