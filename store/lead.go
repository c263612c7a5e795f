package store

import (
	"fmt"
	"time"
)

// LeadStatus is where a lead stands between marketing and sales.
type LeadStatus string

// A lead is held or open at first; see [LeadStatus.To] for the ways on.
const (
	LeadHeld      LeadStatus = "held"      // not qualified; marketing alone sees it
	LeadOpen      LeadStatus = "open"      // qualified and announced
	LeadClaimed   LeadStatus = "claimed"   // a rep has it
	LeadAccepted  LeadStatus = "accepted"  // contacted, and worth pursuing
	LeadRejected  LeadStatus = "rejected"  // returned with a reason
	LeadConverted LeadStatus = "converted" // became an opportunity
	LeadRecycled  LeadStatus = "recycled"  // back with marketing, to nurture
	LeadForgotten LeadStatus = "forgotten" // its data was removed; Reasons says why
)

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

	Status  LeadStatus `json:"status"`
	Reasons []string   `json:"reasons,omitempty"` // why it qualified, or why it is held
	Route   string     `json:"route,omitempty"`   // name of the route it went, "" for none
	Channel string     `json:"channel,omitempty"` // where it is announced
	Owner   string     `json:"owner,omitempty"`   // Slack user ID of the rep who has it
	Hands   int        `json:"hands,omitempty"`   // how many owners it has had, this one included
	Created time.Time  `json:"created"`

	RouteNote string     `json:"route_note,omitempty"` // what to say of how it found its way
	Promotion *Promotion `json:"promotion,omitempty"`  // set when it goes to sales although it was held
	AddedBy   string     `json:"added_by,omitempty"`   // Slack user ID of who added it by hand
	LeadWork
	Rev int64 `json:"-"`
}

// Promotion says why a lead goes to sales that doesn't meet the rules.
type Promotion struct {
	By     string    `json:"by"` // Slack user ID
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// LeadWork is how far sales has come with a lead. It begins anew when a lead
// that was returned opens again; the return itself stays to be seen.
type LeadWork struct {
	Cycle       int       `json:"cycle,omitempty"`        // how often it has been announced
	OpenedAt    time.Time `json:"opened_at,omitzero"`     // announced
	ClaimedAt   time.Time `json:"claimed_at,omitzero"`    // since when its owner has it
	ContactedAt time.Time `json:"contacted_at,omitzero"`  // when its owner first reached out
	AcceptedAt  time.Time `json:"accepted_at,omitzero"`   //
	ReturnedAt  time.Time `json:"returned_at,omitzero"`   // of Return
	ConvertedAt time.Time `json:"converted_at,omitzero"`  //
	FirstOwner  string    `json:"first_owner,omitempty"`  // who had it first since it was announced
	ClaimTook   Took      `json:"claim_took,omitzero"`    // from OpenedAt until somebody first claimed it
	ContactTook Took      `json:"contact_took,omitzero"`  // from OpenedAt until the first contact
	Return      *Return   `json:"return,omitempty"`       // the last one
	Deal        Deal      `json:"deal,omitzero"`          // what became of it
	Clock       LeadClock `json:"clock,omitzero"`         // the time allowed for the next step
	Passed      int       `json:"passed,omitempty"`       // how often it was taken from an owner who let it wait
	Snoozes     int       `json:"snoozes,omitempty"`      // how often its owner has put it off
	Snoozed     time.Time `json:"snoozed_until,omitzero"` // may be past
}

// Took is how long something took.
type Took struct {
	Raw     time.Duration `json:"raw"`     // by the clock on the wall
	Working time.Duration `json:"working"` // in working hours
}

// Return says why sales gave a lead back to marketing.
type Return struct {
	Reason   string    `json:"reason"`           // one of those configured
	Detail   string    `json:"detail,omitempty"` // a line of the rep's own
	By       string    `json:"by,omitempty"`     // Slack user ID, or [ByCRM]
	FollowUp time.Time `json:"follow_up,omitzero"`
}

// Deal is the opportunity that a lead became.
type Deal struct {
	Cents    int64  `json:"cents"`              // hundredths of the currency's unit
	Currency string `json:"currency,omitempty"` // ISO 4217, "EUR"
	Stage    string `json:"stage,omitempty"`    // as the CRM calls it
	// At is when it was so; what is older than what is known changes nothing.
	At time.Time `json:"at,omitzero"`
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

// leadMoves lists the ways on from each status. A lead that ended (rejected,
// recycled) may open again when new touches qualify it.
var leadMoves = map[LeadStatus][]LeadStatus{
	LeadHeld:      {LeadOpen, LeadClaimed},
	LeadOpen:      {LeadClaimed, LeadRejected, LeadRecycled, LeadConverted},
	LeadClaimed:   {LeadOpen, LeadAccepted, LeadRejected, LeadRecycled, LeadConverted},
	LeadAccepted:  {LeadOpen, LeadConverted, LeadRejected, LeadRecycled},
	LeadRejected:  {LeadOpen, LeadRecycled, LeadConverted},
	LeadRecycled:  {LeadOpen, LeadConverted},
	LeadConverted: {},
	LeadForgotten: {},
}

// LeadStatuses lists every status, from the first to the last.
var LeadStatuses = []LeadStatus{LeadHeld, LeadOpen, LeadClaimed, LeadAccepted, LeadRejected, LeadConverted, LeadRecycled, LeadForgotten}

// Owned tells whether a lead with this status has an owner. One that the CRM
// reports as converted may have none.
func (s LeadStatus) Owned() bool {
	return s == LeadClaimed || s == LeadAccepted || s == LeadConverted
}

// Ended tells whether sales is done with a lead of this status.
func (s LeadStatus) Ended() bool {
	return s == LeadRejected || s == LeadConverted || s == LeadRecycled
}

// worker is who works on a lead: its owner, until it has become an opportunity.
func (l Lead) worker() string {
	if l.Status.Ended() {
		return ""
	}
	return l.Owner
}

// Announced tells whether sales has a lead of this status before it.
func (s LeadStatus) Announced() bool {
	return s == LeadOpen || s == LeadClaimed || s == LeadAccepted
}

// To lists the statuses that may follow this one.
func (s LeadStatus) To() []LeadStatus { return leadMoves[s] }

// OwnerCard is the card that the owner has of a lead. Whoever gets a lead gets
// a card of their own, also when they had it before: a message that only
// changes tells nobody.
func (l Lead) OwnerCard() string { return fmt.Sprintf("%s/%d", l.Ref(), l.Hands) }

// Ref is what the outbox and the feed call a lead.
func (l Lead) Ref() string { return LeadRef(l.ID) }

// LeadRef is what the outbox and the feed call the lead with this ID.
func LeadRef(id string) string { return "lead:" + id }
