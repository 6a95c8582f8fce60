package customerio

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// leaks reports whether a text contains a canary, plain or in an encoding.
func leaks(text string) bool {
	for _, secret := range []string{
		"c4n4ry", // how both begin, so that a part of one is found too
		canarySite, canaryKey, url.QueryEscape(canaryKey), strings.Trim(canaryKey, "+/="),
		base64.StdEncoding.EncodeToString([]byte(canarySite + ":" + canaryKey)),
		fmt.Sprintf("%x", canaryKey), fmt.Sprint([]byte(canaryKey)), proxyPassword,
	} {
		if strings.Contains(text, secret) {
			return true
		}
	}
	return false
}

// shown returns a value in all forms in which a program may print it.
func shown(value any) []string {
	var all []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%U"} {
		all = append(all, fmt.Sprintf(verb, value))
	}
	encoded, err := json.Marshal(value)
	all = append(all, string(encoded), fmt.Sprint(err))
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info(fmt.Sprint(value), "value", value, slog.Group("group", "value", value))
	}
	return append(all, log.String())
}

func checkHidden(t *testing.T, name string, value any) {
	t.Helper()
	for _, text := range shown(value) {
		if leaks(text) {
			t.Errorf("%s leaks: %.200s", name, text)
			return
		}
	}
}

func TestNothingShowsASecret(t *testing.T) {
	if !leaks("a "+canaryKey+" b") || !leaks(strings.Join(shown(canaryKey), "")) {
		t.Fatal("the check is blind")
	}
	options := ClientOptions{BaseURL: testBase, Credentials: testCredentials}
	client, err := NewClient(options)
	if err != nil {
		t.Fatal(err)
	}
	var sender Sender = Reduced(Bisected(Retried(Paced(client, NewPace(1)), Policy{}), nil), nil)
	for name, value := range map[string]any{
		"Secret":              testCredentials.APIKey,
		"*Secret":             &testCredentials.APIKey,
		"Credentials":         testCredentials,
		"*Credentials":        &testCredentials,
		"ClientOptions":       options,
		"*ClientOptions":      &options,
		"*Client":             client,
		"Client":              *client, //nolint:govet // it is only printed
		"Sender":              sender,
		"an unexported field": struct{ hidden Secret }{testCredentials.APIKey},
		"a slice":             []Secret{testCredentials.SiteID},
		"a map":               map[string]Secret{"key": testCredentials.APIKey},
	} {
		checkHidden(t, name, value)
	}
	for _, s := range []Secret{{}, testCredentials.APIKey} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
			if text := fmt.Sprintf(verb, s); text != redacted {
				t.Errorf("%s shows %s", verb, text)
			}
		}
		marshalled, err := s.MarshalText()
		if s.String() != redacted || s.GoString() != redacted || string(marshalled) != redacted || err != nil {
			t.Errorf("%s %s %s", s.String(), s.GoString(), marshalled)
		}
	}
	if !(Secret{}).IsEmpty() || testCredentials.SiteID.IsEmpty() || testCredentials.APIKey.text() != canaryKey {
		t.Error("a secret is not what it was made of")
	}
}

// The answers repeat what they were sent, as a debugging proxy would.
func TestErrorsShowNoSecretThatAnAnswerRepeats(t *testing.T) {
	echo := func(status int, form string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			authorization := r.Header.Get("Authorization")
			w.Header().Set("Location", "https://"+canarySite+".x.test/"+url.QueryEscape(canaryKey))
			w.WriteHeader(status)
			text := strings.Repeat("x", maxExcerpt-25) + canaryKey + " " + canarySite + " " + authorization
			_, _ = fmt.Fprintf(w, form, strings.Trim(fmt.Sprintf("%q", text), `"`))
		}
	}
	for name, c := range map[string]*Client{
		"500":         newTestClient(t, echo(500, "%s")),
		"200 in HTML": newTestClient(t, echo(200, "<p>%s")),
		"200 unclear": newTestClient(t, echo(200, `{"errors":[{"batch_index":"%s"}]}`)),
		"301":         newTestClient(t, echo(301, "%s")),
		"401":         newTestClient(t, echo(401, "%s")),
		"400":         newTestClient(t, echo(400, `{"errors":[{"reason":"%[1]s","field":"%[1]s","message":"%[1]s"}]}`)),
		"400 in HTML": newTestClient(t, echo(400, "%s")),
		"a broken wire": newTestClientOver(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, errors.New("malformed answer: " + r.Header.Get("Authorization") + canaryKey)
		}), nil),
	} {
		_, err := c.Send(t.Context(), numbered(1))
		if err == nil {
			t.Fatalf("%s: sent", name)
		}
		checkHidden(t, name, err)
		for inner := err; inner != nil; inner = errors.Unwrap(inner) {
			checkHidden(t, name+", unwrapped", inner)
		}
		_, err = c.Region(t.Context())
		checkHidden(t, name+", region", err)
	}
	receipt, err := newTestClient(t, echo(207, `{"errors":[{"batch_index":0,"reason":"%[1]s","field":"%[1]s","message":"%[1]s"}]}`)).
		Send(t.Context(), numbered(1))
	if err != nil || len(receipt.Rejections) != 1 {
		t.Fatal(receipt, err)
	}
	checkHidden(t, "Receipt", receipt)
}
