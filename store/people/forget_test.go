package people

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// lived is a workspace in which somebody has left traces everywhere.
func lived(t *testing.T) (r *Repo, theirs, other lead.Lead, f feedback.Piece) {
	t.Helper()
	r, _ = newWorkspace(t)
	r.takeIn(t, lead.Lead{ExternalID: "1", Source: "web", Email: "Ada@Brackenmoor.example", Name: "Ada Stone", Interest: "quiet fans",
		Touches: []lead.Touch{{At: start, Kind: "form", Title: "Asked for a quote"}}})
	theirs, _ = r.takeIn(t, lead.Lead{ExternalID: "9", Source: "fair", Email: ada, Attributes: map[string]string{"phone": "030 1234"}})
	require.Equal(t, "L-1", theirs.ID, "the same person")
	other, _ = r.takeIn(t, lead.Lead{ExternalID: "2", Source: "web", Email: "joada@brackenmoor.example", Name: "Jo",
		Interest: "Wants what\nADA@brackenmoor.example has"})

	p := policy(t, "true")
	_, err := r.leads.Claim(t.Context(), "", theirs.ID, "URAJ", p)
	require.NoError(t, err)
	_, err = r.leads.ToMarketing(t.Context(), "", theirs.ID, lead.Return{Reason: "no need", Detail: "Ada has left", By: "URAJ"}, false, p)
	require.NoError(t, err)
	f, err = r.feedback.Add(t.Context(), "", feedback.Piece{Words: "Write to ada@brackenmoor.example.", Reporter: "URAJ"}, "C2")
	require.NoError(t, err)
	_, err = r.assets.RecordGap(t.Context(), "", content.Search{Key: "ada brackenmoor exampl", Words: ada, By: "URAJ"})
	require.NoError(t, err)
	require.NoError(t, r.store.Send(t.Context(), "", store.Item{Channel: "C3", Message: []byte(`"Call ` + ada + ` <now>"`)}))
	return r, theirs, other, f
}

func TestForget(t *testing.T) {
	t.Parallel()
	r, theirs, other, f := lived(t)
	done, err := r.Forget(t.Context(), " ADA@brackenmoor.example")
	require.NoError(t, err)
	require.Equal(t, []string{theirs.ID}, done.Leads)
	require.ElementsMatch(t, []string{other.ID, f.ID, "G-1", "a message on its way"}, done.Redacted)
	require.Empty(t, done.Left)

	gone, err := r.leads.Lead(t.Context(), theirs.ID)
	require.NoError(t, err)
	require.Equal(t, lead.Forgotten, gone.Status)
	require.Equal(t, []string{lead.ByRequest}, gone.Reasons)
	kept, err := r.leads.Lead(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, "Wants what\n[removed] has", kept.Interest)
	require.Equal(t, "joada@brackenmoor.example", kept.Email, "another's address that ends alike")
	said, err := r.feedback.Piece(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, "Write to [removed].", said.Words)
	require.Contains(t, strings.Join(r.drain(t), "\n"), `Call [removed] <now>`)

	all := r.everything(t)
	for _, trace := range []string{"Ada Stone", "Ada has left", "030 1234", "quiet fans", "Asked for a quote"} {
		for key, hash := range all.Hashes {
			for field, text := range hash {
				require.NotContains(t, field+text, trace, key)
			}
		}

		for key, zset := range all.ZSets {
			for member := range zset {
				require.NotContains(t, member, trace, key)
			}
		}
	}

	changes, err := r.store.FeedAfter(t.Context(), "0-0", 1000, 0)
	require.NoError(t, err)

	var feed []string
	for _, c := range changes {
		feed = append(feed, c.Kind+" "+c.Ref)
	}

	require.Contains(t, feed, "lead.forgotten lead:L-1#5")
}

func TestTheOwnerOfAnAccountIsForgottenToo(t *testing.T) {
	t.Parallel()
	r, _ := newWorkspace(t)
	p := policy(t, "true")
	p.AddAccount(ada, lead.Account{})
	l, _, err := r.leads.TakeIn(t.Context(), "", lead.Lead{ExternalID: "1", Source: "web", OwnerEmail: ada}, p)
	require.NoError(t, err)
	done, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	require.Equal(t, Forgotten{Redacted: []string{l.ID}}, done)
	l, err = r.leads.Lead(t.Context(), l.ID)
	require.NoError(t, err)
	require.Empty(t, l.OwnerEmail)
}

func TestForgottenPeopleDoNotComeBack(t *testing.T) {
	t.Parallel()
	r, _, _, _ := lived(t)
	_, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)

	for name, in := range map[string]lead.Lead{
		"by the address":           {ExternalID: "77", Source: "web", Email: "ADA@brackenmoor.example"},
		"by the sender's ID":       {ExternalID: "1", Source: "web", Name: "Ada Stone"},
		"by another sender's ID":   {ExternalID: "9", Source: "FAIR", Name: "Ada Stone"},
		"by an address of another": {ExternalID: "2", Source: "web", Email: ada},
	} {
		t.Run(name, func(t *testing.T) {
			l, what := r.takeIn(t, in)
			require.Equal(t, lead.IntakeForgotten, what)
			require.Zero(t, l)
		})
	}

	forgotten, err := r.leads.IsForgotten(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, forgotten)

	for key, hash := range r.everything(t).Hashes {
		for field := range hash {
			require.False(t, NewAddress(ada).In(field), key)
		}
	}

	_, what := r.takeIn(t, lead.Lead{ExternalID: "5", Source: "web", Email: "grace@brackenmoor.example"})
	require.Equal(t, lead.IntakeOpen, what, "others may")
}

