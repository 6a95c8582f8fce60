package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"ph2cio/internal/exit"
)

const (
	pingLimit       = 10 * time.Second // for one ping with all its attempts
	pingAfterSignal = 2 * time.Second  // for all pings that are left after a signal
	pingTries       = 3
)

// pinger tells a monitor over HTTP that a run begins and how it ends. Its URL is a secret, because anybody
// who has it can report success. So nothing here shows more of it than the host.
type pinger struct {
	start, success, failure string // URLs; an empty one is not used
	host                    string
	sendsText               bool // a ping carries the outcome as text
	client                  *http.Client
	pause                   time.Duration      // between attempts
	started                 chan error         // gets the result of the ping at the start
	ctx                     context.Context    // of all pings
	cancel                  context.CancelFunc // of ctx
}

// pingWords finds the words of a URL for the start, success and failure of a run: {run|complete|fail}.
var pingWords = regexp.MustCompile(`\{([^{}|]*)\|([^{}|]*)\|([^{}|]*)\}`)

// newPinger works out how a monitor wants to be told. A URL with words of its own, such as
// ?state={run|complete|fail} for Cronitor (cronitor.io/docs/telemetry-api), is used with each of them, except
// for a start that reads like a success. A URL with another query is used for success alone, since nothing
// can be added to it. Any other URL is used as URL/start, URL and URL/fail, as Healthchecks.io documents
// (healthchecks.io/docs/http_api, healthchecks.io/docs/signaling_failures). Healthchecks.io also takes
// URL/EXIT-STATUS for a failure, but other monitors have only /fail, and the exit code is in the body.
func newPinger(address string) (*pinger, error) {
	p := &pinger{client: pingClient(), pause: time.Second, started: make(chan error, 1)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	address = strings.TrimSpace(address)
	wordless := pingWords.ReplaceAllString(address, "")
	switch {
	case strings.ContainsAny(wordless, "{}#"):
		return nil, &problem{code: exit.Usage, err: errors.New("--" + pingFlag + " has a # or braces without three words"),
			hint: "a # is never sent; write the words for start, success and failure as {run|complete|fail}; the URL is a secret and not shown here"}
	case wordless != address:
		p.start = pingWords.ReplaceAllString(address, "$1")
		p.success = pingWords.ReplaceAllString(address, "$2")
		p.failure = pingWords.ReplaceAllString(address, "$3")
		if p.start == p.success {
			p.start = ""
		}
	case strings.Contains(address, "?"):
		p.success = address
	default:
		p.success = strings.TrimRight(address, "/")
		p.start, p.failure = p.success+"/start", p.success+"/fail"
		p.sendsText = true
	}
	if p.failure == p.success {
		return nil, &problem{code: exit.Usage, err: errors.New("--" + pingFlag + " has the same word for success and failure"),
			hint: "write the words for start, success and failure as {run|complete|fail}"}
	}
	u, err := url.Parse(p.success)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &problem{code: exit.Usage, err: errors.New("--" + pingFlag + " is not an http or https URL"),
			hint: "it should look like https://hc-ping.com/UUID; the URL is a secret and not shown here"}
	}
	p.host = u.Scheme + "://" + u.Host
	return p, nil
}

// pingClient follows no redirect, because that would send the secret elsewhere.
func pingClient() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		// No connection is kept: net/http prints to stderr what arrives on an idle one, which may hold the
		// URL.
		Transport: &http.Transport{DisableKeepAlives: true, Proxy: func(r *http.Request) (*url.URL, error) {
			proxy, err := http.ProxyFromEnvironment(r)
			if err != nil {
				return nil, pingSettingError("the proxy address in HTTPS_PROXY is not a URL")
			}
			return proxy, nil
		}},
	}
}

// begin reports the start, while the run goes on.
func (p *pinger) begin() {
	go func() { p.started <- p.send(p.ctx, p.start, "") }()
}

// end reports how the run ended, after the start was reported. It takes at most as long as two pings, and at
// most pingAfterSignal once ctx is done.
func (p *pinger) end(ctx context.Context, code int, said string) error {
	defer context.AfterFunc(ctx, func() { time.AfterFunc(pingAfterSignal, p.cancel) })()
	begun := <-p.started
	address := p.success
	if code != exit.Done {
		address = p.failure
	}
	if !p.sendsText {
		said = ""
	}
	err := p.send(p.ctx, address, said)
	p.client.CloseIdleConnections()
	if err != nil && begun != nil && err.Error() == begun.Error() {
		return err
	}
	return errors.Join(begun, err)
}

// send sends one ping, and again if there is no answer. It does nothing for an empty address.
func (p *pinger) send(ctx context.Context, address, said string) error {
	if address == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	for try := 1; ; try++ {
		again, err := p.sendOnce(ctx, address, said)
		if err == nil || !again || try == pingTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(p.pause):
		}
	}
}

// sendOnce sends one request, and reports whether another attempt may succeed.
func (p *pinger) sendOnce(ctx context.Context, address, said string) (again bool, err error) {
	method := http.MethodGet
	if said != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(said))
	if err != nil {
		return false, fmt.Errorf("ping %s: not a URL", p.host)
	}
	r.Header.Set("User-Agent", "ph2cio")
	if said != "" {
		r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	answer, err := p.client.Do(r)
	if p.ctx.Err() != nil {
		return false, fmt.Errorf("ping %s: no answer before the run was interrupted", p.host)
	}
	if ctx.Err() != nil {
		return false, fmt.Errorf("ping %s: no answer within %s", p.host, pingLimit)
	}
	if err != nil {
		return true, fmt.Errorf("ping %s: no answer: %s", p.host, pingErrorText(err))
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection ends in order
	switch status := answer.StatusCode; {
	case status >= 300 && status < 400:
		return false, fmt.Errorf("ping %s: answered %d, a redirect, which ph2cio does not follow because the URL is a secret", p.host, status)
	case status >= 400:
		return status >= 500 || status == http.StatusTooManyRequests, fmt.Errorf("ping %s: answered %d %s", p.host, status, http.StatusText(status))
	}
	return false, nil
}

// pingErrorText says why there was no answer in words that cannot hold the URL, which both the library and an
// answer may quote.
func pingErrorText(err error) string {
	if setup, ok := errors.AsType[pingSettingError](err); ok {
		return string(setup)
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "its certificate is not trusted: " + e.Err.Error()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed early"
	}
	return "the answer was not HTTP"
}

// pingSettingError is a mistake in the settings of this machine.
type pingSettingError string

func (e pingSettingError) Error() string { return string(e) }

// withoutPing removes the URL of the monitor, which is a secret, from a command line that is stored or shown.
func withoutPing(args []string) (rest []string) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return append(rest, args[i:]...)
		case args[i] == "--"+pingFlag:
			i++ // its value
		case !strings.HasPrefix(args[i], "--"+pingFlag+"="):
			rest = append(rest, args[i])
		}
	}
	return rest
}
