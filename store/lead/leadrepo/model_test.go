package leadrepo

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// modelLead is what the model knows of a lead.
type modelLead struct {
	employees, touches                        int
	status                                    lead.Status
	owner                                     string
	contacted                                 bool
	announced, owners, passed, snoozes, steps int
	since                                     time.Time // the clock runs from here
	spent                                     time.Duration
	deal                                      lead.Deal
	followUp, returned                        time.Time
}

// The terms of the model: five minutes to be claimed, an hour to be contacted,
// around the clock. What waits too long goes to U3, who has a turn whenever
// somebody else lets a lead wait.
const (
	modelClaim, modelContact = 5 * time.Minute, time.Hour
	turnTaker                = "U3"
)

// modelPassed is how often a lead is passed to somebody else.
const modelPassed = 2

// modelIntake lets leads with 50 employees qualify, and has them open to claim.
func modelIntake() lead.Policy { return modelOffice().policy() }

func modelOffice() office {
	return office{when: "lead.employees >= 50", route: "all", claim: modelClaim, contact: modelContact, manager: "U9"}
}

// modelWork is the policy under which leads are worked on.
func modelWork() lead.Policy {
	o := modelOffice()
	o.turns = []lead.OwnerSpec{{User: turnTaker}}
	return o.policy()
}

// quarters are when the steps are due, in quarters of the time allowed.
func (l *modelLead) quarters() []time.Duration {
	switch {
	case l.status == lead.Open:
		return []time.Duration{4, 8, 12}
	case l.status == lead.Claimed && !l.contacted:
		return []time.Duration{3, 4, 6, 8}
	}

	return nil
}

// next is when the next step is due; zero for never.
func (l *modelLead) next() time.Time {
	q, allowed := l.quarters(), modelClaim
	if l.status == lead.Claimed {
		allowed = modelContact
	}

	if l.steps >= len(q) {
		return time.Time{}
	}

	return l.since.Add(allowed/4*q[l.steps] - l.spent)
}

// restart begins the clock anew.
func (l *modelLead) restart(now time.Time) { l.since, l.spent, l.steps = now, 0, 0 }

func (l *modelLead) give(to string, now time.Time) {
	if to != l.owner {
		l.owners++
		l.snoozes = 0
	}

	l.owner = to
	l.restart(now)
}

// open announces a lead that was not before sales.
func (l *modelLead) open(now time.Time) {
	*l = modelLead{employees: l.employees, touches: l.touches, status: lead.Open, announced: l.announced + 1, owners: l.owners, returned: l.returned}
	l.restart(now)
}

// step is the next thing done about a lead that waits.
func (l *modelLead) step(now time.Time) {
	q := l.quarters()
	l.steps++
	if l.steps < len(q) {
		return
	}

	switch {
	case l.passed < modelPassed && l.owner != turnTaker:
		l.status = lead.Claimed
		l.passed++
		l.give(turnTaker, now)
	case l.status == lead.Claimed:
		l.status, l.owner, l.snoozes = lead.Open, "", 0
		l.restart(now)
	}
}

// leadModel is a workspace of leads, and the model of it.
type leadModel struct {
	*world
	leads map[string]*modelLead // by the sender's ID
	ids   map[string]string     // the sender's ID by ours
	woken []store.Timer         // settled long ago
}

func (m *leadModel) now() time.Time { return m.clock.Now().UTC() }

var modelPeople = []string{"U1", "U2", turnTaker}

// do makes a request about a lead. may changes the model when the request is
// allowed, and tells whether it is.
func (m *leadModel) do(t *rapid.T, kind string, may func(l *modelLead, who string) bool, call func(s *workspace, op, id, who string) (lead.Lead, error)) {
	if len(m.ids) == 0 {
		t.Skip("no leads yet")
	}

	id := rapid.SampledFrom(slices.Sorted(maps.Keys(m.ids))).Draw(t, "lead")
	who := rapid.SampledFrom(modelPeople).Draw(t, "who")

	op, before, repeated := m.op(t, kind)
	if repeated {
		id = before.id
	}

	l := m.leads[m.ids[id]]
	got, err := call(m.store(t), op, id, who)
	switch {
	case repeated:
		require.ErrorIs(t, err, errs.ErrDuplicate)
	case may(l, who):
		require.NoError(t, err)
		m.answers[op] = answer{id}
	default:
		require.ErrorIs(t, err, errs.ErrConflict)
	}

	m.same(t, l, got)
}

// same holds a lead against its model.
func (m *leadModel) same(t require.TestingT, l *modelLead, got lead.Lead) {
	stored := modelLead{got.Employees, len(got.Touches), got.Status, got.Owner, !got.ContactedAt.IsZero(),
		got.Announcements, got.OwnerCount, got.Passed, got.Snoozes, l.steps, l.since, l.spent, got.Deal, l.followUp, got.ReturnedAt}
	require.Equal(t, *l, stored)
	require.Equal(t, l.next(), got.Clock.Next)
	require.Equal(t, l.followUp, got.Timers()[lead.FollowUpTimer])
}

