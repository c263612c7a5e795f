package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const ada = "ada@brackenmoor.example"

// openTo has every lead qualify.
func openTo(channel string) func(Lead) Judgement {
	return func(Lead) Judgement { return Judgement{Qualified: true, Channel: channel} }
}

// lived is a workspace in which somebody has left traces everywhere.
func lived(t *testing.T) (s *Store, lead, other Lead, f Feedback) {
	t.Helper()
	s, _ = newStore(t)
	take := func(in Lead) Lead {
		l, _, err := s.TakeInLead(t.Context(), in, openTo("C1"))
		require.NoError(t, err)
		return l
	}
	take(Lead{ExternalID: "1", Source: "web", Email: "Ada@Brackenmoor.example", Name: "Ada Stone", Interest: "quiet fans",
		Touches: []Touch{{At: start, Kind: "form", Title: "Asked for a quote"}}})
	lead = take(Lead{ExternalID: "9", Source: "fair", Email: ada, Attributes: map[string]string{"phone": "030 1234"}})
	require.Equal(t, "L-1", lead.ID, "the same person")
	other = take(Lead{ExternalID: "2", Source: "web", Email: "joada@brackenmoor.example", Name: "Jo", Interest: "Wants what\nADA@brackenmoor.example has", OwnerEmail: ada})
	_, err := s.ClaimLead(t.Context(), "", lead.ID, "URAJ", LeadDesk{})
	require.NoError(t, err)
	_, err = s.ReturnLead(t.Context(), "", lead.ID, Return{Reason: "no need", Detail: "Ada has left", By: "URAJ"}, false, LeadDesk{})
	require.NoError(t, err)
	f, err = s.AddFeedback(t.Context(), "", Feedback{Words: "Write to ada@brackenmoor.example.", Reporter: "URAJ"}, "C2")
	require.NoError(t, err)
	_, err = s.RecordGap(t.Context(), "", Search{Key: "ada brackenmoor exampl", Words: ada, By: "URAJ"})
	require.NoError(t, err)
	require.NoError(t, s.Send(t.Context(), "", message("C3", "Call "+ada+" <now>")))
	return s, lead, other, f
}

func TestForget(t *testing.T) {
	t.Parallel()
	s, lead, other, f := lived(t)
	done, err := s.ForgetPerson(t.Context(), " ADA@brackenmoor.example")
	require.NoError(t, err)
	require.Equal(t, []string{lead.ID}, done.Leads)
	require.ElementsMatch(t, []string{other.ID, f.ID, "G-1", "a message on its way"}, done.Redacted)
	require.Empty(t, done.Left)

	gone, err := s.Lead(t.Context(), lead.ID)
	require.NoError(t, err)
	require.Equal(t, LeadForgotten, gone.Status)
	require.Equal(t, []string{ByRequest}, gone.Reasons)
	kept, err := s.Lead(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, "Wants what\n[removed] has", kept.Interest)
	require.Equal(t, "joada@brackenmoor.example", kept.Email, "another's address that ends alike")
	require.Empty(t, kept.OwnerEmail)
	said, err := s.Feedback(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, "Write to [removed].", said.Words)
	require.Contains(t, strings.Join(sortedDrain(t, s), "\n"), `Call [removed] <now>`)

	all := everything(t, s)
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
	require.Contains(t, feedOf(t, s), "lead.forgotten lead:L-1#5")
}

