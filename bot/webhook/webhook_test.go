package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/check"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/webhooks"
)

func TestAnEndpointIsToldWhatItAskedFor(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")
	l := h.lead("1")
	h.clock.Advance(4 * time.Minute)
	h.claim(l.ID, "U0RAJ")
	h.runs(h.sender(crm.endpoint("crm", "lead.claimed")))
	crm.wait(t, 1)
	require.Equal(t, []string{"lead.claimed"}, crm.types())
	var body struct {
		Type      string
		Timestamp time.Time
		Data      LeadData
	}
	require.NoError(t, json.Unmarshal([]byte(crm.bodies[0]), &body))
	require.Equal(t, LeadData{ID: l.ID, Source: "website", ExternalID: "1", Rev: 2, Status: lead.Claimed, Was: lead.Open,
		Owner: "U0RAJ", OwnerEmail: "u0raj@hushwatt.example", By: "U0RAJ", ClaimSeconds: &took{240, 240}}, body.Data)
	require.NotContains(t, crm.bodies[0], "Brackenmoor", "whose lead it is stays here: the sender knows")
}

func TestAnEventIsTriedAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")
	crm.answer = func(_ string, try int) (int, string) {
		return map[int]int{1: http.StatusInternalServerError, 2: http.StatusTooManyRequests}[try], map[int]string{2: "3600"}[try]
	}

	h.lead("1")
	h.runs(h.sender(crm.endpoint("crm", "lead.*")))
	crm.wait(t, 1)
	require.NoError(t, h.clock.BlockUntilContext(t.Context(), 1), "the sender rests")
	state, err := h.states.State(t.Context(), "crm")
	require.NoError(t, err)
	require.Equal(t, "status 500", state.Error)
	h.passes(retryDelays[0])
	crm.wait(t, 1)
	require.Eventually(t, func() bool {
		state, err = h.states.State(t.Context(), "crm")
		return err == nil && state.Fails == 2
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, h.clock.Now().Add(time.Hour), state.RestUntil, "what the endpoint asked for")

	for range int(time.Hour / renewEvery) {
		h.passes(renewEvery)
	}

	crm.wait(t, 1)
	require.Equal(t, []string{"lead.opened"}, crm.types())
	require.Equal(t, crm.ids[0], crm.ids[1])
	require.Equal(t, crm.ids[0], crm.ids[2])
}

func TestAnEventThatNobodyCanTakeHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")
	poison := ""
	crm.answer = func(id string, _ int) (int, string) {
		if poison == "" {
			poison = id
		}

		if id == poison {
			return http.StatusUnprocessableEntity, ""
		}

		return 0, ""
	}

	s := h.sender(crm.endpoint("crm", "lead.opened"))
	for i := range 3 {
		h.lead(fmt.Sprint(i))
	}

	lease, err := h.states.Lease(t.Context(), "crm", time.Hour)
	require.NoError(t, err)
	next, results, err := s.step(t.Context(), s.Endpoints[0], lease)
	require.NoError(t, err)
	require.Len(t, crm.types(), 2)
	require.False(t, next.Failing(), "it took others")

	for range retryDelays {
		require.NoError(t, h.states.RecordResults(t.Context(), next, results...))
		h.clock.Advance(9 * time.Hour)
		next, results, err = s.step(t.Context(), s.Endpoints[0], next)
		require.NoError(t, err)
		require.Len(t, results, 1)
	}

	require.True(t, results[0].GiveUp, "after as many tries as there are")
	require.NoError(t, h.states.RecordResults(t.Context(), next, results...))
	state, err := h.states.State(t.Context(), "crm")
	require.NoError(t, err)
	require.Equal(t, 1, state.Dead)
	require.Zero(t, state.Waiting)

	crm.answer = nil
	n, err := h.states.Replay(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NoError(t, check.Err(t.Context(), h.store))
	require.ErrorIs(t, h.states.RecordResults(t.Context(), next), errs.ErrConflict, "who has the lease loses it")
	h.runs(s)
	crm.wait(t, 0)
	require.Eventually(t, func() bool { return len(crm.types()) == 3 }, 10*time.Second, time.Millisecond)
}

