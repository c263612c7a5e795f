package feedback_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// inbox carries transitions out on pieces in memory, at random. The repository
// does the same with pieces in Redis.
type inbox struct {
	now    time.Time
	pieces map[string]feedback.Piece
	people map[string]map[string][]string // of each group, by person
	taken  map[string]int                 // how many of its primary piece's steps a joined piece has taken
	told   map[string][]string            // each person's steps, as "F-7/2"
}

func (b *inbox) pick(t *rapid.T, what string) feedback.Piece {
	if len(b.pieces) == 0 {
		t.Skip("no feedback yet")
	}

	return b.pieces[rapid.SampledFrom(slices.Sorted(maps.Keys(b.pieces))).Draw(t, what)]
}

// groupOf is the group that a piece is in.
func (b *inbox) groupOf(p feedback.Piece) feedback.Group {
	primary := p
	if p.Primary != "" {
		primary = b.pieces[p.Primary]
	}

	return feedback.Group{Primary: primary, ByPerson: b.people[primary.ID]}
}

// apply stores what a transition made of a piece; err is its error.
func (b *inbox) apply(t *rapid.T, was feedback.Piece, c feedback.Change, err error) {
	if err != nil {
		require.ErrorIs(t, err, errs.ErrConflict)
		return
	}

	if c.Group != nil {
		primary := c.Group.Primary
		if primary.ID != c.New.ID {
			b.pieces[primary.ID] = primary
		}

		b.people[primary.ID] = maps.Clone(c.Group.ByPerson)
		maps.DeleteFunc(b.people[primary.ID], func(_ string, ids []string) bool { return len(ids) == 0 })

		if primary.Members == 0 {
			delete(b.people, primary.ID)
		}
	}

	if was.Primary == "" && c.New.Primary != "" {
		b.taken[c.New.ID] = len(b.pieces[c.New.Primary].Steps)
	}

	b.pieces[c.New.ID] = c.New
	for _, step := range c.Notify {
		require.NotEmpty(t, c.New.Reporter)
		b.told[c.New.Reporter] = append(b.told[c.New.Reporter], fmt.Sprintf("%s/%d", c.New.ID, step))
	}

	if c.Spread {
		b.catchUp(t, c.New)
	}
}

// catchUp has all that are joined to a piece take its steps.
func (b *inbox) catchUp(t *rapid.T, primary feedback.Piece) {
	for _, id := range slices.Sorted(maps.Keys(b.pieces)) {
		p := b.pieces[id]
		if p.Primary != primary.ID {
			continue
		}

		first := b.people[primary.ID][p.Person()][0]
		c := feedback.CatchUp(p, primary, b.taken[id], first == id)
		b.taken[id] = len(primary.Steps)
		require.Equal(t, primary.Status, c.New.Status)
		require.Empty(t, feedback.CatchUp(c.New, primary, b.taken[id], true).Notify, "nothing is left to take")
		b.apply(t, p, c, nil)
	}
}

func (b *inbox) add(t *rapid.T) {
	id := fmt.Sprintf("F-%d", len(b.pieces)+1)
	reporter := rapid.SampledFrom([]string{"U1", "U2", "U3", ""}).Draw(t, "who")
	p := feedback.Piece{ID: id, Words: "w", Reporter: reporter}
	if reporter == "" {
		p.Source, p.ExternalID = "survey", id
	}

	b.pieces[id] = feedback.Create(p, b.now)
}

func (b *inbox) triage(t *rapid.T) {
	p := b.pick(t, "piece")
	step := feedback.Step{Status: rapid.SampledFrom(feedback.Statuses).Draw(t, "to"), By: "U9"}
	if rapid.Bool().Draw(t, "ask") {
		step.Question, step.Status = "Who?", p.Asked()
	}

	before := maps.Clone(b.told)
	c, err := feedback.Triage(p, step, len(p.Steps), b.now)
	b.apply(t, p, c, err)

	for who, steps := range b.told {
		require.LessOrEqual(t, len(steps), len(before[who])+1, "%s is told once", who)
	}
}

func (b *inbox) answer(t *rapid.T) {
	p := b.pick(t, "piece")
	step := rapid.IntRange(0, len(p.Steps)+1).Draw(t, "step")
	c, err := feedback.Answer(p, step, p.Reporter, "me", b.now)
	b.apply(t, p, c, err)
}

func (b *inbox) join(t *rapid.T) {
	p, with := b.pick(t, "piece"), b.pick(t, "with")
	c, err := feedback.Join(p, b.groupOf(with))
	b.apply(t, p, c, err)
}

func (b *inbox) split(t *rapid.T) {
	p := b.pick(t, "piece")
	c, err := feedback.Split(p, b.groupOf(p))
	b.apply(t, p, c, err)
}

func (b *inbox) delete(t *rapid.T) {
	p := b.pick(t, "piece")
	c, err := feedback.Delete(p, b.groupOf(p), b.now)
	b.apply(t, p, c, err)
}

func (b *inbox) undo(t *rapid.T) {
	p := b.pick(t, "piece")
	c, err := feedback.Undo(p, b.groupOf(p), p.Reporter, b.now)
	b.apply(t, p, c, err)
}

// sound makes sure that no piece contradicts another.
func (b *inbox) sound(t *rapid.T) {
	members, people := map[string]int{}, map[string]map[string]bool{}
	count := func(primary string, p feedback.Piece) {
		if people[primary] == nil {
			people[primary] = map[string]bool{}
		}

		if p.Person() != "" {
			people[primary][p.Person()] = true
		}
	}
	for id, p := range b.pieces {
		if p.Members > 0 {
			count(id, p)
		}

		if p.Primary != "" {
			require.Zero(t, p.Members, "a joined piece has none joined to it")
			require.Empty(t, b.pieces[p.Primary].Primary)
			members[p.Primary]++
			count(p.Primary, p)
		}

		if p.IsDeleted() {
			require.Empty(t, p.Words+p.Reporter+p.Primary)
		}
	}

	for id, p := range b.pieces {
		require.Equal(t, members[id], p.Members, id)
		require.Equal(t, len(people[id]), p.People, id)

		if p.Members > 0 {
			require.Equal(t, slices.Sorted(maps.Keys(people[id])), slices.Sorted(maps.Keys(b.people[id])))
		}
	}
}

func TestTransitionsKeepGroupsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := &inbox{
			now: now, pieces: map[string]feedback.Piece{}, people: map[string]map[string][]string{},
			taken: map[string]int{}, told: map[string][]string{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": b.add, "triage": b.triage, "answer": b.answer, "join": b.join, "split": b.split, "delete": b.delete, "undo": b.undo,
			"": b.sound,
		})
	})
}
