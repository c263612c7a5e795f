package feedbackrepo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/storetest"
)

// modelPiece is what the model knows of a piece of feedback.
type modelPiece struct {
	id, reporter string
	status       feedback.Status
	steps        int
	open         int // the step whose question waits for an answer, 0 for none
	joined       string
	members      []string // in the order in which they were joined
	deleted      bool
}

// triageWorld is a world with feedback in it.
type triageWorld struct {
	*world
	pieces map[string]*modelPiece
}

func (w *triageWorld) pick(t *rapid.T, what string) *modelPiece {
	if len(w.pieces) == 0 {
		t.Skip("no feedback yet")
	}

	return w.pieces[rapid.SampledFrom(slices.Sorted(maps.Keys(w.pieces))).Draw(t, what)]
}

// heard drains the outbox and tells who was told of what, as "U1 F-7/step-1".
func (w *triageWorld) heard(t *rapid.T) []string {
	var told []string
	for _, sent := range drain(t, w.replicas[0]) {
		if person, card, _ := strings.Cut(sent, " feedback:"); strings.Contains(card, "/step-") {
			told = append(told, person+" "+card)
		}
	}

	slices.Sort(told)
	return told
}

// takes has a piece of the model take a step, and those joined to it, where it is
// a change of status. It returns who is to be told.
func (w *triageWorld) takes(p *modelPiece, to feedback.Status) []string {
	p.steps++
	p.status = to
	told := []string{fmt.Sprintf("%s %s/step-%d", p.reporter, p.id, p.steps)}
	if p.deleted {
		told = nil
	}

	spoken := map[string]bool{p.reporter: !p.deleted}
	for _, id := range p.members {
		other := w.pieces[id]
		first := !spoken[other.reporter]
		spoken[other.reporter] = true
		if other.status == to {
			continue
		}

		other.steps++
		other.status = to
		if first {
			told = append(told, fmt.Sprintf("%s %s/step-%d", other.reporter, id, other.steps))
		}
	}

	slices.Sort(told)
	return told
}

// catchUp wakes what is due, some of it on two replicas at once.
func (w *triageWorld) catchUp(t *rapid.T) {
	w.clock.Advance(time.Second)
	timers, _, err := w.store(t).store.LeaseTimers(t.Context(), 100, time.Minute)
	require.NoError(t, err)

	for _, timer := range timers {
		if timer.Name == feedback.CatchUpTimer {
			require.NoError(t, w.store(t).CatchUp(t.Context(), timer))
			require.NoError(t, w.store(t).CatchUp(t.Context(), timer))
		}
	}
}

func (w *triageWorld) add(t *rapid.T) {
	reporter := rapid.SampledFrom([]string{"U1", "U2", "U3"}).Draw(t, "who")
	f, err := w.store(t).Add(t.Context(), "", feedback.Piece{Words: "some", Reporter: reporter}, "C1")
	require.NoError(t, err)
	w.pieces[f.ID] = &modelPiece{id: f.ID, reporter: reporter, status: feedback.New}
	require.Empty(t, w.heard(t))
}

func (w *triageWorld) triage(t *rapid.T) {
	p := w.pick(t, "piece")
	step := feedback.Step{Status: rapid.SampledFrom(feedback.Statuses).Draw(t, "to"), By: "U9"}
	may := slices.Contains(p.status.To(), step.Status)
	if rapid.Bool().Draw(t, "ask") {
		step.Question, step.Status = "who?", feedback.Piece{Status: p.status}.Asked()
		may = !p.status.Closed() && !p.deleted
	}

	seen := p.steps - rapid.IntRange(0, 1).Draw(t, "late")
	op, before, repeated := w.op(t, "triage")
	if repeated {
		p = w.pieces[before.id]
	}

	got, err := w.store(t).Triage(t.Context(), op, p.id, step, seen, "C1")
	switch {
	case repeated:
		require.ErrorIs(t, err, errs.ErrDuplicate)
	case p.deleted && len(p.members) == 0 || p.joined != "" || seen != p.steps || !may:
		require.ErrorIs(t, err, errs.ErrConflict)
	default:
		require.NoError(t, err)
		w.answers[op] = answer{p.id}
		w.catchUp(t)

		same := step.Status == p.status
		told := []string{fmt.Sprintf("%s %s/step-%d", p.reporter, p.id, p.steps+1)}
		if same {
			p.steps++
		} else {
			told = w.takes(p, step.Status)
		}

		if step.Question != "" {
			p.open = p.steps
		}

		require.Equal(t, told, w.heard(t), "everybody hears once")
	}

	require.Equal(t, p.status, got.Status)
}

