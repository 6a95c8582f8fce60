package customerio

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRegionTellsTheWorkspace(t *testing.T) {
	c := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		if site, key, _ := r.BasicAuth(); r.Method != "GET" || r.URL.Path != "/api/v1/accounts/region" || site+key != canarySite+canaryKey {
			w.WriteHeader(404)
			return
		}
		w.Header().Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
		_, _ = io.WriteString(w, `{"url":"https://track-eu.customer.io","region":"eu","environment_id":42,"sandbox":"no-1"}`)
	})
	got, err := c.Region(t.Context())
	want := Workspace{URL: "https://track-eu.customer.io", Region: "eu", EnvironmentID: 42, Date: time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRegionRefusesWhatIsNotAnAnswer(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		class  Class
		says   string
	}{
		{401, "", Unauthorized, "CUSTOMERIO_API_KEY"},
		{301, "", Redirected, "CUSTOMERIO_REGION"},
		{503, "", Unavailable, "503"},
		{200, "<html>", Unavailable, "check the address"},
		{200, "{}", Unavailable, "environment_id is missing or unusable"},
		{200, `{"url":"https://x.test","region":"us"}`, Unavailable, "environment_id"},
		{200, `{"url":"https://x.test","environment_id":1}`, Unavailable, "region"},
		{200, `{"url":"http://x.test","region":"us","environment_id":1}`, Unavailable, "environment_id is missing or unusable"},
		{200, `{"url":"https://x.test","region":"us","environment_id":"1"}`, Unavailable, "not how the Track API answers"},
	} {
		_, err := newTestClient(t, answering(c.status, c.body)).Region(t.Context())
		api, ok := errors.AsType[*APIError](err)
		if !ok || api.Class() != c.class || !strings.Contains(err.Error(), c.says) ||
			!strings.Contains(err.Error(), "asking "+testBase+" for the workspace") {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
	}
}

func TestRegionURL(t *testing.T) {
	us, err1 := RegionURL("us")
	eu, err2 := RegionURL("eu")
	_, err3 := RegionURL("mars")
	if us != "https://track.customer.io" || eu != "https://track-eu.customer.io" || err1 != nil || err2 != nil {
		t.Error(us, eu)
	}
	if err3 == nil || !strings.Contains(err3.Error(), "CUSTOMERIO_REGION") {
		t.Error(err3)
	}
}