func (m *leadModel) takeIn(t *rapid.T) {
	sender := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "sender's ID")

	in := webLead(sender)
	in.Employees = rapid.SampledFrom([]int{0, 10, 80}).Draw(t, "employees")
	in.Touches = make([]lead.Touch, rapid.IntRange(0, 3).Draw(t, "touches"))
	for i := range in.Touches {
		in.Touches[i] = lead.Touch{At: touchedAt(i), Kind: "page"}
	}

	got, what, err := m.store(t).TakeIn(t.Context(), "", in, modelIntake())
	require.NoError(t, err)
	require.Equal(t, m.takenIn(sender, in), what)
	m.ids[got.ID] = sender
	m.same(t, m.leads[sender], got)
}

// touchedAt is when a lead was in touch: before or after it is returned.
func touchedAt(i int) time.Time { return start.Add(time.Duration(i) * 2 * time.Hour) }

// takenIn is what taking in a lead means.
func (m *leadModel) takenIn(sender string, in lead.Lead) lead.Intake {
	l, known := m.leads[sender]
	if !known {
		l = &modelLead{employees: in.Employees, touches: len(in.Touches), status: lead.Held}
		m.leads[sender] = l

		if in.Employees < 50 {
			return lead.IntakeHeld
		}

		l.open(m.now())
		return lead.IntakeOpen
	}

	touched := len(in.Touches) > l.touches
	if !touched && (in.Employees == 0 || in.Employees == l.employees) {
		return lead.IntakeDuplicate
	}

	since := touched && touchedAt(len(in.Touches)-1).After(l.returned)
	l.touches = max(l.touches, len(in.Touches))
	if in.Employees != 0 {
		l.employees = in.Employees
	}

	if l.employees >= 50 && (l.status == lead.Held || (l.status == lead.Rejected || l.status == lead.Recycled) && since) {
		l.open(m.now())
		return lead.IntakeOpen
	}

	return lead.IntakeUpdated
}

func (m *leadModel) claim(t *rapid.T) {
	m.do(t, "claim", func(l *modelLead, who string) bool {
		if l.status != lead.Open {
			return false
		}

		l.status = lead.Claimed
		l.give(who, m.now())
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		return s.Claim(t.Context(), op, id, who, modelWork())
	})
}

func (m *leadModel) release(t *rapid.T) {
	m.do(t, "release", func(l *modelLead, who string) bool {
		if l.owner != who || l.status == lead.Converted {
			return false
		}

		l.status, l.owner, l.snoozes, l.contacted = lead.Open, "", 0, false
		l.restart(m.now())
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		return s.Release(t.Context(), op, id, who, modelWork())
	})
}

func (m *leadModel) contact(t *rapid.T) {
	m.do(t, "contact", func(l *modelLead, who string) bool {
		if l.owner != who || l.status != lead.Claimed || l.contacted {
			return false
		}

		l.contacted = true
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		return s.Contact(t.Context(), op, id, who, modelWork())
	})
}

func (m *leadModel) accept(t *rapid.T) {
	m.do(t, "accept", func(l *modelLead, who string) bool {
		if l.owner != who || l.status != lead.Claimed {
			return false
		}

		l.contacted, l.status = true, lead.Accepted
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		return s.Accept(t.Context(), op, id, who, modelWork())
	})
}

func (m *leadModel) reassign(t *rapid.T) {
	m.do(t, "reassign", func(l *modelLead, to string) bool {
		if !l.status.Announced() || l.owner == to {
			return false
		}

		if l.status != lead.Accepted {
			l.status, l.contacted = lead.Claimed, false
		}

		l.give(to, m.now())
		return true
	}, func(s *workspace, op, id, to string) (lead.Lead, error) {
		return s.Reassign(t.Context(), op, id, "U9", to, modelWork())
	})
}

func (m *leadModel) snooze(t *rapid.T) {
	until := m.now().Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
	m.do(t, "snooze", func(l *modelLead, who string) bool {
		if l.owner != who || l.status != lead.Claimed || l.contacted {
			return false
		}

		l.snoozes++
		l.spent += max(0, m.now().Sub(l.since))
		l.since = until
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		l, err := s.Lead(t.Context(), id)
		require.NoError(t, err)

		if l.Snoozes >= lead.MaxSnoozes { // refused with words of its own
			return l, errs.ErrConflict
		}

		return s.Snooze(t.Context(), op, id, who, until, modelWork())
	})
}

