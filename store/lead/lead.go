package lead

import (
	"fmt"
	"time"
)

// Status is where a lead stands between marketing and sales.
type Status string

// A lead is held or open at first; see [Status.To] for the ways on.
const (
	Held      Status = "held"      // not qualified; marketing alone sees it
	Open      Status = "open"      // qualified and announced
	Claimed   Status = "claimed"   // a rep has it
	Accepted  Status = "accepted"  // contacted, and worth pursuing
	Rejected  Status = "rejected"  // returned with a reason
	Converted Status = "converted" // became an opportunity
	Recycled  Status = "recycled"  // back with marketing, to nurture
	Forgotten Status = "forgotten" // its data was removed; Reasons says why
)

// Statuses lists every status, from the first to the last.
var Statuses = []Status{Held, Open, Claimed, Accepted, Rejected, Converted, Recycled, Forgotten}

// moves lists the ways on from each status. A lead that was returned (rejected,
// recycled) may open again, or be given to somebody at once, when new touches
// qualify it.
var moves = map[Status][]Status{
	Held:      {Open, Claimed},
	Open:      {Claimed, Rejected, Recycled, Converted},
	Claimed:   {Open, Accepted, Rejected, Recycled, Converted},
	Accepted:  {Open, Converted, Rejected, Recycled},
	Rejected:  {Open, Claimed, Recycled, Converted},
	Recycled:  {Open, Claimed, Converted},
	Converted: {},
	Forgotten: {},
}

// To lists the statuses that may follow this one.
func (s Status) To() []Status { return moves[s] }

// Announced tells whether sales has a lead of this status before it.
func (s Status) Announced() bool { return s == Open || s == Claimed || s == Accepted }

// Owned tells whether a lead of this status has an owner. One that the CRM
// reports as converted may have none.
func (s Status) Owned() bool { return s == Claimed || s == Accepted || s == Converted }

// Ended tells whether sales is done with a lead of this status.
func (s Status) Ended() bool { return s == Converted || s.Returned() }

// Returned tells whether a lead of this status is back with marketing.
func (s Status) Returned() bool { return s == Rejected || s == Recycled }

// Lead is one person at one company who may want to buy. Source and
// ExternalID together are its identity with the sender.
type Lead struct {
	ID         string            `json:"id"` // "L-31"
	ExternalID string            `json:"external_id"`
	Source     string            `json:"source"`
	Email      string            `json:"email,omitempty"`
	Name       string            `json:"name,omitempty"`
	Title      string            `json:"title,omitempty"`
	Company    string            `json:"company,omitempty"`
	Domain     string            `json:"domain,omitempty"`
	Country    string            `json:"country,omitempty"`
	Industry   string            `json:"industry,omitempty"`
	Employees  int               `json:"employees,omitempty"`
	Score      float64           `json:"score,omitempty"`
	Interest   string            `json:"interest,omitempty"`
	OwnerEmail string            `json:"owner_email,omitempty"` // who owns the account in the CRM
	URL        string            `json:"url,omitempty"`         // the lead in the CRM
	Attributes map[string]string `json:"attributes,omitempty"`
	Touches    []Touch           `json:"touches,omitempty"` // oldest first, at most MaxTouches

	Status     Status    `json:"status"`
	Reasons    []string  `json:"reasons,omitempty"` // why it qualified, or why it is held
	Route      string    `json:"route,omitempty"`   // name of the route it went, "" for none
	Channel    string    `json:"channel,omitempty"` // where it is announced
	Owner      string    `json:"owner,omitempty"`   // Slack user ID of the rep who has it
	OwnerCount int       `json:"hands,omitempty"`   // how many owners it has had, this one included
	Created    time.Time `json:"created"`

	RouteNote string     `json:"route_note,omitempty"` // what to say of how it found its way
	Promotion *Promotion `json:"promotion,omitempty"`  // set when it goes to sales although it was held
	AddedBy   string     `json:"added_by,omitempty"`   // Slack user ID of who added it by hand
	Work
	Rev int64 `json:"-"` // counts the changes of the record
}

// Work is how far sales has come with a lead. It begins anew when a lead that
// was returned opens again; the return itself stays to be seen.
type Work struct {
	Announcements int       `json:"cycle,omitempty"`        // how often it has been announced
	OpenedAt      time.Time `json:"opened_at,omitzero"`     // announced
	ClaimedAt     time.Time `json:"claimed_at,omitzero"`    // since when its owner has it
	ContactedAt   time.Time `json:"contacted_at,omitzero"`  // when its owner first reached out
	AcceptedAt    time.Time `json:"accepted_at,omitzero"`   //
	ReturnedAt    time.Time `json:"returned_at,omitzero"`   // of Return
	ConvertedAt   time.Time `json:"converted_at,omitzero"`  //
	FirstOwner    string    `json:"first_owner,omitempty"`  // who had it first since it was announced
	ClaimTook     Took      `json:"claim_took,omitzero"`    // from OpenedAt until somebody first claimed it
	ContactTook   Took      `json:"contact_took,omitzero"`  // from OpenedAt until the first contact
	Return        *Return   `json:"return,omitempty"`       // the last one
	Deal          Deal      `json:"deal,omitzero"`          // what became of it
	Clock         Clock     `json:"clock,omitzero"`         // the time allowed for the next step
	Passed        int       `json:"passed,omitempty"`       // how often it was taken from an owner who let it wait
	Snoozes       int       `json:"snoozes,omitempty"`      // how often its owner has put it off
	Snoozed       time.Time `json:"snoozed_until,omitzero"` // may be past
}

// Took is how long something took.
type Took struct {
	Raw     time.Duration `json:"raw"`     // by the clock on the wall
	Working time.Duration `json:"working"` // in working hours
}

// ByCRM stands for the CRM where something was not done by a person in Slack.
const ByCRM = "crm"

// Touch is one engagement of a lead with us before it reached sales.
type Touch struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"` // form, webinar, page, email, social, event, call
	Title string    `json:"title,omitempty"`
	URL   string    `json:"url,omitempty"`
}

// MaxTouches is how many touches a lead keeps, the newest.
const MaxTouches = 200

// Worker is who works on a lead: its owner, until sales is done with it; "" for
// nobody.
func (l Lead) Worker() string {
	if l.Status.Ended() {
		return ""
	}

	return l.Owner
}

// OwnerCard names the card that the owner has of a lead. Whoever gets a lead
// gets a card of their own, also when they had it before: a message that only
// changes notifies nobody.
func (l Lead) OwnerCard() string { return fmt.Sprintf("%s/%d", l.Ref(), l.OwnerCount) }

// Ref is what the outbox and the feed call a lead.
func (l Lead) Ref() string { return Ref(l.ID) }

// Ref is what the outbox and the feed call the lead with this ID: "lead:L-31".
func Ref(id string) string { return "lead:" + id }
