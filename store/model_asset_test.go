package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAssetsAgreeWithAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
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
				id, done, err := w.store(t).ImportAsset(t.Context(), in, dry)
				require.NoError(t, err)

				a, want, status, n := assets[slug], Created, in.Version.Status, 1
				file := fmt.Sprint(status, " ", words, topic)
				if a == nil {
					a = &asset{}
				} else if file == a.file {
					want = Unchanged
				} else {
					n = len(a.words) // the version that says so: the newest, or the approved one
					if a.approved > 0 && (status == Approved || a.words[n-1] != words) && a.words[a.approved-1] == words {
						n = a.approved
					}
					if keep := n == a.approved && status == Draft && !strings.HasPrefix(a.file, string(Approved)); keep {
						status = Approved
					}
					switch {
					case a.words[n-1] != words:
						want, n, status = NewWords, len(a.words)+1, in.Version.Status
					case (n == a.approved) != (status == Approved) || a.topic != topic:
						want = Refiled
					default:
						want = Unchanged
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
				if want == Unchanged {
					return
				}
				if n > len(a.words) {
					a.words = append(a.words, words)
				}
				a.topic, a.file = topic, file
				if status == Approved {
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

func TestFeedbackAgreesWithAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		asset := mustImport(t, w.replicas[0], approved("a", "x"))
		counts := map[Verdict]int{}
		voiced, gave := map[string]bool{}, map[string][]string{}
		add := func(t *rapid.T, kind string, call func(s *Store, op string, f Feedback) (Feedback, error)) {
			op, before, repeated := w.op(t, kind)
			f := Feedback{Asset: asset, Version: 1, Reporter: rapid.SampledFrom([]string{"U1", "U2", "U3"}).Draw(t, "who"),
				Verdict: rapid.SampledFrom([]Verdict{Works, Mixed, Fails}).Draw(t, "verdict")}
			got, err := call(w.store(t), op, f)
			switch {
			case repeated:
				require.ErrorIs(t, err, ErrDuplicate)
				require.Equal(t, before.id, got.ID)
			case kind == "click" && voiced[f.Reporter]:
				require.True(t, errors.Is(err, ErrConflict), err)
			default:
				require.NoError(t, err)
				w.answers[op] = answer{got.ID}
				counts[f.Verdict]++
				gave[f.Reporter] = append(gave[f.Reporter], got.ID)
				voiced[f.Reporter] = voiced[f.Reporter] || kind == "click"
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"feedback": func(t *rapid.T) {
				add(t, "words", func(s *Store, op string, f Feedback) (Feedback, error) {
					f.Words = "some"
					return s.AddFeedback(t.Context(), op, f, "C1")
				})
			},
			"verdict": func(t *rapid.T) {
				add(t, "click", func(s *Store, op string, f Feedback) (Feedback, error) { return s.AddVerdict(t.Context(), op, f) })
			},
			"": func(t *rapid.T) {
				s := w.store(t)
				require.Equal(t, Tally{counts[Works], counts[Mixed], counts[Fails]}, servedOf(t, s, asset).Tally)
				for who, want := range gave {
					got, err := s.FeedbackBy(context.Background(), who, 1000)
					require.NoError(t, err)
					have := make([]string, len(got))
					for i, f := range got {
						have[i] = f.ID
					}
					require.ElementsMatch(t, want, have)
				}
			},
		})
		w.consistent(t)
	})
}
