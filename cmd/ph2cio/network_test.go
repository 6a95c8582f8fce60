package main

import (
	"encoding/base64"
	"encoding/pem"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

const canaryProxy = "canary-proxy-f00d77"

// overTLS starts a sandbox with the certificate of httptest, which is valid for example.com and 127.0.0.1.
func overTLS(t *testing.T) (box *sandbox.Sandbox, server *httptest.Server, ca string) {
	t.Helper()
	box = sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey})
	server = httptest.NewUnstartedServer(box)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return box, server, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// proxyTo starts a proxy that connects everybody who knows its password to one address. It counts the
// connections.
func proxyTo(t *testing.T, address string) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("someone:"+canaryProxy)) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		there, err := net.Dial("tcp", address)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n")
		go func() { defer here.Close(); _, _ = io.Copy(here, there) }()
		go func() { defer there.Close(); _, _ = io.Copy(there, here) }()
	}))
	t.Cleanup(proxy.Close)
	return strings.Replace(proxy.URL, "http://", "http://someone:"+canaryProxy+"@", 1), asked
}

// checkHidesSecrets checks that neither the output nor any file of a run holds the credentials or the
// password of the proxy.
func (r *run) checkHidesSecrets(out runResult) {
	r.t.Helper()
	secrets := []string{canarySite, canaryKey, canaryProxy}
	for _, pair := range []string{canarySite + ":" + canaryKey, "someone:" + canaryProxy, "else:" + canaryProxy} {
		secrets = append(secrets, base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	search := func(where, text string) {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				r.t.Errorf("%s holds %q\n%s", where, secret, text)
			}
		}
	}
	search("the output", out.String())
	err := filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		search(path, string(text))
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestProxies sends through a proxy that the environment names, one that works and others that do not, and
// without it where NO_PROXY says so. Its password is never shown or stored.
func TestProxies(t *testing.T) {
	t.Parallel()
	box, server, ca := overTLS(t)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	good, asked := proxyTo(t, server.Listener.Addr().String())
	to502, _ := proxyTo(t, gone.Addr().String())
	for name, c := range map[string]struct {
		environment map[string]string
		code        int
		says        string
		through     bool
	}{
		"in order":          {map[string]string{"HTTPS_PROXY": good}, 3, "Sent to workspace 1", true},
		"in small letters":  {map[string]string{"https_proxy": good}, 3, "Sent to workspace 1", true},
		"a wrong password":  {map[string]string{"HTTPS_PROXY": strings.Replace(good, "someone:", "else:", 1)}, 5, "did not accept its credentials (407): check HTTPS_PROXY", true},
		"that reaches none": {map[string]string{"HTTPS_PROXY": to502}, 5, "could not connect (502)", false},
		"that is gone":      {map[string]string{"HTTPS_PROXY": "http://someone:" + canaryProxy + "@" + gone.Addr().String()}, 5, "connection refused", false},
		"no port":           {map[string]string{"HTTPS_PROXY": "http://someone:" + canaryProxy + "@host:port"}, 5, "HTTPS_PROXY is not a URL", false},
		"a # in a password": {map[string]string{"HTTPS_PROXY": "http://someone:a#" + canaryProxy + "@127.0.0.1:3128"}, 5, "write # as %23", false},
		"a / in a password": {map[string]string{"HTTPS_PROXY": "http://someone:/" + canaryProxy + "@127.0.0.1:3128"}, 5, "/ as %2F", false},
		"left out":          {map[string]string{"HTTPS_PROXY": good, "NO_PROXY": "example.com"}, 5, "no answer", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, "https://example.com:"+port)
			if name == "left out" { // example.com itself is not to be asked
				r.environment["CUSTOMERIO_TRACK_URL"], r.environment["NO_PROXY"] = "https://no-such-host.invalid", ".invalid"
			}
			for variable, value := range c.environment {
				if r.environment[variable] == "" {
					r.environment[variable] = value
				}
			}
			before := asked.Load()
			out := r.run("backfill", "--yes", "--verbose", "--settle", "0s", "--state", "state", "--metrics-file", "nightly.prom",
				"--ca-cert", r.write("ca.pem", ca), r.write("events.jsonl", oneRow+badRow))
			if out.code != c.code || !strings.Contains(out.String(), c.says) {
				t.Errorf("exit code %d, want %d, with %q\n%s", out.code, c.code, c.says, out)
			}
			if through := asked.Load() > before; through != c.through {
				t.Errorf("the proxy was asked: %v, want %v", through, c.through)
			}
			r.checkHidesSecrets(out)
		})
	}
	if stats := box.Stats(); stats.EventsStored == 0 || stats.Deduped == 0 {
		t.Errorf("%d events came through, %d again; want one from each run", stats.EventsStored, stats.Deduped)
	}
}

