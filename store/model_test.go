package store

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The properties below run random operations of several replicas against one
// workspace, requests repeated among them, and compare what comes of it with a
// plain model in memory. In the end the workspace must not contradict itself.

// world is what every model is tried on.
type world struct {
	clock    *clockwork.FakeClock
	replicas []*Store
	asked    int
	answers  map[string]answer // what each request brought about, by its dedupe key
}

// answer is what a request brought about.
type answer struct{ id string }

func newWorld() *world {
	w := &world{clock: clockwork.NewFakeClockAt(start), answers: map[string]answer{}}
	w.replicas = []*Store{New(testConn, newTeam(), w.clock)}
	for range 2 {
		w.replicas = append(w.replicas, another(w.replicas[0]))
	}
	return w
}

// store is one of the replicas.
func (w *world) store(t *rapid.T) *Store { return rapid.SampledFrom(w.replicas).Draw(t, "replica") }

// op is the dedupe key of a new request or of one that was carried out before.
func (w *world) op(t *rapid.T, kind string) (op string, before answer, repeated bool) {
	var known []string
	for _, op := range slices.Sorted(maps.Keys(w.answers)) {
		if len(op) > len(kind) && op[:len(kind)] == kind {
			known = append(known, op)
		}
	}
	if len(known) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
		op := rapid.SampledFrom(known).Draw(t, "op")
		return op, w.answers[op], true
	}
	w.asked++
	return fmt.Sprintf("%s %d", kind, w.asked), answer{}, false
}

func (w *world) consistent(t *rapid.T) {
	require.NoError(t, w.replicas[0].CheckInvariants(t.Context()))
}

// modelLead is what the model knows of a lead.
type modelLead struct {
	status    LeadStatus
	owner     string
	employees int
	touches   int
	timer     bool
}

func TestLeadsAgreeWithAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		leads := map[string]*modelLead{} // by the sender's ID
		ids := map[string]string{}       // the sender's ID by ours
		people := []string{"U1", "U2", "U3"}
		pick := func(t *rapid.T) (string, *modelLead) {
			if len(leads) == 0 {
				t.Skip("no leads yet")
			}
			id := rapid.SampledFrom(slices.Sorted(maps.Keys(ids))).Draw(t, "lead")
			return id, leads[ids[id]]
		}
		// move is a request that changes a lead's status when may allows it.
		move := func(t *rapid.T, kind string, may func(l *modelLead, who string) bool, to LeadStatus,
			call func(s *Store, op, id, who string) (Lead, error)) {
			id, _ := pick(t)
			who := rapid.SampledFrom(people).Draw(t, "who")
			op, before, repeated := w.op(t, kind)
			if repeated {
				id = before.id
			}
			l := leads[ids[id]]
			got, err := call(w.store(t), op, id, who)
			switch {
			case repeated:
				require.ErrorIs(t, err, ErrDuplicate)
			case !may(l, who):
				require.ErrorIs(t, err, ErrConflict)
			default:
				require.NoError(t, err)
				w.answers[op] = answer{id}
				l.status, l.owner = to, ""
				if to.Owned() {
					l.owner = who
				}
				l.timer = l.timer && to == LeadOpen
			}
			require.Equal(t, l.status, got.Status)
			require.Equal(t, l.owner, got.Owner)
		}
		t.Repeat(map[string]func(*rapid.T){
			"take in": func(t *rapid.T) {
				sender := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "sender's ID")
				in := webLead(sender)
				in.Employees = rapid.SampledFrom([]int{0, 10, 80}).Draw(t, "employees")
				in.Touches = make([]Touch, rapid.IntRange(0, 3).Draw(t, "touches"))
				for i := range in.Touches {
					in.Touches[i] = Touch{At: start.Add(time.Duration(i) * time.Second), Kind: "page"}
				}
				got, what, err := w.store(t).TakeInLead(t.Context(), in, largeQualify)
				require.NoError(t, err)
				require.Equal(t, modelTakeIn(leads, sender, in), what)
				ids[got.ID] = sender
				l := leads[sender]
				require.Equal(t, *l, modelLead{got.Status, got.Owner, got.Employees, len(got.Touches), l.timer})
			},
			"claim": func(t *rapid.T) {
				move(t, "claim", func(l *modelLead, _ string) bool { return l.status == LeadOpen }, LeadClaimed,
					func(s *Store, op, id, who string) (Lead, error) { return s.ClaimLead(t.Context(), op, id, who) })
			},
			"release": func(t *rapid.T) {
				move(t, "release", func(l *modelLead, who string) bool { return l.status == LeadClaimed && l.owner == who }, LeadOpen,
					func(s *Store, op, id, who string) (Lead, error) {
						return s.ReleaseLead(t.Context(), op, id, who, time.Time{})
					})
			},
			"reject": func(t *rapid.T) {
				move(t, "reject", func(l *modelLead, _ string) bool { return l.status == LeadClaimed || l.status == LeadAccepted }, LeadRejected,
					func(s *Store, op, id, _ string) (Lead, error) {
						return s.moveLead(t.Context(), op, id, LeadRejected, func(*change, *Lead) error { return nil }, nil)
					})
			},
			"remind": func(t *rapid.T) {
				w.clock.Advance(5 * time.Minute)
				timers, _, err := w.store(t).LeaseTimers(t.Context(), 100, time.Minute)
				require.NoError(t, err)
				for _, timer := range timers {
					l, reminded := leads[ids[timer.Ref]], false
					require.True(t, l.timer)
					require.NoError(t, w.store(t).RemindOfLead(t.Context(), timer, func(Lead) ([]Item, error) {
						reminded = true
						return nil, nil
					}))
					require.Equal(t, l.status == LeadOpen, reminded)
					l.timer = false
				}
				for _, l := range leads {
					require.False(t, l.timer, "every timer was due")
				}
			},
			"": func(t *rapid.T) {
				for id, sender := range ids {
					got, err := w.store(t).Lead(t.Context(), id)
					require.NoError(t, err)
					require.Equal(t, leads[sender].status, got.Status)
					require.Equal(t, leads[sender].owner, got.Owner)
				}
			},
		})
		w.consistent(t)
	})
}

// modelTakeIn is what taking in a lead means.
func modelTakeIn(leads map[string]*modelLead, sender string, in Lead) Intake {
	l, known := leads[sender]
	if !known {
		l = &modelLead{employees: in.Employees, touches: len(in.Touches), status: LeadHeld}
		leads[sender] = l
		if in.Employees < 50 {
			return IntakeHeld
		}
		l.status, l.timer = LeadOpen, true
		return IntakeOpen
	}
	touched := len(in.Touches) > l.touches
	if !touched && (in.Employees == 0 || in.Employees == l.employees) {
		return IntakeDuplicate
	}
	l.touches = max(l.touches, len(in.Touches))
	if in.Employees != 0 {
		l.employees = in.Employees
	}
	if l.employees >= 50 && (l.status == LeadHeld || (l.status == LeadRejected && touched)) {
		l.status, l.timer = LeadOpen, true
		return IntakeOpen
	}
	return IntakeUpdated
}
