package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

const (
	hubSpotSecret = "7c1f0c2e-hubspot-client-secret"
	hubSpotURL    = "https://in.hushwatt.example/smarketer"
)

// fromHubSpot is a request as HubSpot signs it for an address.
func fromHubSpot(secret, uri string, at time.Time, body string) *http.Request {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "POST%s%s%d", uri, body, at.UnixMilli())
	r := httptest.NewRequest(http.MethodPost, "/webhooks/hubspot", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(hubSpotSignature, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r.Header.Set(hubSpotTimestamp, fmt.Sprint(at.UnixMilli()))
	return r
}

func openHubSpot(t testing.TB) *door {
	t.Helper()
	d := openDoor(t, nil)
	d.HubSpotSecrets, d.PublicURL = []string{"an older secret", hubSpotSecret}, hubSpotURL
	return d
}

const hubSpotAda = `{"vid":7001,"portal-id":62515,"is-contact":true,"properties":{
	"email":{"value":"ada@brackenmoor.example","versions":[{"value":"ada@old.example"}]},"firstname":{"value":"Ada"},"lastname":{"value":"Brackenmoor"},
	"jobtitle":{"value":"CFO"},"hs_analytics_source":{"value":"ORGANIC_SEARCH"},"hs_calculated_form_submissions":{"value":"x"},"fleet_size":{"value":"12"}},
	"form-submissions":[{"conversion-id":"c","timestamp":1763740800000,"title":"Pricing guide","page-url":"https://hushwatt.example/pricing","meta-data":[]}],
	"associated-company":{"company-id":1,"properties":{"name":{"value":"Brackenmoor"},"domain":{"value":"https://www.brackenmoor.example/de"},"numberofemployees":{"value":"250"}}}}`

func TestHubSpotContacts(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, body string
		want       lead.Lead
	}{
		{"all that a workflow sends", hubSpotAda, lead.Lead{
			ExternalID: "7001", Source: "hubspot", Email: "ada@brackenmoor.example", Name: "Ada Brackenmoor", Title: "CFO", Company: "Brackenmoor",
			Domain: "brackenmoor.example", Employees: 250, URL: "https://app.hubspot.com/contacts/62515/record/0-1/7001",
			Touches:    []lead.Touch{{At: time.UnixMilli(1763740800000), Kind: "form", Title: "Pricing guide", URL: "https://hushwatt.example/pricing"}},
			Attributes: map[string]string{"hs_analytics_source": "ORGANIC_SEARCH", "fleet_size": "12"},
		}},
		{"a newer API", `{"id":"512","createdAt":"2026-11-20T15:02:00Z","archived":false,"properties":{"email":"ben@x.example","lastname":"Ott","numemployees":"25-50",
			"hubspotscore":"71.5","recent_conversion_date":"2026-11-20T15:02:00Z","recent_conversion_event_name":"Demo request","phone":null}}`, lead.Lead{
			ExternalID: "512", Source: "hubspot", Email: "ben@x.example", Name: "Ott", Employees: 25, Score: 71.5,
			Touches: []lead.Touch{{At: time.Date(2026, 11, 20, 15, 2, 0, 0, time.UTC), Kind: "form", Title: "Demo request"}},
		}},
		{"an action of an app", `{"callbackId":"ap-1","origin":{"portalId":1},"object":{"objectId":904,"objectType":"CONTACT","properties":{"email":"c@x.example"}},"inputFields":{}}`,
			lead.Lead{ExternalID: "904", Source: "hubspot", Email: "c@x.example"}},
		{"a body put together by hand", `{"hs_object_id":33,"email":"d@x.example","company":"Dold","message":"19 bakeries","owner_email":"raj@hushwatt.example"}`,
			lead.Lead{ExternalID: "33", Source: "hubspot", Email: "d@x.example", Company: "Dold", Interest: "19 bakeries", OwnerEmail: "raj@hushwatt.example"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeHubSpot([]byte(c.body))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestHubSpotIsTakenAtItsSignature(t *testing.T) {
	t.Parallel()

	d := openHubSpot(t)
	uri := hubSpotURL + "/webhooks/hubspot"
	signed := func() *http.Request { return fromHubSpot(hubSpotSecret, uri, d.clock.Now(), hubSpotAda) }
	for _, c := range []struct {
		name    string
		request *http.Request
		status  int
		answer  string
	}{
		{"signed", signed(), 202, `"id":"7001","lead":"L-1","status":"open"`},
		{"recorded and sent again", signed(), 202, `"lead":"L-1","status":"duplicate"`},
		{"another secret", fromHubSpot("guessed", uri, d.clock.Now(), hubSpotAda), 401, "check HUBSPOT_CLIENT_SECRET"},
		{"another address", fromHubSpot(hubSpotSecret, "http://example.com/webhooks/hubspot", d.clock.Now(), hubSpotAda), 401, "PUBLIC_URL"},
		{"old", fromHubSpot(hubSpotSecret, uri, d.clock.Now().Add(-5*time.Minute-time.Second), hubSpotAda), 401, "more than 5 minutes off"},
		{"from the future", fromHubSpot(hubSpotSecret, uri, d.clock.Now().Add(6*time.Minute), hubSpotAda), 401, "more than 5 minutes off"},
		{"no contact", fromHubSpot(hubSpotSecret, uri, d.clock.Now(), `{"object":{"objectId":1,"objectType":"DEAL","properties":{}}}`), 400, "only contacts become leads"},
		{"twice the same name", fromHubSpot(hubSpotSecret, uri, d.clock.Now(), `{"vid":1,"vid":2}`), 400, `"field":"vid","message":"appears more than once"`},
		{"nobody", fromHubSpot(hubSpotSecret, uri, d.clock.Now(), `{}`), 400, `"field":"id","message":"is missing"`},
		{"events", fromHubSpot(hubSpotSecret, uri, d.clock.Now(), `[{"eventId":1,"subscriptionType":"contact.creation","objectId":123,"occurredAt":1}]`), 202,
			`{"id":"123","status":"ignored","reasons":["It names a contact and has no data of it.`},
		{"no events", fromHubSpot(hubSpotSecret, uri, d.clock.Now(), `[]`), 400, "send 1 to 500"},
		{"events that are none", fromHubSpot(hubSpotSecret, uri, d.clock.Now(), `[{"x":1}]`), 400, `"field":"[0]"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := d.answers(c.request)
			require.Equal(t, c.status, w.Code, w.Body)
			require.Contains(t, w.Body.String(), c.answer)
			requireProblem(t, w)
		})
	}

	unsigned := signed()
	unsigned.Header.Del(hubSpotSignature)
	require.Equal(t, 401, d.answers(unsigned).Code)
	require.NotContains(t, d.log.String(), "brackenmoor")

	d.HubSpotSecrets = nil
	require.Equal(t, 404, d.answers(signed()).Code, "without a secret there is no such webhook")
}

func TestHubSpotSignsTheDecodedAddress(t *testing.T) {
	t.Parallel()
	d := openHubSpot(t)
	r := fromHubSpot(hubSpotSecret, hubSpotURL+"/webhooks/hubspot?from=a@b,c&to=%20d", d.clock.Now(), hubSpotAda)
	r.RequestURI = "/webhooks/hubspot?from=a%40b%2Cc&to=%20d"
	require.Nil(t, d.sentByHubSpot(r, []byte(hubSpotAda)))

	d.PublicURL = ""
	r = fromHubSpot(hubSpotSecret, "http://example.com/webhooks/hubspot", d.clock.Now(), hubSpotAda)
	require.Nil(t, d.sentByHubSpot(r, []byte(hubSpotAda)), "without PUBLIC_URL the request says where it went")
}

func FuzzDecodeHubSpot(f *testing.F) {
	f.Add(hubSpotAda)

	for _, seed := range []string{
		`{"id":"%s","properties":{"email":"%s","x":{"value":["%s"]}}}`, `{"properties":{"a":{"value":{"value":"%s"}}}}`, `{"object":{"objectType":"%s"}}`,
		`{"associated-company":{"properties":{"name":1e400}}}`, `{"form-submissions":[{"timestamp":9e99}]}`, `{"a":"%s","a":1}`, `{"vid":"%s`, "\xff", `[]`,
	} {
		f.Add(strings.ReplaceAll(seed, "%s", secret))
	}

	f.Fuzz(func(t *testing.T, body string) {
		l, err := decodeHubSpot([]byte(body))
		if err != nil {
			var fault *fieldError
			require.ErrorAs(t, err, &fault)
			require.NotContains(t, fault.Message, secret)
			require.LessOrEqual(t, len(fault.Field), 600)
			return
		}

		require.Equal(t, hubSpotSource, l.Source)
		require.LessOrEqual(t, len(l.Attributes), maxAttributes)

		for _, text := range l.Attributes {
			require.True(t, utf8.ValidString(text))
		}
	})
}