func TestTheSpanOfTheTriesIsADay(t *testing.T) {
	t.Parallel()

	var all time.Duration
	for _, d := range retryDelays {
		all += d
	}

	require.InDelta(t, 24, all.Hours(), 0.5)
}

func TestADeadEndpointHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm", "dead")
	dead := httptest.NewServer(nil)
	dead.Close()
	gone := crm.endpoint("dead", "lead.*")
	gone.URL = dead.URL
	h.runs(h.sender(gone, crm.endpoint("crm", "lead.*")))

	for i := range 40 {
		h.lead(fmt.Sprint(i))
	}

	crm.wait(t, 40)
	require.Eventually(t, func() bool {
		state, err := h.states.State(t.Context(), "dead")
		return err == nil && state.Failing() && state.Error == "the connection was refused"
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, check.Err(t.Context(), h.store))
}

func TestReplicasShareAndLoseNothing(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")
	first := h.runs(h.sender(crm.endpoint("crm", "lead.opened")))
	h.lead("1")
	crm.wait(t, 1)
	h.runs(h.sender(crm.endpoint("crm", "lead.opened")))
	h.lead("2")
	crm.wait(t, 1)
	first() // it gives its lease up
	h.lead("3")
	require.NoError(t, h.clock.BlockUntilContext(t.Context(), 1))
	h.clock.Advance(othersLease)
	crm.wait(t, 1)
	require.Len(t, crm.types(), 3, "each once")
}

func TestAProcessThatDiesIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")
	e := crm.endpoint("crm", "lead.opened")

	h.lead("1")
	lease, err := h.states.Lease(t.Context(), "crm", leaseFor)
	require.NoError(t, err)
	_, results, err := h.sender(e).step(t.Context(), e, lease)
	require.NoError(t, err)
	require.Len(t, results, 1) // and it dies before it can note that
	_, err = h.states.Lease(t.Context(), "crm", leaseFor)
	require.ErrorIs(t, err, errs.ErrConflict, "its lease runs out first")
	h.clock.Advance(leaseFor + time.Second)
	h.runs(h.sender(e))
	crm.wait(t, 2)
	require.Equal(t, crm.ids[0], crm.ids[1], "told again, and known by its ID")
}

func TestWhatTheFeedHasLostIsSaid(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")
	h.lead("1")
	e := crm.endpoint("crm", "lead.opened")
	lease, err := h.states.Lease(t.Context(), "crm", leaseFor)
	require.NoError(t, err)
	lease.Cursor = "1000-1" // long trimmed away
	s := h.sender(e)
	next, results, err := s.step(t.Context(), e, lease)
	require.NoError(t, err)
	require.Empty(t, results)
	require.Equal(t, h.clock.Now(), next.Missed)
	_, results, err = s.step(t.Context(), e, next)
	require.NoError(t, err)
	require.Len(t, results, 1, "it goes on with what there is")
	require.Contains(t, h.log.String(), "events are lost to a webhook")
}

func TestRewind(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	h.begins("crm")

	for i := range 5 {
		h.lead(fmt.Sprint(i))
	}

	stop := h.runs(h.sender(crm.endpoint("crm", "lead.opened")))
	crm.wait(t, 5)
	stop()
	// The feed has the server's time, which is not that of the tests' clock.
	require.NoError(t, h.states.Rewind(t.Context(), "crm", time.Now().Add(-time.Hour)))
	h.runs(h.sender(crm.endpoint("crm", "lead.opened")))
	crm.wait(t, 5)
	require.ElementsMatch(t, crm.ids[:5], crm.ids[5:])
}

