package customerio

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// DefaultTimeout is how long one request may take, from its first byte to the last of its answer.
const DefaultTimeout = 30 * time.Second

const (
	batchPath  = "/api/v2/batch"
	regionPath = "/api/v1/accounts/region"
)

// ClientOptions are what a client needs to know. BaseURL and Credentials must be set.
type ClientOptions struct {
	BaseURL     string // of the Track API, such as RegionURL gives it; plain http only for this machine
	Credentials Credentials
	CACert      []byte            // PEM, trusted besides the machine's own authorities
	UserAgent   string            // default "ph2cio"
	Timeout     time.Duration     // for one request; default DefaultTimeout
	InFlight    int               // requests under way at once, for which connections are kept; default MaxInFlight
	Transport   http.RoundTripper // instead of the network, for tests; CACert is then not used
	Tally       *Tally            // may be nil
}

// Client talks to the Track API over HTTP. It is the plain Sender: one batch, one request. It follows no redirect and
// repeats nothing. A proxy named by the environment is used. It may be used from many goroutines.
type Client struct {
	base        string // without a slash at the end
	credentials Credentials
	userAgent   string
	timeout     time.Duration
	http        *http.Client
	tally       *Tally
	scrub       func(string) string
}

// NewClient checks the options; it sends nothing. Its errors say which setting to change and show no secret.
func NewClient(o ClientOptions) (*Client, error) {
	base, err := checkBase(o.BaseURL)
	errs := []error{err, o.Credentials.check()}
	transport := o.Transport
	if transport == nil {
		transport, err = newTransport(o, http.ProxyFromEnvironment)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Client{
		base:        base,
		credentials: o.Credentials,
		userAgent:   cmp.Or(o.UserAgent, "ph2cio"),
		timeout:     cmp.Or(o.Timeout, DefaultTimeout),
		http:        &http.Client{Transport: transport, CheckRedirect: stay},
		tally:       orNew(o.Tally),
		scrub:       o.Credentials.scrubber(),
	}, nil
}

// stay keeps a redirect from being followed: it would turn the POST into a GET, and carry the credentials elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Send sends the batch as one request. Its error is an *APIError, or tells the cause of ctx.
func (c *Client) Send(ctx context.Context, b *Batch) (Receipt, error) {
	lent := &loan{body: b.Body()}
	defer lent.end()
	c.tally.request(b)
	asked := call{
		what:   fmt.Sprintf("sending %s to %s", severalOperations(b.Len()), c.base),
		method: http.MethodPost, path: batchPath, body: lent, limit: maxReply(b.Len()),
	}
	reply, err := c.do(ctx, asked)
	if err != nil {
		refusal, _ := asAPIError(err)
		b.doubt = b.doubt || refusal == nil || !refusal.answers() && refusal.Class() != Misconfigured
		return AllUnsent(b), err
	}
	receipt, trouble := parseReceipt(b, reply.status, reply.body, c.scrub)
	if trouble != nil {
		trouble.Request, trouble.Status, trouble.Excerpt = asked.what, reply.status, c.excerpt(reply.body)
		b.doubt = true
		return AllUnsent(b), trouble
	}
	return receipt, nil
}

func severalOperations(n int) string {
	if n == 1 {
		return "1 operation"
	}
	return fmt.Sprint(n, " operations")
}

// call is what one request asks.
type call struct {
	what   string // to begin an error with
	method string
	path   string
	body   *loan // nil for none
	limit  int64 // bytes of the answer that are read
}

// reply is an answer with a status of 2xx.
type reply struct {
	status int
	date   string
	body   []byte
}

// do sends one request and reads its answer. An answer of another status than 2xx is an *APIError.
func (c *Client) do(ctx context.Context, asked call) (*reply, error) {
	attempt, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := c.request(attempt, asked)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", asked.what, c.scrub(err.Error()))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.noAnswer(ctx, attempt, asked.what, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, asked.limit))
	if response.StatusCode/100 != 2 {
		return nil, c.refusal(asked.what, response, body)
	}
	if err != nil {
		return nil, c.noAnswer(ctx, attempt, asked.what, err)
	}
	return &reply{response.StatusCode, response.Header.Get("Date"), body}, nil
}

// request sets no Idempotency-Key: with one, net/http would repeat a POST by itself, uncounted.
func (c *Client) request(ctx context.Context, asked call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, asked.method, c.base+asked.path, nil)
	if err != nil {
		return nil, err
	}
	if asked.body != nil {
		r.Body, r.ContentLength = asked.body.reader(), int64(len(asked.body.body))
		r.GetBody = func() (io.ReadCloser, error) { return asked.body.reader(), nil }
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.userAgent)
	r.SetBasicAuth(c.credentials.SiteID.text(), c.credentials.APIKey.text())
	return r, nil
}

// noAnswer is the error of a request that failed under way.
func (c *Client) noAnswer(ctx, attempt context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	if attempt.Err() != nil {
		return &APIError{Request: what, Cause: fmt.Sprintf("none within %s", c.timeout)}
	}
	cause, misconfigured := explain(err)
	e := &APIError{Request: what, Cause: c.scrub(cause)}
	if misconfigured {
		e.class = Misconfigured
	}
	return e
}

// refusal is the error of an answer with another status than 2xx.
func (c *Client) refusal(what string, response *http.Response, body []byte) *APIError {
	if response.StatusCode == http.StatusTooManyRequests {
		c.tally.Throttled.Add(1)
	}
	e := &APIError{Request: what, Status: response.StatusCode}
	e.RetryAfter = ParseRetryAfter(response.Header.Get("Retry-After"), serverTime(response.Header.Get("Date")))
	if location, err := url.Parse(response.Header.Get("Location")); err == nil && location.Host != "" {
		e.Location = quoted(c.scrub(location.Scheme + "://" + location.Host))
	}
	if e.Class() == RefusedWhole {
		e.Reasons = parseReasons(body, c.scrub)
	}
	if len(e.Reasons) == 0 {
		e.Excerpt = c.excerpt(body)
	}
	return e
}

// excerpt is the start of an answer, to be shown. Secrets go before it is cut, so that no half of one is left.
func (c *Client) excerpt(body []byte) string {
	return quoted(c.scrub(string(body[:min(len(body), 8*maxExcerpt)])))
}

// serverTime reads a Date header, so that another clock than ours does not matter; without one it is our own time.
func serverTime(date string) time.Time {
	if t, err := http.ParseTime(date); err == nil {
		return t
	}
	return time.Now()
}

// maxReply is how many bytes of an answer are read: enough for a batch in which every operation has several faults.
func maxReply(operations int) int64 { return 1<<20 + int64(operations)*512 }

// isObject tells whether an answer can be one of the API's.
func isObject(body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}
