package cli

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

const pingSecret = "canary-ping-77ab3c"

// monitor notes the pings that it gets.
type monitor struct {
	lock   sync.Mutex
	pings  []string // method and URL
	bodies []string
	answer http.HandlerFunc // nil is 200
}

func (m *monitor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.lock.Lock()
	m.pings = append(m.pings, r.Method+" "+r.URL.String())
	m.bodies = append(m.bodies, string(body))
	m.lock.Unlock()
	if m.answer != nil {
		m.answer(w, r)
	}
}

func startMonitor(t *testing.T, answer http.HandlerFunc) (m *monitor, base string) {
	t.Helper()
	m = &monitor{answer: answer}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return m, server.URL
}

func TestPingsReportStartSuccessAndFailure(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	const secret = "/" + pingSecret
	for _, c := range []struct {
		name, path string
		args       []string
		code       int
		pings      []string
		said       string // with the last
	}{
		{"success", secret, []string{acornly}, exit.Done,
			[]string{"GET " + secret + "/start", "POST " + secret}, "exit code 0: done"},
		{"a slash at the end", secret + "/", []string{acornly}, exit.Done,
			[]string{"GET " + secret + "/start", "POST " + secret}, "exit code 0: done"},
		{"failure", secret, []string{"no-such.jsonl"}, exit.Input,
			[]string{"GET " + secret + "/start", "POST " + secret + "/fail"}, "exit code 6: input is damaged, missing or not PostHog events"},
		{"wrong usage", secret, []string{"--rate", "0", acornly}, exit.Usage,
			[]string{"GET " + secret + "/start", "POST " + secret + "/fail"}, "exit code 2: wrong usage or settings, or cannot ask for confirmation (use --yes)"},
		{"words, success", secret + "?state={run|complete|fail}&env=x", []string{acornly}, exit.Done,
			[]string{"GET " + secret + "?state=run&env=x", "GET " + secret + "?state=complete&env=x"}, ""},
		{"words, failure", secret + "?state={run|complete|fail}", []string{"no-such.jsonl"}, exit.Input,
			[]string{"GET " + secret + "?state=run", "GET " + secret + "?state=fail"}, ""},
		{"words without a start", secret + "{||/down}", []string{acornly}, exit.Done, []string{"GET " + secret}, ""},
		{"words without a start, failure", secret + "{||/down}", []string{"no-such.jsonl"}, exit.Input, []string{"GET " + secret + "/down"}, ""},
		{"another query, success", secret + "?status=up", []string{acornly}, exit.Done, []string{"GET " + secret + "?status=up"}, ""},
		{"another query, failure", secret + "?status=up", []string{"no-such.jsonl"}, exit.Input, nil, ""},
		{"a #", secret + "#prod", []string{acornly}, exit.Usage, nil, ""},
		{"two words", secret + "?state={run|complete}", []string{acornly}, exit.Usage, nil, ""},
		{"one word for both", secret + "{|x|x}", []string{acornly}, exit.Usage, nil, ""},
		{"a dry run", secret, []string{"--dry-run", acornly}, exit.Done, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, base := startMonitor(t, nil)
			out := runProgram(t, account, append([]string{"backfill", "--yes", "--quiet", "--ping-url", base + c.path}, c.args...)...)
			if out.code != c.code || !slices.Equal(m.pings, c.pings) {
				t.Errorf("exit code %d, want %d; pings %q, want %q\n%s", out.code, c.code, m.pings, c.pings, out.stderr)
			}
			if n := len(m.bodies); n > 0 && m.bodies[n-1] != c.said {
				t.Errorf("it said %q, want %q", m.bodies[n-1], c.said)
			}
			if strings.Contains(out.stdout+out.stderr, pingSecret) {
				t.Errorf("it shows the URL:\n%s%s", out.stdout, out.stderr)
			}
		})
	}
}

func TestOutcomesHaveTheirMeaning(t *testing.T) {
	for _, code := range []int{
		exit.Done, exit.Failed, exit.Usage, exit.Rejects, exit.Credentials, exit.Destination, exit.Input, exit.Locked, exit.State, exit.Interrupt, exit.Terminated,
	} {
		if said := outcomeText(code); !strings.Contains(said, ": ") || strings.Contains(said, "\n") {
			t.Errorf("%d: %q", code, said)
		}
	}
	if said := outcomeText(99); said != "exit code 99" {
		t.Errorf("%q", said)
	}
}

// A monitor in any trouble costs a warning, never the run, and its URL appears nowhere: not in what is said,
// not in what is kept.
func TestAMonitorInTroubleIsAWarning(t *testing.T) {
	elsewhere, target := startMonitor(t, nil)
	closed := httptest.NewServer(nil)
	closed.Close()
	_, redirects := startMonitor(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target+r.URL.Path, http.StatusFound)
	})
	_, missing := startMonitor(t, http.NotFound)
	_, broken := startMonitor(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	_, echoes := startMonitor(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, r.URL.Path+"\r\n\r\n")
		_ = conn.Close()
	})
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	for _, c := range []struct {
		name, base, says string
		tries            int // of one ping
	}{
		{"a closed port", closed.URL, "no answer: dial tcp", pingTries},
		{"a redirect", redirects, "a redirect, which ph2cio does not follow", 1},
		{"no such monitor", missing, "answered 404 Not Found", 1},
		{"a server in trouble", broken, "answered 502 Bad Gateway", pingTries},
		{"an answer that repeats the URL", echoes, "the answer was not HTTP", pingTries},
		{"a certificate that is not trusted", untrusted.URL, "certificate is not trusted", pingTries},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := newPinger(c.base + "/" + pingSecret)
			if err != nil {
				t.Fatal(err)
			}
			p.pause = 0
			p.begin()
			err = p.end(t.Context(), exit.Done, "said")
			if err == nil || !strings.Contains(err.Error(), "ping "+c.base+": ") || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), pingSecret) {
				t.Errorf("%v, want %q", err, c.says)
			}
			if c.tries > 1 {
				return // the program takes its time between them
			}
			_, account := startSandbox(t, sandbox.Faults{})
			state := filepath.Join(t.TempDir(), "state")
			out := runProgram(t, account, "backfill", "--yes", "--verbose", "--state", state, "--ping-url="+c.base+"/"+pingSecret, acornly)
			if out.code != exit.Done || !strings.Contains(out.stderr, "warning: --ping-url: ping "+c.base+": ") || !strings.Contains(out.stderr, c.says) {
				t.Errorf("exit code %d\n%s", out.code, out.stderr)
			}
			checkNotShown(t, out, state)
		})
	}
	if len(elsewhere.pings) > 0 {
		t.Errorf("redirects were followed: %q", elsewhere.pings)
	}
}