func (m *leadModel) returned(t *rapid.T) {
	r := lead.Return{Reason: "no budget"}
	if rapid.Bool().Draw(t, "follow up") {
		r.FollowUp = m.now().Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
	}

	nurture, crm := rapid.Bool().Draw(t, "nurture"), rapid.IntRange(0, 3).Draw(t, "crm") == 0
	m.do(t, "return", func(l *modelLead, who string) bool {
		if !l.status.Announced() || l.owner != "" && l.owner != who && !crm {
			return false
		}

		l.status, l.owner, l.snoozes, l.followUp, l.returned = lead.Rejected, "", 0, r.FollowUp, m.now()
		if nurture {
			l.status = lead.Recycled
		}

		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		if r.By = who; crm {
			r.By = lead.ByCRM
		}

		return s.ToMarketing(t.Context(), op, id, r, nurture, modelWork())
	})
}

func (m *leadModel) convert(t *rapid.T) {
	crm, deal := rapid.IntRange(0, 3).Draw(t, "crm") == 0, lead.Deal{Cents: int64(rapid.IntRange(0, 2).Draw(t, "cents")), Currency: "EUR"}
	m.do(t, "convert", func(l *modelLead, who string) bool {
		if l.status == lead.Held || !crm && l.owner != who || l.status == lead.Converted && l.deal == deal {
			return false
		}

		l.contacted = l.contacted || l.owner != ""
		l.status, l.deal, l.followUp = lead.Converted, deal, time.Time{}
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		if crm {
			who = lead.ByCRM
		}

		return s.Convert(t.Context(), op, id, who, deal, modelWork())
	})
}

func (m *leadModel) route(t *rapid.T) {
	m.do(t, "route", func(l *modelLead, _ string) bool {
		if l.status != lead.Rejected && l.status != lead.Recycled {
			return false
		}

		l.open(m.now())
		return true
	}, func(s *workspace, op, id, _ string) (lead.Lead, error) {
		return s.Elsewhere(t.Context(), op, id, "U8", "all", "C1", modelWork())
	})
}

// pass lets time pass, and everything happen that is due.
func (m *leadModel) pass(t *rapid.T) {
	m.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)

	for {
		timers, _, err := m.store(t).store.LeaseTimers(t.Context(), 100, time.Minute)
		require.NoError(t, err)

		if len(timers) == 0 {
			break
		}

		for _, timer := range timers {
			m.wake(t, timer)
			m.woken = append(m.woken, timer)
		}
	}

	for _, l := range m.leads {
		require.False(t, !l.next().IsZero() && !l.next().After(m.now()), "a step was due")
		require.False(t, !l.followUp.IsZero() && !l.followUp.After(m.now()), "a follow-up was due")
	}
}

func (m *leadModel) wake(t *rapid.T, timer store.Timer) {
	l := m.leads[m.ids[timer.Ref]]
	switch timer.Name {
	case lead.ReturnsTimer:
		require.NoError(t, m.store(t).Digest(t.Context(), timer, 10, modelWork()))
		return
	case lead.FollowUpTimer:
		told, policy := 0, modelWork()
		policy.Words.FollowUp = func(lead.Lead) (json.RawMessage, error) { told++; return nil, nil }
		require.NoError(t, m.store(t).FollowUp(t.Context(), timer, policy))
		require.Equal(t, 1, told)
		l.followUp = time.Time{}
		return
	}

	require.False(t, l.next().IsZero() || l.next().After(m.now()), "nothing is due")
	require.NoError(t, m.store(t).Escalate(t.Context(), timer, modelWork()))
	l.step(m.now())
}

// late wakes a timer that was settled long ago, as a process does that was
// asleep.
func (m *leadModel) late(t *rapid.T) {
	if len(m.woken) == 0 {
		t.Skip("no timer was woken yet")
	}

	timer := rapid.SampledFrom(m.woken).Draw(t, "timer")
	switch timer.Name {
	case lead.SLATimer:
		require.NoError(t, m.store(t).Escalate(t.Context(), timer, modelWork()))
	case lead.FollowUpTimer:
		require.NoError(t, m.store(t).FollowUp(t.Context(), timer, modelWork()))
	default:
		require.NoError(t, m.store(t).Digest(t.Context(), timer, 10, modelWork()))
	}
}

func TestLeadsAgreeWithAModel(t *testing.T) {
	t.Parallel()
	rdb := storetest.Connect(t, redisURL)
	rapid.Check(t, func(t *rapid.T) {
		m := &leadModel{world: newWorld(rdb), leads: map[string]*modelLead{}, ids: map[string]string{}}
		t.Repeat(map[string]func(*rapid.T){
			"take in": m.takeIn, "claim": m.claim, "release": m.release, "contact": m.contact, "accept": m.accept,
			"reassign": m.reassign, "snooze": m.snooze, "return": m.returned, "convert": m.convert, "route": m.route,
			"time passes": m.pass, "a late timer": m.late,
			"": func(t *rapid.T) {
				for id, sender := range m.ids {
					got, err := m.replicas[0].Lead(t.Context(), id)
					require.NoError(t, err)
					m.same(t, m.leads[sender], got)
				}
			},
		})
		m.consistent(t)
	})
}