func TestWhoseDataIsGoneIsNotTold(t *testing.T) {
	t.Parallel()
	h, crm := newHouse(t), receive(t)
	e := crm.endpoint("crm", "lead.*")
	body, err := h.sender(e).payload(t.Context(), webhooks.Event{ID: "1-1", Kind: "lead.claimed", Ref: "lead:L-999#2"})
	require.ErrorIs(t, err, errs.ErrNotFound)
	require.Nil(t, body)
}

func TestWhereAWebhookMayGo(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, url, fault string
	}{
		{"https", "https://crm.example.com/hooks?tenant=3", ""},
		{"this machine", "http://localhost:9000/x", ""},
		{"this machine by number", "http://[::1]:9000/x", ""},
		{"plain http", "http://crm.example.com", "must begin with https://; http:// is for localhost only"},
		{"a private network without TLS", "http://10.0.0.7/hooks", "must begin with https://; http:// is for localhost only"},
		{"a password", "https://me:secret@crm.example.com", "must not hold a user or a password: requests are signed instead"},
		{"a file", "file:///etc/passwd", "must be a web address such as https://crm.example.com/hooks"},
		{"no host", "https:///x", "must be a web address such as https://crm.example.com/hooks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			err := CheckURL(c.url)
			if c.fault == "" {
				require.NoError(t, err)
				return
			}

			require.EqualError(t, err, c.fault)
		})
	}
}

func TestWhatANameMayLeadTo(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		place      string
		local, may bool
	}{
		{"93.184.215.14:443", false, true}, {"10.1.2.3:443", false, true}, {"[2001:db8::1]:443", false, true},
		{"127.0.0.1:443", false, false}, {"[::1]:443", false, false}, {"[::ffff:127.0.0.1]:443", false, false},
		{"169.254.169.254:443", false, false}, {"[fe80::1%eth0]:443", false, false}, {"0.0.0.0:443", false, false}, {"224.0.0.1:443", false, false},
		{"127.0.0.1:80", true, true}, {"93.184.215.14:80", true, false},
	} {
		t.Run(c.place, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.may, connectsTo(c.local)("tcp", c.place, nil) == nil)
		})
	}
}

func TestWhatGoesWrongIsSaidWithoutTheAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	elsewhere := receive(t)
	redirecting := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	t.Cleanup(redirecting.Close)

	for _, c := range []struct{ name, url, fault string }{
		{"a redirect", redirecting.URL, "status 302: redirects are not followed"},
		{"nobody there", "http://127.0.0.1:1/?token=geheim", "the connection was refused"},
		{"a name that leads here", "https://localtest.invalid/?token=geheim", "the name of the host is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := elsewhere.endpoint(c.name, "lead.*")
			e.URL = c.url
			s := h.sender(e)
			fault, _ := s.post(t.Context(), e, "1-1", []byte("{}"))
			require.Equal(t, c.fault, fault)
			require.Empty(t, elsewhere.types())
		})
	}
}

func TestOrderWithinARecord(t *testing.T) {
	t.Parallel()
	groups := byRecord([]webhooks.Event{{Ref: "lead:L-1#1"}, {Ref: "lead:L-2#1"}, {Ref: "lead:L-1#2"}, {Ref: "version:C-1@2"}, {Ref: "version:C-1@3"}})
	require.Equal(t, [][]int{{0, 2}, {1}, {3, 4}}, groups)
}

func TestKinds(t *testing.T) {
	t.Parallel()

	for _, kind := range Kinds() {
		area, name, _ := strings.Cut(kind, ".")
		require.Equal(t, name != "*", wants([]string{kind}, kind), kind)
		require.Equal(t, name != "*", wants([]string{area + ".*"}, kind), kind)
	}

	require.False(t, wants([]string{"lead.*"}, "feedback.new"))
	require.False(t, wants([]string{"lead.claimed"}, "lead.opened"))
	require.False(t, wants([]string{"asset"}, "asset"), "our own business")
}
