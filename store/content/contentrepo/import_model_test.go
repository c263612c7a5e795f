package contentrepo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/content"
)

func TestAssetsAgreeWithAModel(tt *testing.T) {
	tt.Parallel()
	rapid.Check(tt, func(t *rapid.T) {
		w := newWorld(tt)
		type asset struct {
			id       string
			words    []string // of its versions
			approved int
			topic    string
			file     string // the last that changed anything: its status, words and topic
		}
		assets := map[string]*asset{}
		t.Repeat(map[string]func(*rapid.T){
			"import": func(t *rapid.T) {
				slug := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "slug")
				words := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "words")
				isDraft := rapid.Bool().Draw(t, "draft")
				topic := rapid.SampledFrom([]string{"p", "q"}).Draw(t, "topic")
				dry := rapid.Bool().Draw(t, "dry")

				in := approved(slug, words)
				if isDraft {
					in = draft(slug, words)
				}

				in.Asset.Topics = []string{topic}
				id, done, err := w.store(t).Import(t.Context(), in, dry)
				require.NoError(t, err)

				a, want, status, n := assets[slug], content.Created, in.Version.Status, 1
				file := fmt.Sprint(status, " ", words, topic)
				if a == nil {
					a = &asset{}
				} else if file == a.file {
					want = content.Unchanged
				} else {
					n = len(a.words) // the version that says so: the newest, or the approved one
					if a.approved > 0 && (status == content.Approved || a.words[n-1] != words) && a.words[a.approved-1] == words {
						n = a.approved
					}

					if keep := n == a.approved && status == content.Draft && !strings.HasPrefix(a.file, string(content.Approved)); keep {
						status = content.Approved
					}

					switch {
					case a.words[n-1] != words:
						want, n, status = content.NewVersion, len(a.words)+1, in.Version.Status
					case (n == a.approved) != (status == content.Approved) || a.topic != topic:
						want = content.Updated
					default:
						want = content.Unchanged
					}
				}

				require.Equal(t, want, done)

				if dry {
					return
				}

				if a.id == "" {
					a.id, assets[slug] = id, a
				}

				require.Equal(t, a.id, id)

				if want == content.Unchanged {
					return
				}

				if n > len(a.words) {
					a.words = append(a.words, words)
				}

				a.topic, a.file = topic, file
				if status == content.Approved {
					a.approved = n
				} else if a.approved == n {
					a.approved = 0
				}
			},
			"": func(t *rapid.T) {
				for slug, a := range assets {
					id, err := w.store(t).AssetBySlug(t.Context(), slug)
					require.NoError(t, err)
					require.Equal(t, a.id, id)
					served := servedOf(t, w.store(t), id)
					require.Equal(t, a.approved > 0, served != nil)

					if served != nil {
						require.Equal(t, a.approved, served.Version.Number)
						require.Equal(t, a.words[a.approved-1], served.Version.Body)
						require.Equal(t, []string{a.topic}, served.Topics)
					}
				}
			},
		})
		w.consistent(t)
	})
}
