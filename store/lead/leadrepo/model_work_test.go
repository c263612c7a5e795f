package leadrepo

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
	"smarketer/store/lead"
)

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
		if l.owner != who || l.status != lead.Claimed || l.contacted || l.snoozes >= lead.MaxSnoozes {
			return false
		}

		l.snoozes++
		l.spent += max(0, m.now().Sub(l.since))
		l.since = until
		return true
	}, func(s *workspace, op, id, who string) (lead.Lead, error) {
		l, err := s.Snooze(t.Context(), op, id, who, until, modelWork())
		if errors.As(err, new(*errs.Invalid)) { // refused with words of its own
			l, readErr := s.Lead(t.Context(), id)
			require.NoError(t, readErr)
			return l, errs.ErrConflict
		}

		return l, err
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