func TestForgottenPeopleDoNotComeBack(t *testing.T) {
	t.Parallel()
	s, _, _, _ := lived(t)
	_, err := s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	for name, in := range map[string]Lead{
		"by the address":           {ExternalID: "77", Source: "web", Email: "ADA@brackenmoor.example"},
		"by the sender's ID":       {ExternalID: "1", Source: "web", Name: "Ada Stone"},
		"by another sender's ID":   {ExternalID: "9", Source: "FAIR", Name: "Ada Stone"},
		"by an address of another": {ExternalID: "2", Source: "web", Email: ada},
	} {
		t.Run(name, func(t *testing.T) {
			lead, what, err := s.TakeInLead(t.Context(), in, openTo("C1"))
			require.NoError(t, err)
			require.Equal(t, IntakeForgotten, what)
			require.Zero(t, lead)
		})
	}
	forgotten, err := s.IsForgotten(t.Context(), ada)
	require.NoError(t, err)
	require.True(t, forgotten)
	for key, hash := range everything(t, s).Hashes {
		for field := range hash {
			require.False(t, mentions(field, ada), key)
		}
	}
	_, what, err := s.TakeInLead(t.Context(), Lead{ExternalID: "5", Source: "web", Email: "grace@brackenmoor.example"}, openTo("C1"))
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what, "others may")
}

func TestForgetAgainDoesWhatWasLeft(t *testing.T) {
	t.Parallel()
	s, lead, _, _ := lived(t)
	secret, err := s.forgetSecret(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.forgetLead(t.Context(), lead.ID, ByRequest, secret)) // and here it died
	require.NoError(t, s.CheckInvariants(t.Context()))
	done, err := s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	require.Empty(t, done.Leads)
	require.Len(t, done.Redacted, 4)
	again, err := s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	require.Zero(t, again)
}

func TestForgetWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	done, err := s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	require.Zero(t, done)
	_, what, err := s.TakeInLead(t.Context(), Lead{ExternalID: "1", Source: "web", Email: ada}, openTo("C1"))
	require.NoError(t, err)
	require.Equal(t, IntakeForgotten, what)
}

func TestForgettingRacesWithComingIn(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, what, err := s.TakeInLead(t.Context(), Lead{ExternalID: "1", Source: "web", Email: ada}, func(l Lead) Judgement {
		if forgotten, err := s.IsForgotten(t.Context(), ada); err == nil && !forgotten { // between its reading and its commit
			_, err := another(s).ForgetPerson(t.Context(), ada)
			require.NoError(t, err)
		}
		return openTo("C1")(l)
	})
	require.NoError(t, err)
	require.Equal(t, IntakeForgotten, what)
}

func TestACardOnItsWayIsEmptiedToo(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, _, err := s.TakeInLead(t.Context(), Lead{ExternalID: "1", Source: "web", Email: ada}, openTo("C1"))
	require.NoError(t, err)
	onItsWay := sendable(t, s)
	require.Len(t, onItsWay, 1)
	_, err = s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	_, err = s.FinishItem(t.Context(), onItsWay[0], "C1 1.1", unpaced)
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))
}

func TestAnAddressMayBeWhatTheSenderCallsALead(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := Lead{ExternalID: "Ada@Brackenmoor.example", Source: "fair", Name: "Ada Stone"}
	lead, _, err := s.TakeInLead(t.Context(), in, openTo("C1"))
	require.NoError(t, err)
	done, err := s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	require.Equal(t, Forgotten{Leads: []string{lead.ID}}, done)
	_, what, err := s.TakeInLead(t.Context(), in, openTo("C1"))
	require.NoError(t, err)
	require.Equal(t, IntakeForgotten, what)
}

func TestAForgottenLeadCannotBeWorkedOn(t *testing.T) {
	t.Parallel()
	s, lead, _, _ := lived(t)
	_, err := s.ForgetPerson(t.Context(), ada)
	require.NoError(t, err)
	_, err = s.ClaimLead(t.Context(), "", lead.ID, "URAJ", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict)
	_, err = s.ConvertLead(t.Context(), "", lead.ID, ByCRM, Deal{}, LeadDesk{})
	require.ErrorIs(t, err, ErrConflict)
	_, err = s.RouteLead(t.Context(), "", lead.ID, "UMIA", "", "C9", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict)
}