// TestATrustedServerOrNone has a server whose certificate is not trusted. The run fails before it sends
// anything, and works with --ca-cert.
func TestATrustedServerOrNone(t *testing.T) {
	t.Parallel()
	box, server, ca := overTLS(t)
	r := newRun(t, server.URL)
	events := r.write("events.jsonl", oneRow)
	for _, args := range [][]string{{"check"}, {"backfill", "--yes", events}} {
		out := r.run(args...)
		if out.code != 5 || !strings.Contains(out.String(), "certificate is not trusted") || !strings.Contains(out.String(), "--ca-cert") {
			t.Errorf("%s: exit code %d, want 5, with what to do\n%s", args[0], out.code, out)
		}
		r.checkHidesSecrets(out)
	}
	if n := box.Stats().Requests; n != 0 {
		t.Errorf("%d requests were made", n)
	}
	if out := r.run("backfill", "--yes", "--settle", "0s", "--ca-cert", r.write("ca.pem", ca), events); out.code != 0 {
		t.Errorf("with --ca-cert: exit code %d\n%s", out.code, out)
	}
	if out := r.run("backfill", "--yes", "--ca-cert", r.write("bad.pem", "no certificate"), events); out.code != 2 || !strings.Contains(out.String(), "--ca-cert") {
		t.Errorf("with a bad --ca-cert: exit code %d\n%s", out.code, out)
	}
}

// TestAnswersThatAreNoAnswers has servers that answer differently from the API. The run ends with the right
// exit code, and nothing counts as sent.
func TestAnswersThatAreNoAnswers(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for name, c := range map[string]struct {
		answer sandbox.Answer
		code   int
		says   []string
	}{
		"a redirect of the first request": {sandbox.Answer{On: "any", Status: 307, Location: other.URL}, 2, []string{"307", other.URL, "CUSTOMERIO_REGION"}},
		"a redirect later":                {sandbox.Answer{Status: 308, Location: other.URL}, 2, []string{"308", other.URL, "CUSTOMERIO_REGION"}},
		"a page to sign in at":            {sandbox.Answer{On: "any", Status: 200, Body: sandbox.BodyHTML}, 5, []string{"not how the Track API answers"}},
		"500 for good":                    {sandbox.Answer{On: "any", Status: 500}, 5, []string{"gave up after 3 tries", "answered 500"}},
		"403 later":                       {sandbox.Answer{Status: 403}, 4, []string{"403", "CUSTOMERIO_API_KEY"}},
		"404":                             {sandbox.Answer{Status: 404}, 5, []string{"404"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, url := newBox(t, sandbox.Faults{Answers: []sandbox.Answer{c.answer}})
			r := newRun(t, url)
			events := r.write("events.jsonl", oneRow)
			out := r.run("backfill", "--yes", "--state", "state", events)
			if out.code != c.code {
				t.Errorf("exit code %d, want %d\n%s", out.code, c.code, out)
			}
			for _, says := range c.says {
				if !strings.Contains(out.String(), says) {
					t.Errorf("it does not say %q\n%s", says, out)
				}
			}
			r.checkHidesSecrets(out)
			if err := box.SetFaults(sandbox.Faults{}); err != nil {
				t.Fatal(err)
			}
			if out := r.run("backfill", "--yes", "--state", "state", events); out.code != 0 || box.Stats().EventsStored != 1 {
				t.Errorf("afterwards: exit code %d, %d events\n%s", out.code, box.Stats().EventsStored, out)
			}
		})
	}
	t.Cleanup(func() {
		if n := elsewhere.Load(); n != 0 {
			t.Errorf("%d requests went where the redirect points", n)
		}
	})
}

// TestAClockThatIsWrongIsTold has an API whose Date header is far from this machine's clock.
func TestAClockThatIsWrongIsTold(t *testing.T) {
	t.Parallel()
	for skew, code := range map[time.Duration]int{0: 0, -time.Hour: 1, time.Hour: 1, 5 * time.Second: 0} {
		_, url := newBox(t, sandbox.Faults{ClockSkew: sandbox.Duration(skew)})
		r := newRun(t, url)
		out := r.run("check")
		side := "ahead of"
		if skew > 0 { // of the API's clock
			side = "behind"
		}
		told := regexp.MustCompile(`this machine's clock is \S+ ` + side + ` Customer.io's`).MatchString(out.stdout)
		if out.code != code || told != (code != 0) {
			t.Errorf("%s: exit code %d, want %d\n%s", skew, out.code, code, out)
		}
		// The clock only decides how old events are: what is sent is the same.
		if out := r.run("backfill", "--yes", r.write("events.jsonl", oneRow)); out.code != 0 {
			t.Errorf("%s: exit code %d\n%s", skew, out.code, out)
		}
	}
}
