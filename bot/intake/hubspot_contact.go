package intake

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// hubSpotContact is a contact in any of the forms in which workflows send it:
//
//	{"vid": 7, "properties": {"email": {"value": "…"}}, "form-submissions": […]}  a webhook with all properties
//	{"id": "7", "properties": {"email": "…"}}                                     the same as newer APIs write it
//	{"object": {"objectId": 7, "properties": {"email": "…"}}, …}                  a workflow action of an app
//	{"hs_object_id": "7", "email": "…"}                                           a body put together in the workflow
//
// HubSpot adds fields as it likes, so unknown ones are no error here.
type hubSpotContact struct {
	ID         jsontext.Value            `json:"id"`
	VID        jsontext.Value            `json:"vid"`
	ObjectID   jsontext.Value            `json:"objectId"`
	ObjectType string                    `json:"objectType"`
	Portal     jsontext.Value            `json:"portal-id"`
	Profile    string                    `json:"profile-url"`
	Properties map[string]jsontext.Value `json:"properties"`
	Company    *hubSpotContact           `json:"associated-company"`
	Forms      []hubSpotForm             `json:"form-submissions"`
	Object     *hubSpotContact           `json:"object"`
}

type hubSpotForm struct {
	At    int64  `json:"timestamp"` // ms
	Title string `json:"title"`
	URL   string `json:"page-url"`
}

// hubSpotSource is the source of leads from HubSpot.
const hubSpotSource = "hubspot"

func decodeHubSpot(body []byte) (lead.Lead, error) {
	var c hubSpotContact
	if err := json.Unmarshal(body, &c); err != nil {
		return lead.Lead{}, &fieldError{inJSON(err, "")}
	}

	at := "properties"
	if c.Object != nil {
		c, at = *c.Object, "object.properties"
	}

	if c.ObjectType != "" && !strings.EqualFold(c.ObjectType, "CONTACT") {
		return lead.Lead{}, &fieldError{Fault{Field: "object.objectType", Message: "must be CONTACT: only contacts become leads"}}
	}

	if c.Properties == nil {
		at = ""
		if err := json.Unmarshal(body, &c.Properties); err != nil {
			return lead.Lead{}, &fieldError{inJSON(err, "")}
		}
	}

	p := properties{}
	if err := p.read(c.Properties, at); err != nil {
		return lead.Lead{}, err
	}

	if c.Company != nil {
		company := properties{}
		if err := company.read(c.Company.Properties, "associated-company.properties"); err != nil {
			return lead.Lead{}, err
		}

		p.fill(company)
	}

	return c.lead(p), nil
}

// properties are those of a contact that have a value.
type properties map[string]string

// read takes values that are plain or {"value": …}.
func (p properties) read(values map[string]jsontext.Value, path string) error {
	for name, value := range values {
		if value.Kind() == '{' {
			var wrapped struct {
				Value jsontext.Value `json:"value"`
			}
			if err := json.Unmarshal(value, &wrapped); err != nil {
				return &fieldError{inJSON(err, join(path, blocks.Cut(name, maxName)))}
			}

			value = wrapped.Value
		}

		if len(value) == 0 || value.Kind() == '[' || value.Kind() == '{' {
			continue // nothing that a lead has a place for
		}

		text, err := scalar(value)
		if err != nil {
			return &fieldError{Fault{Field: join(path, blocks.Cut(name, maxName)), Message: "is not valid JSON"}}
		}

		if text = strings.TrimSpace(text); text != "" {
			p[name] = text
		}
	}

	return nil
}

// fill takes over from a contact's company what the contact doesn't say.
func (p properties) fill(company properties) {
	for to, from := range map[string]string{
		"company": "name", "website": "domain", "country": "country", "industry": "industry", "numemployees": "numberofemployees",
	} {
		if p[to] == "" && company[from] != "" {
			p[to] = company[from]
		}
	}
}

// take returns the first of some properties that has a value; none of them
// becomes an attribute.
func (p properties) take(names ...string) string {
	text := ""
	for _, name := range names {
		text = cmp.Or(text, p[name])
		delete(p, name)
	}

	return text
}