func TestExport(t *testing.T) {
	t.Parallel()
	s, lead, other, f := lived(t)
	got, err := s.ExportPerson(t.Context(), ada)
	require.NoError(t, err)
	require.Len(t, got.Leads, 1)
	require.Equal(t, lead.ID, got.Leads[0].Lead.ID)
	require.Len(t, got.Leads[0].History, 4)
	require.ElementsMatch(t, []string{"email: " + ada, "web: 1", "fair: 9"}, got.Leads[0].KnownAs)
	var where []string
	for _, m := range got.Mentions {
		where = append(where, m.Where)
	}
	require.ElementsMatch(t, []string{other.ID, f.ID, "G-1", "a message on its way"}, where)
	require.False(t, got.Forgotten)
}

func TestOldLeadsAreForgotten(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	const year = 365 * 24 * time.Hour
	var ids []string
	for i := range 7 {
		in := webLead(string(rune('a' + i)))
		if i == 6 { // held, and in touch lately
			in.Touches = []Touch{{At: start.Add(year), Kind: "page"}}
		}
		l, _, err := s.TakeInLead(t.Context(), in, func(Lead) Judgement { return Judgement{Qualified: i < 2, Channel: "C1"} })
		require.NoError(t, err)
		ids = append(ids, l.ID)
	}
	_, err := s.ReturnLead(t.Context(), "", ids[0], Return{Reason: "no need", By: "URAJ"}, false, LeadDesk{})
	require.NoError(t, err)
	clock.Advance(year + 24*time.Hour)
	require.NoError(t, s.KeepsRetention(t.Context()))
	rounds := 0
	for {
		timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		if len(timers) == 0 {
			break
		}
		require.Equal(t, RetentionTimer, timers[0].Name)
		require.NoError(t, s.ForgetOldLeads(t.Context(), timers[0], year, 2))
		rounds++
		clock.Advance(2 * time.Minute)
	}
	require.Equal(t, 3, rounds, "two at a time")
	for i, id := range ids {
		l, err := s.Lead(t.Context(), id)
		require.NoError(t, err)
		old := i != 1 && i != 6 // that one is open still, this one was in touch
		require.Equal(t, old, l.Status == LeadForgotten, i)
	}
	_, what, err := s.TakeInLead(t.Context(), webLead("a"), openTo("C1"))
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what, "nobody asked to be forgotten")
}

func TestWhereAnAddressStands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"alone", "ada@x.example", "[removed]"},
		{"in other letters", "ADA@X.example", "[removed]"},
		{"at the end of a sentence", "Ask ada@x.example. Soon", "Ask [removed]. Soon"},
		{"in brackets", "<ada@x.example>", "<[removed]>"},
		{"as a link", "mailto:ada@x.example", "mailto:[removed]"},
		{"twice", "ada@x.example,ada@x.example", "[removed],[removed]"},
		{"at the end of another", "joada@x.example jo.ada@x.example jo+ada@x.example", "joada@x.example jo.ada@x.example jo+ada@x.example"},
		{"at the beginning of another", "ada@x.example.org ada@x.examples", "ada@x.example.org ada@x.examples"},
		{"after an escaped line break", `{"a":"Hi\nada@x.example"}`, `{"a":"Hi\n[removed]"}`},
		{"as a name in JSON", `{"ada@x.example":[1,{"b":"ADA@x.example"}]}`, `{"[removed]":[1,{"b":"[removed]"}]}`},
		{"in what is no JSON", `{ada@x.example`, `{[removed]`},
		{"before JSON", "lead:L-1\n12\n{\"a\":\"ada@x.example <b>\"}", "lead:L-1\n12\n{\"a\":\"[removed] <b>\"}"},
		{"nowhere", `{"n":12345678901234567890}`, `{"n":12345678901234567890}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, redacted(c.text, "ada@x.example"))
			require.Equal(t, c.text != c.want, mentions(c.text, "ada@x.example"))
		})
	}
}

func TestRedactedTextsDoNotMentionTheAddress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{ada, "ADA@", "x", ".", " ", "<", "\x00", "é", "{", "\"", "@brackenmoor.example", "\n"})).Draw(t, "parts")
		text := strings.Join(parts, "")
		clean := redacted(text, ada)
		require.False(t, mentions(clean, ada), "%q", clean)
	})
}