// checkNotShown searches all that a run left for the URL of the monitor.
func checkNotShown(t *testing.T, out outcome, dir string) {
	t.Helper()
	if strings.Contains(out.stdout+out.stderr, pingSecret) {
		t.Errorf("it shows the URL:\n%s%s", out.stdout, out.stderr)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), pingSecret) {
			t.Errorf("%s holds the URL", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files searched, %v", files, err)
	}
}

// What to type next, and what the state directory keeps, is without the URL.
func TestTheNextCommandIsWithoutTheMonitor(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{Answers: []sandbox.Answer{{On: "batch", Status: 403}}})
	_, base := startMonitor(t, nil)
	state := filepath.Join(t.TempDir(), "state")
	out := runProgram(t, account, "backfill", "--yes", "--ping-url", base+"/"+pingSecret, "--state", state, acornly)
	if out.code != exit.Credentials || !strings.Contains(out.stdout, "ph2cio backfill --yes --state "+state+" "+acornly+"\n") {
		t.Errorf("exit code %d\n%s%s", out.code, out.stdout, out.stderr)
	}
	checkNotShown(t, out, state)
	for _, args := range [][]string{
		{"backfill", "--yes", "-ping-url=https://m.test/" + pingSecret, acornly},
		{"backfill", "--yes", "--ping-url", "ftp://m.test/" + pingSecret, acornly},
		{"backfill", "--yes", "--ping-url", "m.test/" + pingSecret, acornly},
		{"backfill", "--yes", "--ping-url", "https://" + pingSecret + "\x7f", acornly},
		{"backfill", "--yes", "--ping-url", "https:///" + pingSecret, acornly},
	} {
		out := runProgram(t, account, args...)
		if out.code != exit.Usage || strings.Contains(out.stdout+out.stderr, pingSecret) || !strings.Contains(out.stderr, "ping-url") {
			t.Errorf("%q: exit code %d\n%s", args, out.code, out.stderr)
		}
	}
}

func TestWithoutPing(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"backfill --ping-url URL -y x", "backfill -y x"},
		{"backfill -y --ping-url=URL x", "backfill -y x"},
		{"--ping-url=A --ping-url B x", "x"},
		{"x --ping-url", "x"},
		{"x -- --ping-url y", "x -- --ping-url y"},
	} {
		if got := strings.Join(withoutPing(strings.Fields(c.from)), " "); got != c.to {
			t.Errorf("%q: %q, want %q", c.from, got, c.to)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func pingOver(t *testing.T, f roundTrip) *pinger {
	t.Helper()
	p, err := newPinger("https://monitor.test/" + pingSecret)
	if err != nil {
		t.Fatal(err)
	}
	p.client.Transport = f
	return p
}

func TestAPingIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		p := pingOver(t, func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.URL.Path)
			if len(seen)%3 != 0 {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route")}
			}
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		})
		p.begin()
		if err := p.end(t.Context(), exit.Done, "said"); err != nil || len(seen) != 6 {
			t.Errorf("%v after %q", err, seen)
		}
		p.client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.URL.Path)
			return &http.Response{StatusCode: 410, Body: http.NoBody}, nil
		})
		p.begin()
		if err := p.end(t.Context(), exit.Failed, "said"); err == nil || !strings.Contains(err.Error(), "410 Gone") {
			t.Errorf("%v", err)
		}
	})
}

// A monitor that never answers takes ten seconds of the start, which the run does not wait for, and ten of
// the end.
func TestAPingTakesTenSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pingOver(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: r.Context().Err()}
		})
		start := time.Now()
		p.begin()
		if time.Since(start) != 0 {
			t.Errorf("the run waited %s", time.Since(start))
		}
		err := p.end(t.Context(), exit.Done, "said")
		if took := time.Since(start); took != 2*pingLimit {
			t.Errorf("it took %s", took)
		}
		if err == nil || strings.Contains(err.Error(), pingSecret) || !strings.Contains(err.Error(), "no answer within 10s") {
			t.Error(err)
		}
	})
}

// Once the run has been interrupted, a monitor that does not answer is not waited for.
func TestPingsEndSoonAfterASignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pingOver(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		ctx, interrupt := context.WithCancel(t.Context())
		start := time.Now()
		p.begin()
		time.AfterFunc(3*time.Second, interrupt)
		err := p.end(ctx, exit.Interrupt, "said")
		if took := time.Since(start); took != 3*time.Second+pingAfterSignal {
			t.Errorf("it took %s", took)
		}
		if err == nil || strings.Contains(err.Error(), pingSecret) || !strings.Contains(err.Error(), "before the run was interrupted") {
			t.Error(err)
		}
	})
}