func (c hubSpotContact) lead(p properties) lead.Lead {
	id, portal := text(c.VID), text(c.Portal)
	id = cmp.Or(p.take("hs_object_id"), id, text(c.ObjectID), text(c.ID), p.take("vid"), p.take("objectId"), p.take("id"))
	in := lead.Lead{
		ExternalID: id, Source: hubSpotSource, Email: p.take("email"), Title: p.take("jobtitle"), Company: p.take("company"),
		Name:   strings.TrimSpace(p.take("firstname") + " " + p.take("lastname")),
		Domain: host(p.take("website", "domain", "hs_email_domain")), Country: p.take("country", "ip_country_code"), Industry: p.take("industry"),
		Interest: p.take("message"), OwnerEmail: p.take("owner_email"), URL: c.Profile,
	}
	if portal != "" && id != "" {
		in.URL = "https://app.hubspot.com/contacts/" + url.PathEscape(portal) + "/record/0-1/" + url.PathEscape(id)
	}

	in.Employees = leadingNumber(p.take("numemployees", "numberofemployees"))
	in.Score, _ = strconv.ParseFloat(p.take("hubspotscore"), 64)
	in.Touches = append(c.touches(), p.touches()...)
	in.Attributes = p.attributes()

	return in
}

// touches are the forms that a contact sent.
func (c hubSpotContact) touches() []lead.Touch {
	var all []lead.Touch
	for _, f := range c.Forms {
		all = append(all, lead.Touch{At: time.UnixMilli(f.At), Kind: "form", Title: blocks.Cut(oneLine(f.Title), maxAttribute), URL: webAddress(f.URL)})
	}

	return all
}

// touches are those that properties tell of.
func (p properties) touches() []lead.Touch {
	var all []lead.Touch
	for _, t := range []struct{ kind, at, title, url string }{
		{"form", "first_conversion_date", "first_conversion_event_name", ""},
		{"form", "recent_conversion_date", "recent_conversion_event_name", ""},
		{"page", "hs_analytics_last_timestamp", "", "hs_analytics_last_url"},
	} {
		at, title, page := p.take(t.at), p.take(t.title), p.take(t.url)
		if when, ok := moment(at); ok && (title != "" || page != "") {
			all = append(all, lead.Touch{At: when, Kind: t.kind, Title: blocks.Cut(oneLine(title), maxAttribute), URL: webAddress(page)})
		}
	}

	return all
}

// Limits of attributes, as for any lead: how many, and characters in one.
const (
	maxAttributes = 50
	maxAttribute  = 300
)

// tellingProperties are those of HubSpot's own that say something about a lead;
// the other hs_… ones are for HubSpot's own use.
var tellingProperties = []string{"hs_lead_status", "hs_persona", "hs_analytics_source", "hs_latest_source", "hs_language"}

// attributes are the other properties, the first fifty by name; a contact may
// have hundreds.
func (p properties) attributes() map[string]string {
	all := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		own := strings.HasPrefix(name, "hs_") && !slices.Contains(tellingProperties, name)
		if !own && len(all) < maxAttributes && blocks.Length(name) <= maxAttribute && blocks.Length(p[name]) <= maxAttribute {
			all[name] = oneLine(p[name])
		}
	}

	if len(all) == 0 {
		return nil
	}

	return all
}

// text is an ID that may be a number or a text.
func text(value jsontext.Value) string {
	if len(value) == 0 {
		return ""
	}

	id, _ := scalar(value)
	return id
}

// moment reads a time in milliseconds, as older APIs write it, or in words.
func moment(text string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 0 {
		return time.UnixMilli(ms), true
	}

	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

var digits = regexp.MustCompile(`^\d{1,9}`)

// leadingNumber is 25 of "25-50", a choice that HubSpot offers for employees.
func leadingNumber(text string) int {
	n, _ := strconv.Atoi(digits.FindString(strings.ReplaceAll(text, ",", "")))
	return n
}

// host is the domain of a website, which people write in many ways.
func host(website string) string {
	if u, err := url.Parse(website); err == nil && u.Host != "" {
		website = u.Host
	}

	website, _, _ = strings.Cut(website, "/")
	return strings.TrimPrefix(strings.ToLower(website), "www.")
}

// webAddress is an address if it is one that can be opened.
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(text, "|<> ") {
		return ""
	}

	return text
}

// oneLine makes a line of a text that has several.
func oneLine(text string) string { return strings.Join(strings.Fields(blocks.Clean(text)), " ") }
