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
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// addedSource is the source of leads that people add in Slack.
const addedSource = "slack"

// origin is the message that a lead was made from; it travels with the form.
type origin struct {
	Link string    `json:"link,omitempty"`
	At   time.Time `json:"at,omitzero"`
	Said string    `json:"said,omitempty"`
}

// askAdd opens the form with what the line gives away.
func (room *Room) askAdd(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := room.mayAdd(ctx, r.User); err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: addForm(readPerson(r.Text), "")}, nil
}

// maxSaid is how much of a message a touch tells, in characters.
const maxSaid = 200

// askMake opens the form with what a message gives away, such as a comment
// that somebody pasted. The message becomes a touch of the lead.
func (room *Room) askMake(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := room.mayAdd(ctx, r.User); err != nil {
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

func (room *Room) mayAdd(ctx context.Context, user string) error {
	for _, role := range []bot.Role{bot.Sales, bot.Marketing} {
		if ok, err := room.People.HasRole(ctx, user, role); ok || err != nil {
			return err
		}
	}

	return bot.Problemf("Only people in sales or marketing can add leads.")
}

func addForm(in lead.Lead, data string) *bot.Modal {
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
func (room *Room) add(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if err := room.mayAdd(ctx, r.User); err != nil {
		return nil, err
	}

	in, err := room.fromForm(r)
	if err == nil {
		err = check(&in)
	}

	if err != nil {
		return nil, err
	}

	l, what, err := room.takeIn(ctx, r.Op, in)
	if err != nil {
		return nil, err
	}

	return bot.Say("%s", addedWords(l, what)), nil
}

func (room *Room) fromForm(r *bot.Request) (lead.Lead, error) {
	in := lead.Lead{
		Source: addedSource, AddedBy: r.User, Name: r.Form.Text("name"), Company: r.Form.Text("company"), Email: r.Form.Text("email"),
		Title: r.Form.Text("title"), Country: r.Form.Text("country"), URL: r.Form.Text("url"), Interest: r.Form.Text("interest"),
	}
	if text := r.Form.Text("employees"); text != "" {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "", " ", "").Replace(text))
		if err != nil {
			return in, &errs.Invalid{Field: "employees", Message: "must be a whole number such as 340"}
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
			from.At = room.Clock.Now()
		}

		in.Touches = []lead.Touch{{At: from.At, Kind: "social", Title: from.Said, URL: from.Link}}
		if from.Link != "" {
			unique = []string{from.Link, strings.ToLower(in.Name), strings.ToLower(in.Company)}
		}
	}

	sum := sha256.Sum256([]byte(strings.Join(unique, "\x00")))
	in.ExternalID = hex.EncodeToString(sum[:16])

	return in, nil
}

// addedWords tells somebody what became of a lead that they added.
func addedWords(l lead.Lead, what lead.Intake) string {
	known := what == lead.IntakeUpdated || what == lead.IntakeDuplicate
	switch {
	case what == lead.IntakeForgotten:
		return "Nothing was kept: this person asked to have their data removed."
	case known && l.Owner != "":
		return fmt.Sprintf("%s is already with <@%s> since %s. %s", l.ID, l.Owner, blocks.Time(l.ClaimedAt), newsWords(what))
	case known:
		return fmt.Sprintf("That is %s, known since %s: %s. %s", l.ID, blocks.Time(l.Created), stateWords(l), newsWords(what))
	case l.Owner != "":
		return fmt.Sprintf("Thank you. %s is in, and is with <@%s>.", l.ID, l.Owner)
	case l.Status == lead.Open:
		return fmt.Sprintf("Thank you. %s is in, and is announced in <#%s>.", l.ID, l.Channel)
	}

	return fmt.Sprintf("Thank you. %s is kept for marketing to look at. Held: %s.", l.ID, blocks.Escape(strings.Join(l.Reasons, "; ")))
}

func newsWords(what lead.Intake) string {
	if what == lead.IntakeUpdated {
		return "What is new has been added."
	}

	return "There was nothing new to add."
}
