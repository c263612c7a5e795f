package store

import "time"

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

	Status    LeadStatus `json:"status"`
	Reasons   []string   `json:"reasons,omitempty"` // why it qualified, or why it is held
	Channel   string     `json:"channel,omitempty"` // where it is announced
	Owner     string     `json:"owner,omitempty"`   // Slack user ID of the rep who has it
	ClaimedAt time.Time  `json:"claimed_at,omitzero"`
	Created   time.Time  `json:"created"`
	Rev       int64      `json:"-"`
}

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
	LeadHeld:      {LeadOpen},
	LeadOpen:      {LeadClaimed},
	LeadClaimed:   {LeadOpen, LeadAccepted, LeadRejected},
	LeadAccepted:  {LeadConverted, LeadRejected, LeadRecycled},
	LeadRejected:  {LeadOpen, LeadRecycled},
	LeadRecycled:  {LeadOpen},
	LeadConverted: {},
}

// LeadStatuses lists every status, from the first to the last.
var LeadStatuses = []LeadStatus{LeadHeld, LeadOpen, LeadClaimed, LeadAccepted, LeadRejected, LeadConverted, LeadRecycled}

// Owned tells whether a lead with this status has an owner.
func (s LeadStatus) Owned() bool {
	return s == LeadClaimed || s == LeadAccepted || s == LeadConverted
}

// To lists the statuses that may follow this one.
func (s LeadStatus) To() []LeadStatus { return leadMoves[s] }

// Ref is what the outbox and the feed call a lead.
func (l Lead) Ref() string { return LeadRef(l.ID) }

// LeadRef is what the outbox and the feed call the lead with this ID.
func LeadRef(id string) string { return "lead:" + id }
