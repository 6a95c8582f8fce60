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
	pingLimit       = 10 * time.Second // for one ping, tries again included
	pingAfterSignal = 2 * time.Second  // for all that is left to tell once the run has been interrupted
	pingTries       = 3
)

// pinger tells a monitor over HTTP that a run begins and how it ends. Its URL is a secret: who has it can say that all is
// well. So nothing here shows more of it than the host.
type pinger struct {
	start, success, failure string // URLs; empty is not told
	host                    string
	sendsText               bool // it takes a word of ours with the ping
	client                  *http.Client
	pause                   time.Duration      // between tries
	started                 chan error         // of the ping at the start, when that has ended
	ctx                     context.Context    // ends what takes too long
	cancel                  context.CancelFunc // patience
}

// pingWords are the words of a URL for the start, success and failure of a run: {run|complete|fail}.
var pingWords = regexp.MustCompile(`\{([^{}|]*)\|([^{}|]*)\|([^{}|]*)\}`)

// newPinger makes out how the monitor wants to be told: in the URL's own words, if it has any, such as
// ?state={run|complete|fail} for Cronitor (cronitor.io/docs/telemetry-api), where a start that reads like a success is not
// told; at a URL with another query only of success, since nothing can be added to it; else at URL/start, URL and URL/fail,
// as Healthchecks.io documents it (healthchecks.io/docs/http_api, healthchecks.io/docs/signaling_failures). It also takes
// URL/EXIT-STATUS for a failure, but /fail is what other monitors have too, and the exit code is in the body.
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

// pingClient follows no redirect: the secret would go elsewhere.
func pingClient() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		// A connection that is kept is listened to, and what comes unasked, such as the URL, would be told on stderr.
		Transport: &http.Transport{DisableKeepAlives: true, Proxy: func(r *http.Request) (*url.URL, error) {
			proxy, err := http.ProxyFromEnvironment(r)
			if err != nil {
				return nil, pingSettingError("the proxy address in HTTPS_PROXY is not a URL")
			}
			return proxy, nil
		}},
	}
}

// begin tells of the start, beside the run, which does not wait for it.
func (p *pinger) begin() {
	go func() { p.started <- p.send(p.ctx, p.start, "") }()
}

// end tells how the run ended, once it has told of the start. It takes no longer than two pings may, and pingHurry from the
// end of ctx on.
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

// send sends one ping, again if there is no answer. An empty address tells nobody.
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

// sendOnce sends one request, and tells whether it may go better the next time.
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
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	switch status := answer.StatusCode; {
	case status >= 300 && status < 400:
		return false, fmt.Errorf("ping %s: answered %d, a redirect, which ph2cio does not follow because the URL is a secret", p.host, status)
	case status >= 400:
		return status >= 500 || status == http.StatusTooManyRequests, fmt.Errorf("ping %s: answered %d %s", p.host, status, http.StatusText(status))
	}
	return false, nil
}

// pingErrorText says why there was no answer, in words that cannot hold the URL: neither that which the library quotes nor one
// that an answer repeats.
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

// pingSettingError is a fault of this machine's settings.
type pingSettingError string

func (e pingSettingError) Error() string { return string(e) }

// withoutPing is a command line without the URL of the monitor, which is a secret: for the state directory and for people.
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
