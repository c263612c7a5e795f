package lead

import (
	"fmt"
	"time"

	"smarketer/store/errs"
)

// Deal is the opportunity that a lead became. Its amount is the sum of Cents and
// Mills; see [Deal.Amount].
type Deal struct {
	Cents int64 `json:"cents"` // hundredths of the currency's unit
	// Mills are the thousandths beyond the hundredths, from 0 to 9, in currencies
	// that have them. They stand apart so that a version of the program that
	// doesn't know them is wrong by less than a hundredth.
	Mills    int64  `json:"mills,omitempty"`
	Currency string `json:"currency,omitempty"` // ISO 4217, "EUR"
	Stage    string `json:"stage,omitempty"`    // as the CRM calls it
	// At is when it was so; what is older than what is known changes nothing.
	At time.Time `json:"at,omitzero"`
}

// Amount is what the opportunity is worth.
func (d Deal) Amount() Amount { return Amount(d.Cents*10 + d.Mills) }

// SetAmount changes what the opportunity is worth.
func (d *Deal) SetAmount(a Amount) { d.Cents, d.Mills = int64(a)/10, int64(a)%10 }

// Limits of a deal.
const (
	maxAmount = 1_000_000_000_000 * Unit
	maxStage  = 300 // bytes
)

// check names the first field of a deal that is wrong.
func (d Deal) check() error {
	amount := d.Amount()
	switch {
	case d.Cents < 0 || d.Mills < 0 || d.Mills > 9 || amount > maxAmount:
		return &errs.Invalid{Field: "amount", Message: "must be from 0 to 1,000,000,000,000"}
	case amount > 0 && d.Currency == "":
		return &errs.Invalid{Field: "currency", Message: "is missing: a code such as EUR"}
	case d.Currency != "" && !IsCurrency(d.Currency):
		return &errs.Invalid{Field: "currency", Message: "must be the code of a currency, such as EUR"}
	case len(d.Stage) > maxStage:
		return &errs.Invalid{Field: "stage", Message: fmt.Sprintf("is too long: at most %d bytes", maxStage)}
	}

	return nil
}

// news tells whether a deal says something else than what is known, and not
// something older.
func (d Deal) news(known Deal) bool {
	stale := d.At.Before(known.At)
	d.At = known.At
	return !stale && d != known
}

// Convert notes that a lead became an opportunity, or that this has another
// amount or stage by now. by is its owner, or [ByCRM], which may report it of any
// lead that was ever announced; for others, and when it is no news, the error is
// [errs.ErrConflict]. It is an [errs.Invalid] about the deal.
func Convert(l Lead, by string, deal Deal, now time.Time, p Policy) (Change, error) {
	if err := deal.check(); err != nil {
		return Change{}, err
	}

	if deal.At.IsZero() {
		deal.At = l.Deal.At
	}

	if l.Status == Held || by != ByCRM && l.Owner != by || l.Status == Converted && !deal.news(l.Deal) {
		return Change{}, errs.ErrConflict
	}

	old, kind := l, EventDeal
	if l.Status != Converted {
		kind = EventConverted
		if l.Owner != "" {
			l.contacted(now, p)
		}

		l.ConvertedAt = now
	}

	l.Status, l.Deal = Converted, deal

	return change(old, l, Event{Kind: kind, By: by, Reason: deal.Stage}, now, p)
}

// Outcome is what the CRM says became of a lead.
type Outcome struct {
	// Lead is our ID of it; without it Source and ExternalID say which it is.
	Lead               string
	Source, ExternalID string

	At     time.Time // when it was so in the CRM: what is older than what we know changes nothing
	Lost   bool      // closed without a sale; else Deal is the opportunity
	Deal   Deal
	Reason string // why it was lost
	Detail string
}
