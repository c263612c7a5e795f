package lead

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// who names a lead by what is known of it.
func who(l lead.Lead) string {
	name := cmp.Or(l.Name, l.Email, "Somebody")
	if l.Title != "" {
		name += ", " + l.Title
	}

	if l.Company != "" {
		name += " at " + l.Company
	}

	return name
}

// background is the lines under a lead's name: why it is here, and the
// company. It is plain text.
func background(l lead.Lead) string {
	var lines []string
	if len(l.Reasons) > 0 {
		why := "Qualifies: "
		if l.Status == lead.Held || l.Promotion != nil {
			why = "Held: "
		}

		lines = append(lines, why+strings.Join(l.Reasons, "; "))
	}

	var company []string
	if l.Employees > 0 {
		company = append(company, fmt.Sprintf("%d employees", l.Employees))
	}

	for _, part := range []string{l.Industry, l.Country, l.Domain} {
		if part != "" {
			company = append(company, part)
		}
	}

	if len(company) > 0 {
		lines = append(lines, strings.Join(company, " · "))
	}

	if l.Score != 0 {
		lines = append(lines, "Score "+strconv.FormatFloat(math.Round(l.Score*100)/100, 'f', -1, 64))
	}

	if len(lines) == 0 {
		lines = append(lines, "Nothing more is known yet.")
	}

	return strings.Join(lines, "\n")
}

// stateWords says where a lead stands, as the end of a sentence.
func stateWords(l lead.Lead) string {
	switch l.Status {
	case lead.Held:
		return "held back, because it doesn't qualify"
	case lead.Open:
		return "open: nobody has claimed it"
	case lead.Claimed:
		if !l.ContactedAt.IsZero() {
			return fmt.Sprintf("claimed and contacted by <@%s>", l.Owner)
		}

		return fmt.Sprintf("claimed by <@%s>", l.Owner)
	case lead.Accepted:
		return fmt.Sprintf("being worked on by <@%s>", l.Owner)
	case lead.Forgotten:
		return "removed"
	case lead.Converted:
		text := "an opportunity"
		if l.Owner != "" {
			text += fmt.Sprintf(" of <@%s>", l.Owner)
		}

		if deal := dealWords(l.Deal); deal != "" {
			text += ": " + deal
		}

		return text
	}

	text := "returned to marketing"
	if l.Status == lead.Recycled {
		text = "back with marketing, to be warmed up"
	}

	if l.Return != nil {
		text += ": " + blocks.Escape(l.Return.Reason)
	}

	return text
}

// dealWords says what a lead became: "EUR 12,000, negotiation".
func dealWords(d lead.Deal) string {
	var parts []string
	if worth := d.Amount(); worth > 0 {
		parts = append(parts, d.Currency+" "+worth.Words(d.Currency))
	}

	if d.Stage != "" {
		parts = append(parts, blocks.Escape(d.Stage))
	}

	return strings.Join(parts, ", ")
}