func TestForgetAgainDoesWhatWasLeft(t *testing.T) {
	t.Parallel()
	r, theirs, _, _ := lived(t)
	require.NoError(t, r.leads.RememberForgotten(t.Context(), ada))
	require.NoError(t, r.leads.Forget(t.Context(), theirs.ID, lead.ByRequest, true)) // and here it died
	r.sound(t)

	done, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	require.Empty(t, done.Leads)
	require.Len(t, done.Redacted, 4)
	again, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	require.Zero(t, again)
}

func TestForgetWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	r, _ := newWorkspace(t)
	done, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	require.Zero(t, done)
	_, what := r.takeIn(t, lead.Lead{ExternalID: "1", Source: "web", Email: ada})
	require.Equal(t, lead.IntakeForgotten, what)
}

// beforeScripts runs something once, before the first script of a connection:
// after a change was decided on, and before it is committed.
type beforeScripts struct{ run func() }

func (b beforeScripts) DialHook(next redis.DialHook) redis.DialHook { return next }

func (b beforeScripts) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if strings.HasPrefix(cmd.Name(), "eval") {
			b.run()
		}

		return next(ctx, cmd)
	}
}

func (b beforeScripts) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestForgettingRacesWithComingIn(t *testing.T) {
	t.Parallel()
	clock, team := clockwork.NewFakeClockAt(start), storetest.Team()
	other := open(store.New(storetest.Connect(t, redisURL), team, clock))
	rdb := storetest.Connect(t, redisURL)
	forget := sync.OnceFunc(func() {
		_, err := other.Forget(t.Context(), ada)
		require.NoError(t, err)
	})
	rdb.AddHook(beforeScripts{forget})

	_, what := open(store.New(rdb, team, clock)).takeIn(t, lead.Lead{ExternalID: "1", Source: "web", Email: ada})
	require.Equal(t, lead.IntakeForgotten, what)
	other.sound(t)
}

func TestACardOnItsWayIsEmptiedToo(t *testing.T) {
	t.Parallel()
	r, _ := newWorkspace(t)
	r.takeIn(t, lead.Lead{ExternalID: "1", Source: "web", Email: ada})
	onItsWay := r.sendable(t)
	require.Len(t, onItsWay, 1)
	_, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	_, err = r.store.FinishItem(t.Context(), onItsWay[0], "C1 1.1", store.Pace{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1"}, r.drain(t))
}

func TestAnAddressMayBeWhatTheSenderCallsALead(t *testing.T) {
	t.Parallel()
	r, _ := newWorkspace(t)
	in := lead.Lead{ExternalID: "Ada@Brackenmoor.example", Source: "fair", Name: "Ada Stone"}
	l, _ := r.takeIn(t, in)
	done, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	require.Equal(t, Forgotten{Leads: []string{l.ID}}, done)
	_, what := r.takeIn(t, in)
	require.Equal(t, lead.IntakeForgotten, what)
}

func TestAForgottenLeadCannotBeWorkedOn(t *testing.T) {
	t.Parallel()
	r, theirs, _, _ := lived(t)
	_, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	p := policy(t, "true")
	_, err = r.leads.Claim(t.Context(), "", theirs.ID, "URAJ", p)
	require.ErrorIs(t, err, errs.ErrConflict)
	_, err = r.leads.Convert(t.Context(), "", theirs.ID, lead.ByCRM, lead.Deal{}, p)
	require.ErrorIs(t, err, errs.ErrConflict)
	_, err = r.leads.Elsewhere(t.Context(), "", theirs.ID, "UMIA", "", "C9", p)
	require.ErrorIs(t, err, errs.ErrConflict)
}

func TestExport(t *testing.T) {
	t.Parallel()
	r, theirs, other, f := lived(t)
	got, err := r.Export(t.Context(), ada)
	require.NoError(t, err)
	require.Len(t, got.Leads, 1)
	require.Equal(t, theirs.ID, got.Leads[0].Lead.ID)
	require.Len(t, got.Leads[0].History, 4)
	require.ElementsMatch(t, []string{"email: " + ada, "web: 1", "fair: 9"}, got.Leads[0].KnownAs)

	var where []string
	for _, m := range got.Mentions {
		where = append(where, m.Where)
		require.Equal(t, m.Where == unsent, m.Record == nil, m.Where)
	}

	require.ElementsMatch(t, []string{other.ID, f.ID, "G-1", "a message on its way"}, where)
	require.False(t, got.Forgotten)
}

// Another version may keep more of a record than this one knows. Redacting keeps
// it, without the address; of a lead that is forgotten nothing stays.
func TestForgettingReachesWhatANewerVersionWrote(t *testing.T) {
	t.Parallel()
	r, theirs, other, f := lived(t)
	newer := []string{theirs.Ref(), other.Ref(), f.Ref(), content.GapRef("G-1")}
	for _, ref := range newer {
		doc, err := r.store.Redis().HGet(t.Context(), r.store.Record(ref), "doc").Result()
		require.NoError(t, err)
		doc = strings.Replace(doc, "{", `{"mood":{"of":"`+ada+`","is":["calm"]},`, 1)
		require.NoError(t, r.store.Redis().HSet(t.Context(), r.store.Record(ref), "doc", doc).Err())
	}

	_, err := r.Forget(t.Context(), ada)
	require.NoError(t, err)
	for _, ref := range newer {
		doc, err := r.store.Redis().HGet(t.Context(), r.store.Record(ref), "doc").Result()
		require.NoError(t, err)
		if ref == theirs.Ref() {
			require.NotContains(t, doc, "mood")
		} else {
			require.Contains(t, doc, `"mood":{"is":["calm"],"of":"[removed]"}`)
		}
	}
}
