package lead

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// addRoutes registers how people add leads.
func (l *Room) addRoutes(rt *bot.Router) {
	rt.Command("/lead add", "<who>", "Add a lead that you met", l.askAdd)
	rt.Shortcut("lead.make", "Make it a lead", l.askMake)
	rt.Submit("lead.add", l.add)
}

// addedSource is the source of leads that people add in Slack.
const addedSource = "slack"

// origin is the message that a lead was made from; it travels with the form.
type origin struct {
	Link string    `json:"link,omitempty"`
	At   time.Time `json:"at,omitzero"`
	Said string    `json:"said,omitempty"`
}

// askAdd opens the form with what the line gives away.
func (l *Room) askAdd(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := l.mayAdd(ctx, r.User); err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: addForm(readPerson(r.Text), "")}, nil
}

// maxSaid is how much of a message a touch tells, in characters.
const maxSaid = 200

// askMake opens the form with what a message gives away, such as a comment
// that somebody pasted. The message becomes a touch of the lead.
func (l *Room) askMake(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := l.mayAdd(ctx, r.User); err != nil {
		return nil, err
	}
	if r.Message == nil || strings.TrimSpace(r.Message.Text) == "" {
		return nil, bot.Problemf("There are no words in this message to make a lead from. `/lead add` opens an empty form.")
	}
	from := origin{Link: r.Message.Link, At: postedAt(r.Message.TS), Said: blocks.Cut(strings.Join(strings.Fields(blocks.Clean(r.Message.Text)), " "), maxSaid)}
	data, err := json.Marshal(from)
	if err != nil {
		return nil, fmt.Errorf("the message of a lead: %w", err)
	}
	return &bot.Reply{Modal: addForm(readPerson(r.Message.Text), string(data))}, nil
}

// postedAt is when a message was posted, by its timestamp in Slack.
func postedAt(ts string) time.Time {
	seconds, err := strconv.ParseFloat(ts, 64)
	if err != nil || seconds <= 0 || seconds > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

func (l *Room) mayAdd(ctx context.Context, user string) error {
	for _, role := range []store.Role{store.Sales, store.Marketing} {
		if ok, err := l.HasRole(ctx, user, role); ok || err != nil {
			return err
		}
	}
	return bot.Problemf("Only people in sales or marketing can add leads.")
}

func addForm(in store.Lead, data string) *bot.Modal {
	employees := ""
	if in.Employees > 0 {
		employees = strconv.Itoa(in.Employees)
	}
	return &bot.Modal{Name: "lead.add", Title: "Add a lead", Submit: "Add", Data: data, Blocks: []slack.Block{
		blocks.TextInput("name", "Name", in.Name, maxField, true),
		blocks.TextInput("company", "Company", in.Company, maxField, true),
		blocks.TextInput("email", "E-mail address", in.Email, maxField, true),
		blocks.TextInput("title", "What they do", in.Title, maxField, true),
		blocks.TextInput("employees", "Employees", employees, 9, true),
		blocks.TextInput("country", "Country, such as DE", in.Country, maxField, true),
		blocks.TextInput("url", "Link, such as a profile", in.URL, maxURL, true),
		blocks.TextArea("interest", "What they seem to want", in.Interest, maxInterest, true),
		blocks.Context("A name, a company or an e-mail address is enough. The same rules hold as for any other lead."),
	}}
}

// add takes in the lead of a form. Who is known already gets no second card.
func (l *Room) add(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := l.mayAdd(ctx, r.User); err != nil {
		return nil, err
	}
	in, err := l.fromForm(r)
	if err == nil {
		err = check(&in)
	}
	if err != nil {
		return nil, err
	}
	lead, what, err := l.Store.AddLead(ctx, r.Op, in, l.judge(ctx))
	if err != nil {
		return nil, err
	}
	return bot.Say("%s", addedWords(lead, what)), nil
}

func (l *Room) fromForm(r *bot.Request) (store.Lead, error) {
	in := store.Lead{
		Source: addedSource, AddedBy: r.User, Name: r.Form.Text("name"), Company: r.Form.Text("company"), Email: r.Form.Text("email"),
		Title: r.Form.Text("title"), Country: r.Form.Text("country"), URL: r.Form.Text("url"), Interest: r.Form.Text("interest"),
	}
	if text := r.Form.Text("employees"); text != "" {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "", " ", "").Replace(text))
		if err != nil {
			return in, &store.Invalid{Field: "employees", Message: "must be a whole number such as 340"}
		}
		in.Employees = n
	}
	unique := []string{r.Op} // whoever adds somebody without a message or an address means somebody new
	if r.Data != "" {
		var from origin
		if err := json.Unmarshal([]byte(r.Data), &from); err != nil {
			return in, fmt.Errorf("the message of a lead: %w", err)
		}
		if from.At.IsZero() {
			from.At = l.Clock.Now()
		}
		in.Touches = []store.Touch{{At: from.At, Kind: "social", Title: from.Said, URL: from.Link}}
		if from.Link != "" {
			unique = []string{from.Link, strings.ToLower(in.Name), strings.ToLower(in.Company)}
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(unique, "\x00")))
	in.ExternalID = hex.EncodeToString(sum[:16])
	return in, nil
}

// addedWords tells somebody what became of a lead that they added.
func addedWords(lead store.Lead, what store.Intake) string {
	known := what == store.IntakeUpdated || what == store.IntakeDuplicate
	switch {
	case what == store.IntakeForgotten:
		return "Nothing was kept: this person asked to have their data removed."
	case known && lead.Owner != "":
		return fmt.Sprintf("%s is already with <@%s> since %s. %s", lead.ID, lead.Owner, blocks.Time(lead.ClaimedAt), newsWords(what))
	case known:
		return fmt.Sprintf("That is %s, known since %s: %s. %s", lead.ID, blocks.Time(lead.Created), stateWords(lead), newsWords(what))
	case lead.Owner != "":
		return fmt.Sprintf("Thank you. %s is in, and is with <@%s>.", lead.ID, lead.Owner)
	case lead.Status == store.LeadOpen:
		return fmt.Sprintf("Thank you. %s is in, and is announced in <#%s>.", lead.ID, lead.Channel)
	}
	return fmt.Sprintf("Thank you. %s is kept for marketing to look at. Held: %s.", lead.ID, blocks.Escape(strings.Join(lead.Reasons, "; ")))
}

func newsWords(what store.Intake) string {
	if what == store.IntakeUpdated {
		return "What is new has been added."
	}
	return "There was nothing new to add."
}
