package lead

import (
	"encoding/json"
	"fmt"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// messages are those of which package lead decides who gets them. They hold
// nothing that is personal.
func messages() lead.Words {
	return lead.Words{Event: threadLine, Waits: waitsMessage, FollowUp: followUpMessage, Returns: returnsMessage, Fault: faultMessage}
}

// threadLine is the line in the thread of a lead's card about an event; nil for
// one that people needn't read there.
func threadLine(_ lead.Lead, e lead.Event) (json.RawMessage, error) {
	switch {
	case e.Kind == lead.EventHeld, e.Kind == lead.EventUpdated, e.Kind == lead.EventReminded:
		return nil, nil
	case e.Kind == lead.EventOpened && e.By == "": // the card itself says so
		return nil, nil
	case e.Kind == lead.EventEscalated && e.Reason == string(lead.StepChannel): // the channel is told under the card
		return nil, nil
	}

	return bot.Message{Text: eventWords(e)}.Encode()
}

// waitsMessage tells somebody that a lead waits.
func waitsMessage(l lead.Lead, step lead.Step) (json.RawMessage, error) {
	text := waiting(l)
	switch step {
	case lead.StepRemind:
		text = fmt.Sprintf("%s waits for you to reach out, at the latest by %s. Once you have, press *Contacted* on its card.", l.ID, blocks.Time(l.Clock.Due))
	case lead.StepManager:
		text += fmt.Sprintf(" You can see it with `/lead %s` and give it to somebody.", l.ID)
	}

	return bot.Message{Text: text}.Encode()
}

// waiting says that a lead has waited too long, without a word about whom it is.
func waiting(l lead.Lead) string {
	if l.Owner == "" {
		return fmt.Sprintf("Nobody has claimed %s yet, and its time to be claimed is up.", l.ID)
	}

	return fmt.Sprintf("<@%s> has not contacted %s yet, and the time for that is up.", l.Owner, l.ID)
}

// followUpMessage reminds who returned a lead, in person or, for the CRM, under
// the lead's card.
func followUpMessage(l lead.Lead) (json.RawMessage, error) {
	if l.Return.By == lead.ByCRM {
		return bot.Message{Text: "It is the day to follow up on this lead."}.Encode()
	}

	text := fmt.Sprintf("You returned %s on %s (%s) and wanted to follow up today. See it with `/lead %s`.",
		l.ID, blocks.Day(l.ReturnedAt), blocks.Escape(l.Return.Reason), l.ID)
	return bot.Message{Text: text}.Encode()
}

// digestNamed is how many leads the digest names.
const digestNamed = 10

// returnsMessage is the digest of leads that sales returned.
func returnsMessage(leads []lead.Lead) (json.RawMessage, error) {
	return bot.Message{Text: returnsDigest(leads)}.Encode()
}

func returnsDigest(leads []lead.Lead) string {
	lines := []string{fmt.Sprintf("*Sales returned %d leads.*", len(leads))}
	if len(leads) == 1 {
		lines[0] = "*Sales returned a lead.*"
	}

	for _, l := range leads[:min(len(leads), digestNamed)] {
		lines = append(lines, fmt.Sprintf("• %s: %s (%s)", l.ID, blocks.Escape(l.Return.Reason), person(l.Return.By)))
	}

	if more := len(leads) - digestNamed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}

	return strings.Join(append(lines, "`/lead returns` has what they wrote, the rules behind it, and a way to send a lead elsewhere."), "\n")
}

// faultMessage tells marketing of a rule or a route that can't be worked out.
func faultMessage(l lead.Lead, f lead.Fault) (json.RawMessage, error) {
	then := "The lead is held, with any others that it fails for: see `/lead held`."
	if f.What == lead.FaultOfRoute {
		then = "The lead went on to the next route."
	}

	text := fmt.Sprintf("The %s “%s” in the configuration. It failed for %s. %s I tell you this once a day.", f.What, blocks.Escape(f.Problem), l.ID, then)
	return bot.Message{Text: text}.Encode()
}

// person is how a line names who did something.
func person(by string) string {
	switch by {
	case "":
		return "Smarketer"
	case lead.ByCRM:
		return "The CRM"
	default:
		return blocks.Mention(by)
	}
}