func (w *triageWorld) answer(t *rapid.T) {
	p := w.pick(t, "piece")

	by := rapid.SampledFrom([]string{"U1", "U2", "U3"}).Draw(t, "by")
	step := rapid.IntRange(0, p.steps+1).Draw(t, "step")
	_, err := w.store(t).Answer(t.Context(), "", p.id, step, by, "me", "C1")
	if p.deleted || p.open == 0 || step != p.open || by != p.reporter {
		if err == nil { // an earlier question that nobody has answered
			require.Equal(t, p.reporter, by)
			return
		}

		require.ErrorIs(t, err, errs.ErrConflict)
		return
	}

	require.NoError(t, err)
	p.open = 0
}

func (w *triageWorld) join(t *rapid.T) {
	p, with := w.pick(t, "piece"), w.pick(t, "with")
	if with.joined != "" {
		with = w.pieces[with.joined]
	}

	_, err := w.store(t).Join(t.Context(), "", p.id, with.id, "C1")
	if p.deleted || with.deleted || p == with || p.joined != "" || len(p.members) > 0 {
		require.ErrorIs(t, err, errs.ErrConflict)
		return
	}

	require.NoError(t, err)

	first := with.reporter != p.reporter
	for _, id := range with.members {
		first = first && w.pieces[id].reporter != p.reporter
	}

	p.joined, with.members = with.id, append(with.members, p.id)
	var told []string
	if with.steps > 0 && with.status != p.status {
		p.status = with.status
		if p.steps++; first {
			told = []string{fmt.Sprintf("%s %s/step-%d", p.reporter, p.id, p.steps)}
		}
	}

	require.Equal(t, told, w.heard(t))
}

// part takes a piece out of those it is joined with, in the model.
func (w *triageWorld) part(p *modelPiece) {
	if p.joined == "" {
		return
	}

	primary := w.pieces[p.joined]
	primary.members = slices.DeleteFunc(primary.members, func(id string) bool { return id == p.id })
	p.joined = ""
}

func (w *triageWorld) split(t *rapid.T) {
	p := w.pick(t, "piece")
	_, err := w.store(t).Split(t.Context(), "", p.id, "C1")
	if p.joined == "" {
		require.ErrorIs(t, err, errs.ErrConflict)
		return
	}

	require.NoError(t, err)
	w.part(p)
}

func (w *triageWorld) delete(t *rapid.T) {
	p := w.pick(t, "piece")
	_, err := w.store(t).Delete(t.Context(), "", p.id, "C1")
	if p.deleted {
		require.ErrorIs(t, err, errs.ErrConflict)
		return
	}

	require.NoError(t, err)
	w.part(p)

	p.deleted, p.open = true, 0
	if len(p.members) == 0 {
		p.steps = 0
	}
}

func TestTriageAgreesWithAModel(t *testing.T) {
	t.Parallel()
	rdb := storetest.Connect(t, redisURL)
	rapid.Check(t, func(t *rapid.T) {
		w := &triageWorld{newWorld(rdb), map[string]*modelPiece{}}
		t.Repeat(map[string]func(*rapid.T){
			"add": w.add, "triage": w.triage, "answer": w.answer, "join": w.join, "split": w.split, "delete": w.delete,
			"": func(t *rapid.T) {
				for id, p := range w.pieces {
					got, err := w.store(t).Piece(t.Context(), id)
					require.NoError(t, err)
					require.Equal(t, p.status, got.Status)
					require.Equal(t, p.joined, got.Primary)
					require.Equal(t, len(p.members), got.Members)
					require.Equal(t, p.deleted, !got.Deleted.IsZero())
				}

				for _, status := range feedback.Statuses {
					w.inboxHolds(t, status)
				}
			},
		})
		w.consistent(t)
	})
}

// inboxHolds compares a part of the inbox with the model.
func (w *triageWorld) inboxHolds(t *rapid.T, status feedback.Status) {
	var want, have []string
	for id, p := range w.pieces {
		if p.status == status && p.joined == "" && (!p.deleted || len(p.members) > 0) {
			want = append(want, id)
		}
	}

	for from := ""; ; {
		found, next, err := w.store(t).Find(t.Context(), feedback.Filter{Status: status}, from, 2)
		require.NoError(t, err)

		for _, f := range found {
			have = append(have, f.ID)
		}

		if from = next; from == "" {
			break
		}
	}

	require.ElementsMatch(t, want, have)
}
